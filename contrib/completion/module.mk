# SPDX-License-Identifier: Apache-2.0
bashcompdir = $(datadir)/bash-completion/completions
EXTRA_DIST += contrib/completion/rsh.bash

# bash looks for a file with the name of the command.
if PDSH_LINKS
completed_links = pdsh pdcp rpdcp dshbak
else
completed_links =
endif

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)'
	$(INSTALL_DATA) '$(srcdir)/contrib/completion/rsh.bash' \
		'$(DESTDIR)$(bashcompdir)/rsh'
	for n in $(completed_links); do \
		(cd '$(DESTDIR)$(bashcompdir)' && rm -f $$n && \
		 $(LN_S) rsh $$n) || exit 1; \
	done

uninstall-local:
	rm -f '$(DESTDIR)$(bashcompdir)/rsh'
	for n in $(completed_links); do \
		rm -f '$(DESTDIR)$(bashcompdir)'/$$n; \
	done
