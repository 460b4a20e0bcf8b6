#!/bin/sh
# tools/gohat.bash: what bash offers behind "gohat".
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v bash >/dev/null; then
	echo '1..0 # skip there is no bash here'
	exit 0
fi
script=$shipped/../tools/gohat.bash

# after WORD...: what completes the last word, in a line.
after() {
	# shellcheck disable=SC2016 # for bash to expand
	bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) &&
		{ _gohat; echo "${COMPREPLY[*]-}"; }' bash "$script" "$@"
}

views=$(for program in "$BUILD"/bin/gohat-*; do
	case $("$program" --about) in
	"view "*) basename "$program" | sed s/gohat-// ;;
	esac
done | tr '\n' ' ')
is 'the views' "$(after gohat '')" "${views% }"
is 'views that start so' "$(after gohat o)" 'object objects'
is 'options of gohat' "$(after gohat -)" '--help --version'
is 'options of a view' "$(after gohat strings --m)" '--min='
is 'also behind the dump' "$(after gohat object heap.dump --b)" '--binary'
is 'letters' "$(after gohat objects -)" '--json -J --help -h --version -V'
is 'nothing, for files' "$(after gohat objects heap)" ''
is 'nothing for no view' "$(after gohat nosuchview --)" ''

mkdir bin
cat >bin/gohat-mine <<'EOF'
#!/bin/sh
[ "$1" = --about ] && printf 'view all A view of mine\n- depth =\n'
EOF
chmod +x bin/gohat-mine
PATH=$PWD/bin:$PATH
is 'a view on PATH' "$(after gohat mi)" mine
is 'its options' "$(after gohat mine -)" '--depth='
ok 'bash takes the script' bash -n "$script"
done_testing
