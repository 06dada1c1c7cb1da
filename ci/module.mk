# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS += ci/analyze ci/build ci/deps ci/dist ci/fuzz ci/lint \
	ci/scale ci/valgrind
dist_noinst_DATA += ci/codespell-ignore.txt ci/commands.awk ci/config.site ci/cppcheck.supp ci/lib.sh ci/valgrind.supp
EXTRA_DIST += .ci/run .shellcheckrc
