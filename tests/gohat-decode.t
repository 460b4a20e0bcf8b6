#!/bin/sh
# gohat-decode: any way to give it a dump, and what it says to what is none.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

dump=$TESTDATA/edge-go1.8.dump
zoo=$TESTDATA/zoo-go1.22.dump
gohat-decode "$dump" >stream

foreign() { # FILE PATTERN: one line names it and what to do
	exits 1 gohat-decode "$1"
	is "$1: one line" "$(wc -l <err)" 1
	ok "$1: says '$2'" grep -qi -e "^gohat-decode: $1: .*$2" err
	ok "$1: no stream" test ! -s out
}
elf() { # the bytes of its type
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0%b\76\0\1\0\0\0' "$1"
}
elf '\4\0' >core
elf '\0\4' >core-big-endian
elf '\2\0' >exe
elf '\3\0' >pie
gzip -c "$dump" >gz
cp "$shipped/edge-go1.8.dump.xz" xz
printf '\050\265\057\375data and more of them' >zst
printf 'BZh91AY&SY and more of them' >bz2
printf '\n\4\10\1\20\2\n\4\10\3\20\4 and more' >pprof
echo 'heap profile: 1: 1024 [3: 4096] @ heap/1048576' >pprof-text
echo 'goroutine 1 [running]:' >text
: >empty
printf 'go1.9 heap dump\n\6\0\10\0\0\0\0\0' >newer
printf 'go1.28 heap dump\n\6\0\10\0\0\0\0\0' >newer-still
printf 'go1.7 heap' >header
printf 'go1.7 heap dump\n' >no-params
foreign core 'core.*WriteHeapDump'
foreign core-big-endian 'core.*WriteHeapDump'
foreign exe 'executable.*WriteHeapDump'
foreign pie 'executable.*WriteHeapDump'
foreign gz 'gzip.*zcat'
foreign xz 'xz.*xzcat'
foreign zst 'zstd.*zstdcat'
foreign bz2 'bzip2.*bzcat'
foreign pprof 'pprof.*go tool pprof'
foreign pprof-text 'pprof.*go tool pprof'
foreign text 'text.*WriteHeapDump'
foreign empty 'empty'
foreign stream 'record stream already'
foreign newer 'format go1\.9.*newer'
foreign newer-still 'format go1\.28.*newer'
foreign header 'ends at byte 10'
foreign no-params 'broken at byte 16'

exits 0 gohat-decode "$dump"
ok 'two runs, the same bytes' cmp stream out
exits 0 gohat-decode <"$dump"
ok 'standard input: the same bytes' cmp stream out
exits 0 gohat-decode - <"$dump"
ok '-: the same bytes' cmp stream out
pieces() { # FILE SIZE COMMAND...: read through a pipe, so many bytes a time
	file=$1 size=$2
	shift 2
	dd if="$file" bs="$size" status=none | "$@"
}
exits 0 pieces "$dump" 7 gohat-decode
ok '7 bytes at a time: the same bytes' cmp stream out
exits 0 pieces stream 7 gohat-json
mv out slow
gohat-json stream >out
ok 'a stream, 7 bytes at a time: the same text' cmp slow out
for name in zoo-go1.3 zoo-go1.5 zoo-go1.22
do
	gohat-decode "$TESTDATA/$name.dump" >whole
	exits 0 pieces "$TESTDATA/$name.dump" 4093 gohat-decode
	ok "$name, 4093 bytes at a time: the same bytes" cmp whole out
done

for mode in all pointers none
do
	exits 0 gohat-decode --contents=$mode "$zoo"
	mv out $mode
	exits 0 gohat-decode -c $mode "$zoo"
	ok "-c is --contents" cmp $mode out
done
exits 0 gohat-decode "$zoo"
ok '--contents=all is the default' cmp all out
size_of() { wc -c <"$1"; }
ok 'pointers is smaller' test "$(size_of pointers)" -lt "$(size_of all)"
ok 'none is smaller still' test "$(size_of none)" -lt "$(size_of pointers)"
for bad in '' some ALL al
do
	exits 2 gohat-decode --contents="$bad" "$zoo"
	ok 'names the modes' grep -q 'all, pointers, none' err
done

exits 1 gohat-decode "$TESTDATA/truncated-crash-go1.26.dump"
ok 'a broken dump: the offset' grep -q 'broken at byte 265799: ' err
mv out broken
exits 1 gohat-json broken
ok 'a broken dump: its stream says so too' \
	grep -q 'dump is incomplete.* 265799: ' err

mkfifo fifo
gohat-decode <fifo >cut.cbor &
decoder=$!
exec 3>fifo
head -c 3000000 "$zoo" >&3
while [ "$(size_of cut.cbor)" -lt 1000000 ]; do sleep 0.1; done
kill -9 $decoder
wait $decoder 2>/dev/null
exec 3>&-
exits 1 gohat-objects cut.cbor
ok 'a killed decoder: views say so' \
	grep -q '^gohat-objects: .*stream is incomplete.*killed' err
ok 'and print what there is' test -s out

slow_dump() {
	head -c 2000000 "$zoo"
	sleep 0.8
	tail -c +2000001 "$zoo"
}
export zoo
slow_dump | gohat-decode >out 2>err
is 'no progress where it is no terminal' "$(cat err)" ''
mkfifo slow-dump
slow_dump >slow-dump &
exits 0 timeout 20 script -qec 'gohat-decode slow-dump >all.again' \
	/dev/null </dev/null
ok 'progress on a terminal' grep -q '[0-9] MB' out
ok 'and none of it in the stream' cmp all all.again
done_testing
