#!/bin/sh
# make bench [OBJECTS=N]: a dump of N objects, made of a shipped one, and the
# pipes on it.
set -eu
here=$(dirname "$0")
work=${BUILD:-build}/bench
objects=${OBJECTS:-1000000}
mkdir -p "$work"
dump=$work/load-$objects.dump
if [ ! -s "$dump" ]; then
	xz -dc "$here/../../testdata/load-small-go1.19.dump.xz" >"$work/small"
	"$here/multiply.py" "$work/small" "$objects" >"$dump.new"
	mv "$dump.new" "$dump"
fi
"$here/bench.py" "$dump"
