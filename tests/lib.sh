# shellcheck shell=sh
# TAP for shell tests, which source this file. Programs are on PATH, dumps in
# $TESTDATA, compressed in $shipped; $T is a directory of the test's own.
set -u
shipped=$(cd "$(dirname "$0")/../testdata" && pwd)
golden=$shipped/golden
count=0
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT

# ok NAME COMMAND...: the command succeeds.
ok() {
	count=$((count + 1)) name=$1
	shift
	if "$@" >&2; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		false
	fi
}

# is NAME GOT WANT: two equal strings.
is() {
	printf '%s\n' "$2" >"$T/got"
	printf '%s\n' "$3" >"$T/want"
	ok "$1" diff "$T/want" "$T/got"
}

# exits STATUS COMMAND...: so it ends; its output is in $T/out and $T/err.
exits() {
	want=$1 status=0
	shift
	"$@" >"$T/out" 2>"$T/err" || status=$?
	ok "exit $want: $*" test "$status" -eq "$want" ||
		sed "s/^/exit $status: /" "$T/err" >&2
}

# same_as GOLDEN: what exits() ran printed this file. UPDATE=1 rewrites it.
same_as() {
	[ -z "${UPDATE:-}" ] || cp "$T/out" "$golden/$1"
	ok "prints golden/$1" diff -u "$golden/$1" "$T/out"
}

done_testing() {
	echo "1..$count"
}
