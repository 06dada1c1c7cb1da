/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that send files as archives.
 *
 * They are for any sh(1) and the tars of GNU, BSD and busybox.  tar(1) is told
 * of nothing but names that begin with "./", in the folder it is run in: what
 * else a name may begin with has a meaning to one of them.
 */
#include "op/unpack.h"

#include "base/banned.h"

/* tell gives a record, a an archive of the rest: o has tar's options, h follows
   links.  To a ksh, r is a word of its own. */
#define COMMON                                                                 \
	"tell() { printf '%s %s\\000' \"$y\" \"$1\"; }; "                      \
	"a() { tell \"$1\"; shift; tar $o -c${h}f - \"$@\"; tell \"end $?\"; }; "

/*
 * Its words are pairs: a source, and what shellglob() makes of it, or nothing.
 *
 * g says that tar sends a file again where it has another name, m how many
 * files go together: one at a time no tar knows of another name.
 *
 * u takes all matches of a source, e the files of these by folder; p sends what
 * links of a tree lead to, and the files with several names.  A pattern matches
 * no "..".
 * GNU tar reads "\n" of a name as a newline unless it is told not to.
 */
const char UNPACK_SCRIPT[] = COMMON
	"p() { "
	"[ -n \"$l\" ] || find . -type l -exec sh -c \"$q\" sh "
	"\"$y\" \"$o\" \"$m\" links {} + 3>&2 2>/dev/null; "
	"[ -n \"$g\" ] || find . -type f -links +1 -exec sh -c \"$q\" sh "
	"\"$y\" \"$o\" 1 hard {} + 3>&2 2>/dev/null; }; "
	"e() { while [ $# -gt 0 ]; do d=${1%/*} k=0; "
	"for f do [ \"${f%/*}\" = \"$d\" ] && [ $k -lt $m ] || break; "
	"k=$((k + 1)); done; "
	"( n=$# j=0; P=$d/; case $P in ./*) P=${P#./} ;; esac; "
	"for f do [ $j -lt $k ] || break; "
	"shift; set -- \"$@\" \"./${f##*/}\"; j=$((j + 1)); done; "
	"shift $((n - k)); cd \"${d:-/}\" && h=h && a \"in $i $P\" \"$@\" ); "
	"shift $k; done; }; "
	"u() { t=; for f do shift; "
	"case /$s/ in */./* | */../*) ;; *) "
	"case /$f/ in */./* | */../*) continue ;; esac ;; esac; "
	"case $f in /*) c=$f ;; *) c=./$f ;; esac; "
	"if [ -d \"$c\" ]; then t=1; "
	"if [ -z \"$w\" ]; then tell \"folder $i $f\"; "
	"else ( cd \"$c\" 2>/dev/null || { tell \"shut $i $f\"; exit; }; "
	"tell \"of $i $f\"; a tree .; p ); fi; "
	"elif [ -f \"$c\" ]; then t=1; set -- \"$@\" \"$c\"; "
	"elif [ -e \"$c\" ]; then t=1; tell \"odd $i $f\"; "
	"elif [ -L \"$c\" ]; then t=1; tell \"lost $i $f\"; fi; done; "
	"e \"$@\"; [ -n \"$t\" ] || tell \"none $i $s\"; }; "
	"command -v tar >/dev/null 2>&1 || { echo \"$y no-tar\"; exit 1; }; "
	"unset TAR_OPTIONS CDPATH; export COPYFILE_DISABLE=1; "
	"set +f; o= g= h= m=1 i=0; "
	"case $(tar --version </dev/null 2>/dev/null) in "
	"*GNU*) g=1 m=200 o='--hard-dereference --no-unquote' ;; "
	"*bsdtar*) o='--format gnutar' ;; esac; "
	"echo \"$y tar\"; "
	"s=; for P do [ -n \"$s\" ] || { s=$P; continue; }; i=$((i + 1)); "
	"if [ -n \"$P\" ]; then IFS=; set -- $P; unset IFS; "
	"[ $# -gt 1 ] || [ \"$1\" != \"$P\" ] || set -- \"$s\"; "
	"else set -- \"$s\"; fi; u \"$@\"; s=; done; tell 'done'";

/* Of the words behind the first four; what find(1) says besides was said by
   tar already. */
const char UNPACK_LINKS[] =
	COMMON "y=$1 o=$2 m=$3 k=$4 h=; shift 4; exec 2>&3; "
	       "c() { k=$1; shift; for f do shift; "
	       "if [ -f \"$f\" ]; then j=file; elif [ -d \"$f\" ]; then j=dir; "
	       "elif [ -e \"$f\" ]; then j=other; else j=gone; fi; "
	       "[ $j != $k ] || set -- \"$@\" \"$f\"; done; "
	       "h=; [ $k != file ] || h=h; "
	       "[ $m -gt 1 ] || { for f do a $k \"$f\"; done; return; }; "
	       "[ $# -eq 0 ] || a $k \"$@\"; }; "
	       "if [ $k = hard ]; then for f do a hard \"$f\"; done; else "
	       "for k in file dir other gone; do c $k \"$@\"; done; fi";
