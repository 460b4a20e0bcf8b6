#!/bin/sh
# Every program in $BUILD/bin keeps the conventions of gohat(1).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

ln -s "$TESTDATA/zoo-go1.8.dump" "$TESTDATA/edge-go1.8.dump" .
dump=zoo-go1.8.dump
gohat-decode "$dump" >stream
gohat-decode edge-go1.8.dump >small

# Operands before FILE. With the first a tool prints, with the second it
# reads all of its input.
operands() {
	case $1 in gohat-object) echo c420000000 ;; esac
}
operands_to_the_end() {
	case $1 in gohat-object) echo 1 ;; esac
}

# In place of a pipe whose reader is gone when the writer starts.
into_closed_pipe() {
	{ sleep 0.1; "$@"; echo $? >status; } 2>err | :
}
without_sigpipe() {
	trap '' PIPE
	"$@"
}
on_terminal() {
	timeout 20 script -qec "$*" /dev/null </dev/null
}
one_line_and_advice() {
	ok "$tool: no output" test ! -s out
	is "$tool: a line, and where to find help" \
		"$(sed '1s/^'"$tool"': .*/MESSAGE/' err)" \
		"MESSAGE
Try '$tool --help'"
}
says() {
	ok "$tool: says '$1'" grep -q -e "^$tool: .*$1" err
}
is_silent() {
	is "$1: no message" "$(cat err)" ''
}

usage() {
	exits 0 "$tool" --help
	ok "$tool: help names it" grep -q "^Usage: $tool" out
	is_silent "$tool --help"
	exits 0 "$tool" -h
	exits 0 "$tool" --version
	ok "$tool: version" grep -Eqx "$tool \(gohat\) [0-9.]+" out
	exits 0 "$tool" -V
	exits 2 "$tool" --no-such-option
	one_line_and_advice
	exits 1 sh -c "$tool --help >/dev/full"
	says 'standard output'
	exits 1 sh -c "$tool --version >&-"
	says 'standard output'
	into_closed_pipe without_sigpipe "$tool" --help
	is_silent "$tool --help, nobody reads, SIGPIPE ignored"
}

files() {
	# shellcheck disable=SC2086 # words
	exits 2 "$tool" $words "$input" extra
	one_line_and_advice
	# shellcheck disable=SC2086
	exits 1 "$tool" $words "no such file"
	says "no such file: No such file"
	# shellcheck disable=SC2086
	exits 1 "$tool" $words .
	says "\.: .*directory"
	exits 2 on_terminal "$tool $words 2>terminal"
	cp terminal err
	one_line_and_advice
	says 'terminal'
}

output() {
	# shellcheck disable=SC2086
	set -- "$tool" $words
	exits 0 "$@" "$input"
	mv out once
	is_silent "$*"
	exits 0 "$@" - <"$input"
	ok "$tool: two runs, the same bytes" cmp once out
	exits 1 sh -c "$* $input >/dev/full"
	says 'standard output: No space left'
	exits 1 sh -c "$* $input >&-"
	says 'standard output'
	into_closed_pipe "$@" "$input"
	is "$tool: dies of SIGPIPE" "$(cat status)" 141
	is_silent "$*, nobody reads"
	into_closed_pipe without_sigpipe "$@" "$input"
	is "$tool: ends where SIGPIPE is ignored" "$(cat status)" 141
	is_silent "$*, nobody reads, SIGPIPE ignored"
	"$@" "$input" 2>err | head -c 1 >/dev/null
	is_silent "$* | head -c 1"
}

refuses_terminal() {
	exits 2 on_terminal "$tool $words $input 2>terminal"
	is "$tool: nothing on the terminal" "$(cat out)" ''
	cp terminal err
	: >out
	one_line_and_advice
}

broken_streams() {
	end=$(operands_to_the_end "$tool")
	size=$(wc -c <stream)
	for n in $((size - 1)) $((size / 2)) 70000; do
		head -c "$n" stream >cut.cbor
		# shellcheck disable=SC2086
		exits 1 "$tool" $end cut.cbor
		says 'incomplete'
	done
	gohat-decode "$TESTDATA/truncated-crash-go1.26.dump" 2>/dev/null \
		>cut.cbor
	# shellcheck disable=SC2086
	exits 1 "$tool" $end cut.cbor
	says 'incomplete.*265799'
}

# What comes out of a stream without its end came out of the whole one.
keeps_what_it_read() {
	head -c $(($(wc -c <stream) - 1)) stream | "$tool" 2>/dev/null >printed
	"$tool" stream | head -c "$(wc -c <printed)" >expected
	ok "$tool: prints something before the cut" test -s printed
	ok "$tool: which is what it would have been" cmp printed expected
}

hostile() {
	tail -c +5000 "$shipped/zoo-go1.5.dump.xz" | head -c 5000 >noise
	head -c 64 "$1" | cat - noise >start
	head -c 3000 "$1" | cat - noise >middle
	gzip -c "$1" >gzipped
	: >empty
	end=$(operands_to_the_end "$tool")
	for bad in noise start middle gzipped empty; do
		# shellcheck disable=SC2086
		exits 1 timeout 20 "$tool" $end "$bad"
		says "$bad: "
		ok "$tool: clean message on $bad" \
			test -z "$(LC_ALL=C tr -d '\n -~' <err)"
	done
}

for path in "$BUILD"/bin/*; do
	tool=$(basename "$path")
	role=$("$tool" --about | sed -n '1s/ .*//p')
	words=$(operands "$tool")
	usage
	case $role in
	source)
		input=$dump
		hostile edge-go1.8.dump
		exits 1 "$tool" small
		says 'record stream already.*view'
		refuses_terminal
		;;
	filter | view)
		input=stream
		broken_streams
		hostile small
		# shellcheck disable=SC2086
		exits 1 "$tool" $words "$dump"
		says "gohat-decode"
		ok "$tool: prints nothing of it" test ! -s out
		[ "$words" ] || keeps_what_it_read
		[ "$role" = view ] || refuses_terminal
		;;
	front) continue ;;
	*) ok "$tool --about: the role '$role'" false ;;
	esac
	files
	output
done
done_testing
