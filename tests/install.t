#!/bin/sh
# `make install` and `make uninstall`, with PREFIX and DESTDIR.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

source=$(cd "$shipped/.." && pwd)
stage=$PWD/stage

run_make() {
	# The flags of the make that runs this test are not for this one.
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$source" BUILD="$BUILD" \
		DESTDIR="$stage" PREFIX=/opt/gohat "$@"
}
installed() {
	(cd "$stage" && find . ! -type d | sort)
}

exits 0 run_make install
root=$stage/opt/gohat
{
	for program in "$BUILD"/bin/*; do
		echo "./opt/gohat/bin/$(basename "$program")"
	done
	for page in "$source"/man/*; do
		echo "./opt/gohat/share/man/man${page##*.}/$(basename "$page")"
	done
	echo ./opt/gohat/share/bash-completion/completions/gohat
} | sort >want
is 'programs, manual pages, completion' "$(installed)" "$(cat want)"
is 'a page for each program' \
	"$(find "$root/share/man/man1" -type f -exec basename {} .1 \; | sort)" \
	"$(find "$root/bin" -type f -exec basename {} \; | sort)"
is 'programs run, pages are read' \
	"$(find "$root" -type f -perm 755 | wc -l) $(find "$root" -type f \
		-perm 644 | wc -l)" \
	"$(find "$root/bin" -type f | wc -l) $(find "$root/share" -type f |
		wc -l)"

# From where it is installed, with nothing of it on PATH.
PATH=/usr/bin:/bin exits 0 "$root/bin/gohat" params "$TESTDATA/edge-go1.8.dump"
ok 'it finds its views' grep -q '^Pointer Size: 8$' out

exits 0 run_make install
is 'a second time is as the first' "$(installed)" "$(cat want)"
exits 0 run_make uninstall
is 'nothing is left' "$(installed)" ''
done_testing
