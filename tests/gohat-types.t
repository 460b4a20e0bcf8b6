#!/bin/sh
# gohat-types lists the type records: ADDRESS SIZE FIELDS TYPE.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for name in zoo-go1.3 zoo-go1.3-386 zoo-go1.4 zoo-go1.5 zoo-go1.27-pie
do
	gohat-decode --contents=none "$TESTDATA/$name.dump" >$name
	gohat-json $name | jq -r 'select(.record == "type") |
		"\(("0" * 16 + .address[2:])[-16:]) \(.size) " +
		"\(.fields | length / 2) \(.name // "<unknown>")"' >want
	exits 0 gohat-types -n $name
	tr -s ' ' <out >got
	ok "$name: what the stream has" cmp want got
	exits 0 gohat-types --json $name
	jq -r '"\(("0" * 16 + .address[2:])[-16:]) \(.size) " +
		"\(.fields | length) \(.type // "<unknown>")"' out >got
	ok "$name: as JSON" cmp want got
done

exits 0 gohat-types zoo-go1.3
is 'a header line' "$(head -n 1 out)" \
	'         ADDRESS       SIZE     FIELDS TYPE'
exits 0 sh -c 'gohat-types -J zoo-go1.3 |
	jq -c "select(.type == \"main.Tree\") | [.size, .fields]"'
is 'the fields of a type' "$(cat out)" '[48,[{"kind":"Ptr","offset":0},{"kind":"Ptr","offset":8},{"kind":"Slice","offset":24}]]'
done_testing
