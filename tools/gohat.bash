# shellcheck shell=bash
# bash completion for gohat: views, then the view's options (each program tells
# them by --about, see gohat(1)), dumps and other files.

# The options of the program "$1": long ones, and letters if they have one.
_gohat_options() {
	local letter name argument

	"$1" --about 2>/dev/null </dev/null | {
		read -r
		while read -r letter name argument; do
			printf -- '--%s%s\n' "$name" "$argument"
			[ "$letter" = - ] || printf -- '-%s\n' "$letter"
		done
	}
}

_gohat() {
	local word=${COMP_WORDS[COMP_CWORD]} view=${COMP_WORDS[1]} words=
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		words=$(gohat --help 2>/dev/null |
			sed -n '/^Views/,/^$/s/^  \([^ ]*\) .*/\1/p')
		[[ $word != -* ]] || words='--help --version'
	elif [[ $word == -* && $view != */* ]]; then
		words=$(_gohat_options "gohat-$view")
	else
		compopt -o default 2>/dev/null
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	# Behind "--min=" its argument follows at once.
	if [[ ${COMPREPLY[0]-} == *= ]]; then
		compopt -o nospace 2>/dev/null
	fi
}

complete -F _gohat gohat
