#!/bin/sh
# gohat-objects lists every object: ADDRESS TYPE KIND SIZE.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

row='[0-9a-f]{16} .* (regular|array|channel|conservatively scanned) [0-9]+'
for name in edge-go1.8 zoo-go1.3 zoo-go1.22 zoo-go1.19-mips
do
	gohat-decode "$TESTDATA/$name.dump" >$name
	exits 0 gohat-objects $name
	is "$name: rows of one shape" "$(grep -Ecxv "$row" out)" 0
	mv out $name.out
	exits 0 gohat-objects -J $name
	jq -r '[("0" * 16 + .address[2:])[-16:], .type // "<unknown>", .kind,
		.size] | map(tostring) | join(" ")' out >json
	ok "$name: --json has the same rows" cmp json $name.out
	is "$name: its members" "$(jq -c keys_unsorted out | sort -u)" \
		'["address","type","kind","size"]'
done

exits 0 head -n 29 zoo-go1.3.out
same_as objects-zoo-go1.3.txt
kinds() { # one object of each type, kind and size, without addresses
	sort -k3 zoo-go1.3.out | awk '!seen[$2, $3, $4]++' |
		sed 's/^[^ ]*//' | grep -e map -e channel -e array -e conserv
}
exits 0 kinds
same_as objects-types-zoo-go1.3.txt
exits 0 head -n 12 zoo-go1.19-mips.out
same_as objects-zoo-go1.19-mips.txt

for mode in all pointers none
do
	gohat-decode --contents=$mode "$TESTDATA/zoo-go1.22.dump" >stream
	exits 0 gohat-objects stream
	ok "--contents=$mode: the same list" cmp zoo-go1.22.out out
done
done_testing
