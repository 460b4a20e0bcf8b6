#!/bin/sh
# gohat-object finds the object around an address, and prints it three ways.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

address_of() { # DUMP NAME: where the program saw it, without 0x
	grep -F "\"name\":\"$2\"" "$shipped/$1.truth" |
		sed -n 's/.*"kind":"[^g].*"\(addr\|data\)":"0x\([0-9a-f]*\)".*/\2/p'
}
plus() { # ADDRESS N
	printf '%x\n' $((0x$1 + $2))
}
for name in zoo-go1.3 zoo-go1.8 zoo-go1.19-mips zoo-go1.22
do
	gohat-decode "$TESTDATA/$name.dump" >$name
done

# Go 1.3 tells fields of five kinds; later ones, pointers.
for field in gList gBufChan gIfaceSlice gEfaceSlice gTree
do
	exits 0 gohat-object "$(address_of zoo-go1.3 $field)" zoo-go1.3
	same_as object-$field-zoo-go1.3.txt
done
exits 0 gohat-object "$(address_of zoo-go1.19-mips 'gPtrSlice[3]')" \
	zoo-go1.19-mips
same_as object-cert-zoo-go1.19-mips.txt

# Any address in it names an object, with 0x or without.
turk=$(address_of zoo-go1.8 gTurk)
exits 0 gohat-object "$turk" zoo-go1.8
mv out whole
for address in "0x$turk" "0X$turk" "00000000$turk" \
	"$(echo "$turk" | tr a-f A-F)" "$(plus "$turk" 1)" "$(plus "$turk" 63)"
do
	exits 0 gohat-object "$address" zoo-go1.8
	ok "$address is in it" cmp whole out
done
for address in "$(plus "$turk" 64)" "$(plus "$turk" -1)"
do
	gohat-object "$address" zoo-go1.8 >out 2>err
	ok "$address is not" test "$(head -n 1 out)" != "$(head -n 1 whole)"
done
for address in 0 1 ffffffffffffffff c41fffffff
do
	exits 1 gohat-object $address zoo-go1.8
	ok 'not found: nothing printed' test ! -s out
	is 'not found: says so' "$(cat err)" \
		"gohat-object: zoo-go1.8: no object contains the address $address"
done
for bad in '' x 0x 'c420 ' -1 12g 11112222333344445 '+1' 0x0x1
do
	exits 2 gohat-object -- "$bad" zoo-go1.8
done
exits 2 gohat-object
is 'no address: says so' "$(head -n 1 err)" 'gohat-object: no address given'

# Behind a malloc header: the address is Go's, the size has the header too.
big=$(address_of zoo-go1.22 gBig)
for address in "$big" "$(plus "$big" 1015)"
do
	exits 0 gohat-object "$address" zoo-go1.22
	is "gBig, by $address" "$(head -n 1 out)" \
		"000000$big regular 1024 1016"
done
gohat-object "$(plus "$big" 1016)" zoo-go1.22 >out 2>err
ok 'the byte behind gBig is not in it' \
	test "$(head -n 1 out)" != "000000$big regular 1024 1016"

# --string: as text, up to the slack, which Go 1.3 does not clear.
for name in zoo-go1.3 zoo-go1.8 zoo-go1.19-mips zoo-go1.22
do
	turk=$(address_of $name gTurk)
	exits 0 gohat-object "$turk" --string $name
	is "$name: a head, and 54 bytes of text" \
		"$(sed '3s/\(ısı\)\\x00\\x00\\x80.*/\1/' out)" \
		"$(printf %016x "0x$turk") regular 64 64

TÜRKTRUST Elektronik Sertifika Hizmet Sağlayıcısı"
done
exits 0 gohat-object -s "$(address_of zoo-go1.8 'gCtrl[3]')" zoo-go1.8
is 'control bytes are escaped' "$(tail -n 1 out)" 'bell\a bs\b del\x7f'
exits 0 gohat-object -s "$(address_of zoo-go1.8 'gCtrl[0]')" zoo-go1.8
ok 'escape sequences are' grep -qF '\x1b[31mred\x1b[0m' out
exits 0 gohat-object -s "$(address_of zoo-go1.8 'gCtrl[1]')" zoo-go1.8
is 'lines are lines' "$(tail -n 3 out)" 'line1
line2\r
\ttab'
exits 0 gohat-object -s "$(address_of zoo-go1.8 gUtf8'[2]')" zoo-go1.8
ok 'what is not UTF-8 is' grep -qxF 'mixed \xff\xfe invalid \xc3 utf8' out

# --binary: the bytes; --json: those, and the fields that the text shows.
for field in gTurk gBigBytes gList gBufChan gStructSlice
do
	address=$(address_of zoo-go1.22 $field)
	exits 0 gohat-object "$address" -J zoo-go1.22
	mv out json
	jq -r .contents json | perl -ne 'chomp; print pack "H*", $_' >contents
	exits 0 gohat-object --binary "$address" zoo-go1.22
	ok "$field: --binary has the contents of --json" cmp contents out
	gohat-json zoo-go1.22 | jq -r --arg address "0x$address" \
		'select(.record == "object" and .address == $address).contents' \
		>all
	jq -r .contents json >one
	ok "$field: and those of gohat-json" cmp all one
	exits 0 gohat-object "$address" zoo-go1.22
	jq -r '.fields[] | "\(.kind) \(.offset) \(.target[2:])"' json >want
	sed -n '1,/^Field List:/d; s/\[.*\] *//; p' out |
		while read -r kind offset target
		do
			echo "$kind $((offset)) $(printf %x "0x$target")"
		done >got
	ok "$field: --json has the fields of the text" cmp want got
done
exits 0 gohat-object -J "$(address_of zoo-go1.3 gList)" zoo-go1.3
is '--json: Go 1.3' "$(jq -c . out)" \
	'{"address":"0xc20800e280","type":"main.Node","kind":"regular","size":32,"contents":"000000000000000006820308c2000000050000000000000060e20008c2000000","fields":[{"kind":"String","offset":8,"value":"06820308c20000000500000000000000"},{"kind":"Ptr","offset":24,"value":"60e20008c2000000","target":"0xc20800e260"}]}'

# An object that is cut short does not pass for a whole one.
big=$(address_of zoo-go1.22 gBigBytes)
head -c 1200000 zoo-go1.22 >cut.cbor
head -c 1200000 "$TESTDATA/zoo-go1.22.dump" | gohat-decode >cut-dump 2>err
for stream in cut.cbor cut-dump
do
	exits 1 gohat-object --binary "$big" $stream
	ok "$stream: prints what there is" test -s out
	ok "$stream: says that it is not all" grep -q incomplete err
done

exits 2 timeout 20 script -qec \
	"gohat-object -b $turk zoo-go1.22 2>err.pty" /dev/null </dev/null
is '--binary: not to a terminal' "$(cat out)" ''
ok 'says so' grep -q '^gohat-object: .*terminal' err.pty
gohat-decode --contents=none "$TESTDATA/zoo-go1.8.dump" >none
exits 1 gohat-object "$turk" none
ok 'a stream without contents: what to do' \
	grep -q 'gohat-decode --contents=all' err
done_testing
