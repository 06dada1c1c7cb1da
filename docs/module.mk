# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += docs/man/dshbak.1 docs/man/pdsh.1 docs/man/rsh.1 docs/man/rsh-hostlist.7 \
	docs/man/rsh-hosts.1 docs/man/rsh-put.1 docs/man/rsh-shell.1 \
	docs/man/rsh_config.5
EXTRA_DIST += docs/ARCHITECTURE.md docs/dshbak.md docs/json.md \
	docs/json.schema.json docs/pdsh.md docs/shell.md docs/STYLE.md docs/TESTING.md docs/tiles.md docs/view.md \
	docs/internals
