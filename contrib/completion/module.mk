# SPDX-License-Identifier: Apache-2.0
bashcompdir = $(datadir)/bash-completion/completions
EXTRA_DIST += contrib/completion/rsh.bash

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)'
	$(INSTALL_DATA) '$(srcdir)/contrib/completion/rsh.bash' \
		'$(DESTDIR)$(bashcompdir)/rsh'

uninstall-local:
	rm -f '$(DESTDIR)$(bashcompdir)/rsh'
