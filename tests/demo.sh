#!/bin/sh
# What gohat shows of a real dump, in a screenful or two. `make demo` runs
# this, with the programs on PATH.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../testdata"

# Run a command line; of what it prints show the first lines.
show() {
	printf '\n$ %s\n' "$1"
	sh -c "$1" 2>&1 | awk -v lines="$2" '
		NR <= lines { print }
		END { if (NR > lines) print "    ... and " NR - lines " more"
		      exit NR == 0 }'
}

echo "A server of 26603 objects, written by debug.WriteHeapDump of Go 1.19."
show 'xz -dc load-small-go1.19.dump.xz | gohat params -' 9
show 'xz -dc load-small-go1.19.dump.xz | gohat memstats -' 7
show 'xz -dc load-small-go1.19.dump.xz | gohat objects -' 3

printf '\n%s\n' "gohat builds a pipe. By hand, to sort and count:"
show "xz -dc load-small-go1.19.dump.xz | gohat-decode --contents=none |
    gohat-objects | awk '{ print \$NF }' | sort -n | uniq -c | sort -rn" 4
show "xz -dc load-small-go1.19.dump.xz | gohat-decode |
    gohat-strings --min=10 | sort | uniq -c | sort -rn" 4
show 'xz -dc load-small-go1.19.dump.xz | gohat object - c00013aff0' 20
show 'xz -dc load-small-go1.19.dump.xz | gohat object - c00018e2d0 --string' 20

printf '\n%s\n' "Dumps of Go 1.3 also say what type each object has:"
show "xz -dc load-small-go1.3.dump.xz | gohat objects - |
    cut -d ' ' -f 2- | sort | uniq -c | sort -rn" 6

printf '\n%s\n' "One that was cut off: all that is there, and what is missing."
show 'xz -dc truncated-crash-go1.26.dump.xz | gohat objects - | tail -n 1' 5
