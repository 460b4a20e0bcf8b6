#!/bin/sh
# gohat-params prints the reference tool's lines, then what it knows beyond.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for name in zoo-go1.3-386 zoo-go1.6 zoo-go1.8 zoo-go1.19-mips zoo-go1.27-pie
do
	gohat-decode --contents=none "$TESTDATA/$name.dump" >$name
	exits 0 gohat-params $name
	same_as "params-$name.txt"
done

exits 0 gohat-params -J zoo-go1.3-386
is '--json, Go 1.3' "$(jq -c . out)" \
	'{"big_endian":false,"pointer_size":4,"channel_header_size":48,"heap_start":"0x18300000","heap_end":"0x18700000","architecture":"386","architecture_code":56,"experiment":"","cpus":2,"format":"go1.3","runtime":null}'
exits 0 gohat-params --json zoo-go1.19-mips
is '--json, Go 1.19' "$(jq -c . out)" \
	'{"big_endian":true,"pointer_size":4,"heap_start":"0x400000","heap_end":"0xc00000","architecture":"mips","experiment":"","cpus":2,"format":"go1.7","runtime":"go1.19.8"}'

# The version string of a Go built with experiments, as the runtime puts it.
perl -pe 's/\x08go1.19.8/\x19go1.19.8 X:nogreentea,foo/' \
	"$TESTDATA/edge-go1.19.dump" >dump
exits 0 sh -c "gohat-decode dump | gohat-params"
ok 'GOEXPERIMENT apart' grep -qx 'GOEXPERIMENT: nogreentea,foo' out
ok 'Go version apart' grep -qx 'Go Version: go1.19.8' out
done_testing
