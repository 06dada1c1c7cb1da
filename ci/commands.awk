# SPDX-License-Identifier: Apache-2.0
# From what `make -n V=1` prints: compile_commands.json, each file once.  dir
# is the build folder.  A compilation looks like
#
#	clang ... -MF x -c -o x.o `test -f 'x.c' || echo 'SRC/'`x.c
#	clang ... -c -o x.o SRC/x.c &&\
function quoted(s) {
	gsub(/["\\]/, "\\\\&", s)
	return "\"" s "\""
}
/ -c -o [^ ]+\.o / {
	sub(/^.*;/, "")
	sub(/[ \t]*&&.*$/, "")
	if (match($0, /`test -f [^`]*`/)) {
		folder = substr($0, RSTART, RLENGTH)
		sub(/^.*echo '/, "", folder)
		sub(/'`$/, "", folder)
		$0 = substr($0, 1, RSTART - 1) folder substr($0, RSTART + RLENGTH)
	}
	# The dependencies are none of an analyser's business.
	gsub(/ -M[TF] [^ ]+| -M[DP]/, "")
	if (seen[$NF]++)
		next
	printf "%s{\"directory\": %s, \"command\": %s, \"file\": %s}",
		n++ ? ",\n" : "[\n", quoted(dir), quoted($0), quoted($NF)
}
END {
	print n ? "\n]" : "[]"
	exit !n
}
