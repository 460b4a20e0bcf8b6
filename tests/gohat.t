#!/bin/sh
# gohat builds the pipe that one would type, and ends as its worst program.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

dump=$TESTDATA/zoo-go1.8.dump
gohat-decode "$dump" >stream
gohat-objects stream >objects

for view in params memstats objects strings json
do
	gohat-$view stream >want
	exits 0 gohat $view "$dump"
	ok "gohat $view DUMP" cmp want out
	gohat-$view -J stream >want
	exits 0 gohat $view -J "$dump"
	ok "gohat $view OPTION DUMP" cmp want out
	exits 0 gohat $view "$dump" --json
	ok "gohat $view DUMP OPTION" cmp want out
	exits 0 gohat $view --help
	is "gohat $view --help" "$(cat out)" "$(gohat-$view --help)"
	exits 0 gohat $view --version
	is "gohat $view --version" "$(cat out)" "$(gohat-$view --version)"
done
exits 0 gohat objects - <"$dump"
ok '- is standard input' cmp objects out
exits 0 gohat objects <"$dump"
ok 'so is no dump at all' cmp objects out
exits 0 gohat objects -- "$dump"
ok 'a dump behind --' cmp objects out
cp "$dump" ./-J
exits 0 gohat objects -- -J
ok 'a dump named as an option is' cmp objects out

gohat-strings -n 30 stream >want
for arguments in "-n 30 $dump" "$dump -n 30" "-n30 $dump" "--min=30 $dump" \
	"--min 30 $dump" "$dump --mi 30"
do
	# shellcheck disable=SC2086 # words
	exits 0 gohat strings $arguments
	ok 'the argument of an option is no dump' cmp want out
done
address=$(sed -n 's/^0*\([^ ]*\) .* 64$/\1/p;' objects | sed -n 1p)
gohat-object "$address" --string stream >want
for arguments in "$dump $address --string" "$dump --string $address" \
	"--string $dump $address" "-s $dump 0x$address"
do
	# shellcheck disable=SC2086
	exits 0 gohat object $arguments
	ok 'operands behind the dump are for the view' cmp want out
done

exits 2 gohat objects "$dump" extra
ok 'one too many' grep -q "extra operand 'extra'" err
exits 1 gohat objects missing
ok 'a missing dump: its name' grep -q 'missing: No such file' err
exits 1 gohat objects "$TESTDATA/truncated-crash-go1.26.dump"
ok 'a broken dump: what there is' test -s out
exits 1 gohat object "$dump" 1
exits 2 gohat object "$dump"
exits 2 gohat objects --no-such-option "$dump"
ok "the view's own message" grep -q '^gohat-objects: unrecognized' err
exits 2 gohat
exits 2 gohat no-such-view "$dump"
ok 'an unknown view: its name' grep -q "^gohat: .*no-such-view" err
exits 2 gohat ../bin/gohat-objects "$dump"
exits 2 gohat 'obj*' "$dump"
exits 2 gohat decode "$dump"
ok 'what is no view' grep -q '^gohat: gohat-decode is a source' err
exits 1 sh -c "gohat objects $dump >/dev/full"
ok 'a full disk' grep -q '^gohat-objects: standard output: No space' err
exits 1 timeout 20 sh -c "gohat objects $dump >&-"
ok 'a closed output' grep -q '^gohat-objects: standard output: ' err
exits 0 timeout 20 sh -c "gohat objects $dump <&-"
ok 'standard input closed: all objects' cmp out objects
exits 0 timeout 20 sh -c "gohat objects $dump <&- | head -n 1"
exits 1 timeout 20 sh -c "gohat objects $dump <&- >&-"
exits 1 timeout 20 sh -c "gohat objects <&-"

gohat objects "$dump" 2>err | head -n 1 >out
is '| head -n 1: the first line' "$(cat out)" "$(head -n 1 objects)"
is '| head -n 1: silent' "$(cat err)" ''
(trap '' PIPE; gohat json "$dump" 2>err | head -n 1 >out)
is 'so with SIGPIPE ignored' "$(cat err)" ''

exits 0 gohat --help
for path in "$BUILD"/bin/gohat-*
do
	[ "$("$path" --about | sed -n '1s/ .*//p')" = view ] || continue
	view=$(basename "$path" | sed 's/^gohat-//')
	ok "gohat --help lists $view" grep -q "^  $view  *[A-Z]" out
done
is 'but no source' "$(grep -c '^  decode' out)" 0

mkdir programs
cat >programs/gohat-lines <<'END'
#!/bin/sh
gohat-json | wc -l
echo "$# $*"
END
cat >programs/gohat-both <<'END'
#!/bin/sh
exec gohat-objects "$@"
END
cat >programs/gohat-killed <<'END'
#!/bin/sh
[ "$1" = --about ] || kill -9 $$
END
cat >programs/gohat-seven <<'END'
#!/bin/sh
cat >/dev/null
exit 7
END
chmod +x programs/*
PATH=$PATH:$PWD/programs
exits 0 gohat lines "$dump" a b
is "a foreign view: the whole stream, and what follows the dump" \
	"$(cat out)" "$(gohat-json stream | wc -l)
2 a b"
exits 0 gohat both "$dump"
ok 'a foreign view that is another' cmp objects out
exits 7 gohat seven "$dump"
exits 7 gohat seven "$TESTDATA/truncated-crash-go1.26.dump"
exits 137 gohat killed "$dump"
ok 'a killed view: says so' grep -q 'gohat-killed was killed' err
printf '#!/bin/sh\necho ours\n' >programs/gohat-objects
chmod +x programs/gohat-objects
PATH=$PWD/programs:$PATH
exits 0 gohat objects "$dump"
ok "gohat's own views come first" cmp objects out
mkdir -p strangers
printf '#!/bin/sh\necho no such role\n' >strangers/gohat-stranger
chmod +x strangers/gohat-stranger
exits 0 env PATH="$PWD/strangers:$PATH" gohat --help
is "a stranger's answer is not shown" \
	"$(grep stranger out | tr -d ' ')" stranger
done_testing
