# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion of rsh and of the names it goes by, for bash.  The options come
# from the program itself, so that there is no second list of them.

# What the program $1, or its verb $2, says of its options, one a line:
# letter, name, argument, help and the words that may be the argument.
_rsh_rows() {
	LC_ALL=C "$1" ${2:+"$2"} --help=dump 2>/dev/null
}

# The options of the program $1, or of its verb $2, one a line.
_rsh_options() {
	_rsh_rows "$@" | awk -F '\t' '
		$1 != "" { print "-" $1 }
		$2 != "" { print "--" $2 }'
}

# Complete $1 as the argument of the option $2; the rows are the input.  An
# optional argument stands behind an equals sign: then $3 is one.  False: no
# argument belongs here.
_rsh_argument() {
	local cur=$1 kind words

	IFS=$'\t' read -r kind words < <(awk -F '\t' -v typed="$2" '
		typed == "-" $1 || typed == "--" $2 { print $3 "\t" $5; exit }')
	case $kind in
	'') return 1 ;;
	'['*) [ "$3" = '=' ] || return 1 ;;
	esac
	kind=${kind//[][]/}
	case $kind in
	*[!a-z\|]*) ;;
	*) words=${kind//|/ } ;;
	esac
	case $words$kind in
	FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	PATH) mapfile -t COMPREPLY < <(compgen -c -f -- "$cur") ;;
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	USER) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
	LIST | HOST | HOSTS) _rsh_names "$cur" ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
	esac
}

# The hosts of known_hosts and ssh_config that are written in clear.
_rsh_hosts() {
	{
		awk '$1 !~ /^[|@#]/ { gsub(/,/, "\n", $1); print $1 }' \
			~/.ssh/known_hosts /etc/ssh/ssh_known_hosts
		awk 'tolower($1) == "host" {
			for (i = 2; i <= NF; i++)
				if ($i !~ /[*?!]/)
					print $i
		}' ~/.ssh/config
	} 2>/dev/null | grep -v '^\[' | sort -u
}

# Hosts or groups that begin with $1, and the words of $2.
_rsh_names() {
	local words

	case $1 in
	@*) words=$("${COMP_WORDS[0]}" hosts --groups 2>/dev/null) ;;
	*) words="$(_rsh_hosts) ${2-}" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$1")
}

# The options of COMP_WORDS that the program, or its verb $1, has: their
# arguments, and their names.  False: a word that is no option belongs here.
_rsh_option() {
	local cur=${COMP_WORDS[COMP_CWORD]} verb=$1 option equals=
	local -i at=COMP_CWORD-1

	[ "$cur" != '=' ] || { cur='' && at+=1; }
	[ "${COMP_WORDS[at]}" != '=' ] || { equals='=' && at+=-1; }
	option=${COMP_WORDS[at]}
	case $option in
	-O)
		mapfile -t COMPREPLY < <(compgen -W \
			'check forward cancel exit stop' -- "$cur")
		return
		;;
	--cluster)
		mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" \
			hosts --clusters 2>/dev/null)" -- "$cur")
		return
		;;
	-?*)
		if _rsh_argument "$cur" "$option" "$equals" \
			< <(_rsh_rows "${COMP_WORDS[0]}" "$verb"); then
			return
		fi
		;;
	esac
	[[ $cur == -* ]] || return 1
	mapfile -t COMPREPLY < <(compgen -W \
		"$(_rsh_options "${COMP_WORDS[0]}" "$verb")" -- "$cur")
}

_rsh() {
	local cur=${COMP_WORDS[COMP_CWORD]} verbs verb=

	COMPREPLY=()
	verbs=$("${COMP_WORDS[0]}" help --help=dump 2>/dev/null) || return 0
	if [ "$COMP_CWORD" -gt 1 ] &&
		grep -qxe "${COMP_WORDS[1]}" <<<"$verbs"; then
		verb=${COMP_WORDS[1]}
	fi
	if [ "$verb" = hosts ]; then
		case ${COMP_WORDS[COMP_CWORD - 1]} in
		-s | --source)
			mapfile -t COMPREPLY < <(compgen -W \
				"$("${COMP_WORDS[0]}" hosts --sources \
					2>/dev/null)" -- "$cur")
			return
			;;
		esac
	fi
	if [ "$verb" = help ]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
		return
	fi
	if _rsh_option "$verb"; then return; fi
	case $verb in
	put | get | upload | download)
		_rsh_names "$cur"
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
		;;
	'')
		[ "$COMP_CWORD" -eq 1 ] || verbs=
		_rsh_names "$cur" "$verbs"
		;;
	*)
		_rsh_names "$cur"
		;;
	esac
}

_dshbak() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=
	[ "$COMP_CWORD" -lt 1 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}

	case $prev in
	-d)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_rsh_options "${COMP_WORDS[0]}")" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}

# pdsh, pdcp, rpdcp: options, hosts and, where there are any, files.
_pdsh() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=
	[ "$COMP_CWORD" -lt 1 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	case $prev in
	-w | -x)
		mapfile -t COMPREPLY < <(compgen -W "$(_rsh_hosts)" -- "$cur")
		return
		;;
	-l)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	-F | -e)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-R)
		mapfile -t COMPREPLY < <(compgen -W 'ssh exec' -- "$cur")
		return
		;;
	-M)
		mapfile -t COMPREPLY < <(compgen -W \
			'slurm genders dshgroup machines netgroup' -- "$cur")
		return
		;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_rsh_options "${COMP_WORDS[0]}")" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -c -f -- "$cur")
		;;
	esac
}

complete -F _rsh rsh
complete -F _pdsh pdsh dsh pdcp dcp pcp rpdcp
complete -F _dshbak dshbak
