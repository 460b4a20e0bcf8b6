#!/bin/sh
# gohat-json prints any stream, one record a line, each member by its name.
# (tests/cbor2.t compares every value with another reader's.)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for name in edge-go1.8 zoo-go1.3 zoo-go1.27-pie
do
	gohat-decode "$TESTDATA/$name.dump" >$name
	exits 0 gohat-json $name
	mv out $name.out
	is "$name: params first, end last" \
		"$(jq -r .record $name.out | sed -n '1p;$p')" 'params
end'
	is "$name: as many lines as records" "$(wc -l <$name.out)" \
		"$(tail -n 1 $name.out | jq '(.counts | add) + 1')"
	is "$name: record counts by kind" \
		"$(jq -r .record $name.out | sort | uniq -c | sort -n |
			awk '$2 != "end" {print $1}')" \
		"$(tail -n 1 $name.out | jq '.counts[]' | grep -vx 0 |
			sort -n)"
	is "$name: nothing that moves a cursor" \
		"$(grep -cP '[\x{0}-\x{1f}\x{7f}-\x{9f}\p{Cf}]' $name.out)" 0
done

names() { # the members of each kind, in their order
	cat ./*.out | jq -c '[.record] + (keys_unsorted - ["record"])' | sort -u
}
exits 0 names
same_as json-members.txt
kinds() { # the first of each kind, its lists cut short
	awk -F'"' '!seen[$4]++' zoo-go1.3.out |
		sed 's/\("contents":"[0-9a-f]\{32\}\)[0-9a-f]*/\1.../
			s/\(":\[\([0-9]*,\)\{8\}\)[0-9,]*/\1.../'
}
exits 0 kinds
same_as json-zoo-go1.3.txt

exits 0 gohat-json -J edge-go1.8
ok '--json changes nothing' cmp edge-go1.8.out out

for mode in pointers none
do
	gohat-decode --contents=$mode "$TESTDATA/edge-go1.8.dump" >$mode
	exits 0 gohat-json $mode
	is "a stream of --contents=$mode: as many lines" "$(wc -l <out)" \
		"$(wc -l <edge-go1.8.out)"
done

gohat-decode "$TESTDATA/truncated-crash-go1.26.dump" >broken 2>err
exits 1 gohat-json broken
is 'the end of a broken dump' \
	"$(tail -n 1 out | jq -c '[.complete, .offset, .reason]')" \
	'[false,265799,"the file ends inside a record"]'
done_testing
