#!/bin/sh
# gohat-strings finds the text of the zoo, and nothing in it moves a cursor.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

strings_of() { # a .truth's strings on the heap, of one piece and printable
	jq -rR 'fromjson? | select(.kind == "string" and .len > 3 and
		.root != "data") | .value | select(test("[\\p{C}]") | not)' "$1"
}
for dump in "$TESTDATA"/zoo-*.dump
do
	name=$(basename "$dump" .dump)
	gohat-decode "$dump" | gohat-strings >out
	strings_of "$shipped/$name.truth" >want
	ok "$name: there are strings to look for" test -s want
	while IFS= read -r string
	do
		grep -qF -e "$string" out || echo "$string"
	done <want >missing
	is "$name: finds them all" "$(cat missing)" ''
done

gohat-decode "$TESTDATA/zoo-go1.8.dump" >stream
exits 0 gohat-strings stream
is 'no control bytes' "$(LC_ALL=C tr -d '\n -~\200-\377' <out)" ''
is 'UTF-8' "$(iconv -f UTF-8 -t UTF-8 <out | cksum)" \
	"$(cksum <out)"
is 'no C1, format or separator character' \
	"$(grep -cP '[\x{80}-\x{9f}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]' out)" 0
for text in 'line1\nline2\r\n\ttab' '[31mred' ']0;title' '31m csi' \
	'rtl override' 'width' ' invalid ' "<script>alert('&\"')</script>" \
	'%s%n{{.}}' '日本語テキスト' 'emoji 😀 end' 'label two' \
	'TÜRKTRUST Elektronik Sertifika Hizmet Sağlayıcısı'
do
	ok "finds $text" grep -qxF -e "$text" out
done
is 'none shorter than 4' "$(grep -cxE '.{1,3}' out)" 0

for n in 1 8 30
do
	exits 0 gohat-strings -n "$n" stream
	mv out n$n
done
is '-n 8: none shorter' "$(grep -cxE '.{1,7}' n8)" 0
ok '-n 8: some as short' grep -qxE '.{8}' n8
ok '-n 1: some as short' grep -qxE '.' n1
exits 0 gohat-strings --min=30 stream
ok '--min is -n' cmp n30 out
exits 0 gohat-strings -n 4096 stream
for bad in 0 x '' 4097 -1 18446744073709551617
do
	exits 2 gohat-strings -n "$bad" stream
done

turk=$(jq -rR 'fromjson? | select(.name == "gTurk" and .kind == "string") |
	.addr[2:]' "$shipped/zoo-go1.8.truth")
exits 0 gohat-strings -a -n 30 stream
ok '--addresses' grep -qx "0*$turk TÜRKTRUST.*" out
is '-a: before each string' "$(sed 's/^[0-9a-f]\{16\} //' out | cksum)" \
	"$(cksum <n30)"
exits 0 gohat-strings -r -n 30 stream
ok '--roots: finds more' test "$(wc -l <out)" -ge "$(wc -l <n30)"
exits 0 gohat-strings -ran 4 stream
ok '--roots: in data and bss' grep -q '^0000000000' out

exits 0 gohat-strings -J stream
is '--json: members' "$(jq -c keys_unsorted out | sort -u)" \
	'["address","string","bytes"]'
is '--json: the string' \
	"$(jq -c 'select(.string | startswith("TÜRK"))' out)" \
	"{\"address\":\"0x$turk\",\"string\":\"TÜRKTRUST Elektronik Sertifika Hizmet Sağlayıcısı\",\"bytes\":54}"
is '--json: its length' \
	"$(jq -c 'select(.bytes != (.string | utf8bytelength))' out)" ''
is '--json: no control bytes' \
	"$(LC_ALL=C tr -d '\n -~\200-\377' <out)" ''
is '--json: as many' "$(wc -l <out)" "$(gohat-strings stream | wc -l)"

gohat-decode --contents=pointers "$TESTDATA/zoo-go1.8.dump" >pointers
exits 1 gohat-strings pointers
ok 'a stream without contents: what to do' \
	grep -q "gohat-decode --contents=all" err
done_testing
