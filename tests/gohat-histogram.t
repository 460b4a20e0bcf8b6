#!/bin/sh
# gohat-histogram sums up what gohat-objects lists.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

summed() { # of gohat-objects -J: count, bytes, type
	jq -sr 'group_by(.type)[] | "\(length) \(map(.size) | add) " +
		(.[0].type // "<unknown>")' | sort
}

for name in zoo-go1.3 zoo-go1.3-386 zoo-go1.22 zoo-go1.19-mips
do
	gohat-decode "$TESTDATA/$name.dump" >$name
	gohat-objects -J $name | summed >want
	exits 0 gohat-histogram -n $name
	sed 's/^ *//; s/  */ /' out | sort >got
	ok "$name: what is listed, summed up" cmp want got
	exits 0 gohat-histogram --json $name
	jq -r '"\(.count) \(.bytes) " + (.type // "<unknown>")' out |
		sort >got
	ok "$name: as JSON" cmp want got
done

exits 0 gohat-histogram zoo-go1.3
is 'a header line' "$(head -n 1 out)" '     COUNT          BYTES TYPE'
ok 'most objects first' sh -c 'tail -n +2 out | sort -sc -k 1,1nr'
exits 0 gohat-histogram --size --noheadings zoo-go1.3
ok 'most bytes first' sort -sc -k 2,2nr out
exits 0 sh -c 'gohat-histogram -ns zoo-go1.3 | head -n 12'
same_as histogram-zoo-go1.3.txt
for mode in pointers none
do
	gohat-decode --contents=$mode "$TESTDATA/zoo-go1.3.dump" >stream
	exits 0 gohat-histogram -ns stream
	head -n 12 out >top
	ok "--contents=$mode: the same" \
		cmp top "$shipped/golden/histogram-zoo-go1.3.txt"
done
done_testing
