#!/bin/sh
# What is shown works: examples in manual pages, the README's tour, the demo.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

root=$(cd "$shipped/.." && pwd)
# As the README says, before its tour.
unpack=$(sed -n 's/^    \(xz -dc .*\) >heap\.dump$/\1/p' "$root/README.md")
(cd "$root" && eval "$unpack") >heap.dump
ok 'the README unpacks a dump' cmp heap.dump \
	"$TESTDATA/load-small-go1.19.dump"

# The command lines in a page's section EXAMPLES; not those that need another
# machine, or a file that the page shows.
examples() {
	awk '/^\.Sh/ { on = $2 == "EXAMPLES" }
	on && sub(/^\.Dl /, "") { print; next }
	/^\.Bd/ { literal = on; next }
	/^\.Ed/ { literal = 0 }
	on && literal' "$1" | grep -vE '^(ssh|curl) |large\.py'
}

for page in "$root"/man/*.1; do
	examples "$page" >lines
	ok "$(basename "$page") has examples" test -s lines
	while IFS= read -r line; do
		exits 0 sh -c "$line" </dev/null
		is 'without a message' "$(cat err)" ''
	done <lines
done

# Each "    $ COMMAND" of the README's, and the lines behind it.
awk '/^    \$ / { on = 1 } !/^    / && NF { on = 0 }
	on { print substr($0, 5) }' "$root/README.md" >want
ok 'the README has a tour' test -s want
ssh() { # HOST COMMAND
	cat heap.dump
}
sed -n 's/^\$ //p' want | while IFS= read -r line; do
	printf '$ %s\n' "$line"
	LC_ALL=C eval "$line"
done >got
# An empty line that ends the tour belongs to no output.
is 'and prints what it says' "$(cat got)" "$(cat want)"

for program in "$BUILD"/bin/*; do
	name=$(basename "$program")
	ok "the README tells of $name" grep -q "^| \`${name}[ \`]" "$root/README.md"
	ok "gohat(1) tells of $name" \
		grep -q "^\\.\\(It Xr\\|Nm\\) $name\\b" "$root/man/gohat.1"
done

exits 0 "$root/tests/demo.sh"
ok 'the demo shows all of it' test "$(grep -c '^\$ ' out)" -eq 9
ok 'and no usage error' sh -c '! grep -q -- "--help" out'
done_testing
