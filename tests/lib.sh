# shellcheck shell=sh
# TAP for shell tests, which source this file and are in an empty directory
# then. Programs are on PATH, dumps in $TESTDATA, what git has in $shipped.
set -u
shipped=$(cd "$(dirname "$0")/../testdata" && pwd)
tap_count=0
tap_directory=$(mktemp -d) || exit 1
trap 'rm -rf "$tap_directory"' EXIT
cd "$tap_directory" || exit 1
# What a sanitizer finds is no exit status of ours.
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS:-}" UBSAN_OPTIONS=exitcode=99

# ok NAME COMMAND...: the command succeeds.
ok() {
	tap_count=$((tap_count + 1)) tap_name=$1
	shift
	if "$@" >&2; then
		printf 'ok %d - %s\n' $tap_count "$tap_name"
	else
		printf 'not ok %d - %s\n' $tap_count "$tap_name"
		false
	fi
}

# is NAME GOT WANT: two equal strings.
is() {
	printf '%s\n' "$2" >tap-got
	printf '%s\n' "$3" >tap-want
	ok "$1" diff tap-want tap-got
}

# exits STATUS COMMAND...: so it ends; its output is in ./out and ./err.
exits() {
	tap_want=$1 tap_status=0
	shift
	"$@" >out 2>err || tap_status=$?
	ok "exit $tap_want: $*" test "$tap_status" -eq "$tap_want" ||
		sed "s/^/exit $tap_status: /" err >&2
}

# same_as GOLDEN: ./out is this file's text. UPDATE=1 rewrites the file.
same_as() {
	[ -z "${UPDATE:-}" ] || cp out "$shipped/golden/$1"
	ok "prints golden/$1" diff -u "$shipped/golden/$1" out
}

done_testing() {
	echo "1..$tap_count"
}
