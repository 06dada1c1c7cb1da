# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += docs/man/rsh.1
EXTRA_DIST += docs/ARCHITECTURE.md docs/STYLE.md docs/TESTING.md \
	docs/internals
