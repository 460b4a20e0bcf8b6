#!/bin/sh
# gohat-memstats prints every number under Go's name, in the known sections.
# (tests/summary.t compares the values of all dumps.)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

gohat-decode "$TESTDATA/zoo-go1.7.dump" >stream
exits 0 gohat-memstats stream
same_as memstats-zoo-go1.7.txt
is 'a list of 256 pauses' "$(tail -n 1 out | wc -w)" 256

want=$(sed -n 's/^\([A-Za-z]*\): \([0-9]*\)$/"\1":\2/p' out | tr '\n' ',')
exits 0 gohat-memstats -J stream
is 'one row' "$(wc -l <out)" 1
is '--json: the same numbers' "$(sed 's/"PauseNs.*//' out)" "{$want"
is '--json: 256 pauses' "$(jq '.PauseNs | length' out)" 256

gohat-decode "$TESTDATA/truncated-crash-go1.26.dump" 2>err |
	gohat-memstats >out 2>err
ok 'a dump without statistics: says so' \
	grep -q '^gohat-memstats: .*no memory statistics' err
ok 'and prints nothing' test ! -s out
done_testing
