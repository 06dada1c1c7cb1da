# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion of rsh and of the names it goes by, for bash.  The options come
# from the program itself, so that there is no second list of them.

# The options of the program $1, or of its verb $2, one a line.
_rsh_options() {
	"$1" ${2:+"$2"} --help=dump 2>/dev/null | awk -F '\t' '
		$1 != "" { print "-" $1 }
		$2 != "" { print "--" $2 }'
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

# rsh hosts: options, groups and hosts.
_rsh_verb_hosts() {
	local cur=$1 words

	case $2 in
	-S | --separator | -I | --slice | --pick | --split)
		return
		;;
	-s | --source)
		words=$("${COMP_WORDS[0]}" hosts --sources 2>/dev/null)
		;;
	*)
		case $cur in
		-*) words=$(_rsh_options "${COMP_WORDS[0]}" hosts) ;;
		@*) words=$("${COMP_WORDS[0]}" hosts --groups 2>/dev/null) ;;
		*) words=$(_rsh_hosts) ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

_rsh() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=
	[ "$COMP_CWORD" -lt 1 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	if [ "${COMP_WORDS[1]}" = hosts ] && [ "$COMP_CWORD" -gt 1 ]; then
		_rsh_verb_hosts "$cur" "$prev"
		return
	fi
	case $prev in
	-i | --identity | -F | --ssh-config | -E | --log-file | --script | \
		--failed-to | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-l | --login)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	--exit-code)
		mapfile -t COMPREPLY < <(compgen -W \
			'main-rank all check max' -- "$cur")
		return
		;;
	-O)
		mapfile -t COMPREPLY < <(compgen -W \
			'check forward cancel exit stop' -- "$cur")
		return
		;;
	--output-dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--ssh-program)
		mapfile -t COMPREPLY < <(compgen -c -f -- "$cur")
		return
		;;
	--rcmd)
		mapfile -t COMPREPLY < <(compgen -W 'ssh exec' -- "$cur")
		return
		;;
	esac
	case $cur in
	-*)
		local own=
		case ${COMP_WORDS[1]} in
		put | get | upload | download)
			own=$(_rsh_options "${COMP_WORDS[0]}" put)
			;;
		esac
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_rsh_options "${COMP_WORDS[0]}") $own" -- "$cur")
		;;
	*)
		local verbs=
		[ "$COMP_CWORD" -ne 1 ] || verbs='hosts list config ping put get shell help'
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_rsh_hosts) $verbs" -- "$cur")
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
