# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += rsh
rsh_SOURCES = src/cmd/main.c
rsh_LDADD = $(rsh_ldadd)
librsh_a_SOURCES += \
	src/cmd/cmd.h \
	src/cmd/cmd_dshbak.c \
	src/cmd/cmd_hosts.c \
	src/cmd/cmd_copy.c \
	src/cmd/copydest.c src/cmd/copydest.h \
	src/cmd/copying.h \
	src/cmd/forms.c src/cmd/forms.h \
	src/cmd/cmd_ping.c \
	src/cmd/cmd_shell.c src/cmd/shell.h \
	src/cmd/cmd_pdsh.c src/cmd/pdsh.h \
	src/cmd/pdsh_groups.c src/cmd/pdsh_groups.h \
	src/cmd/pdsh_copy.c src/cmd/pdsh_copy.h \
	src/cmd/pdsh_hosts.c \
	src/cmd/pdsh_modules.c src/cmd/pdsh_modules.h \
	src/cmd/pdsh_options.c \
	src/cmd/pdsh_prompt.c \
	src/cmd/pdsh_run.c \
	src/cmd/pdsh_show.c \
	src/cmd/cmd_rsh.c \
	src/cmd/aside.c src/cmd/aside.h \
	src/cmd/askpass.c src/cmd/askpass.h \
	src/cmd/backendai.c src/cmd/backendai.h \
	src/cmd/background.c src/cmd/background.h \
	src/cmd/byclass.c src/cmd/byclass.h \
	src/cmd/cmd_config.c \
	src/cmd/console.c src/cmd/console.h src/cmd/console_internal.h \
	src/cmd/console_focus.c src/cmd/console_prompt.c \
	src/cmd/console_show.c src/cmd/shells.c src/cmd/shells_do.c \
	src/cmd/shells_job.c src/cmd/shells_look.c src/cmd/shells_prompt.c \
	src/cmd/linemode.c src/cmd/linemode.h \
	src/cmd/shells.h src/cmd/shells_internal.h \
	src/cmd/shellconf.c src/cmd/shellconf.h \
	src/cmd/shelljob.c src/cmd/shelljob.h \
	src/cmd/control.c src/cmd/control.h \
	src/cmd/credentials.c src/cmd/credentials.h \
	src/cmd/descriptors.c src/cmd/descriptors.h \
	src/cmd/failedto.c src/cmd/failedto.h \
	src/cmd/front.c src/cmd/front.h \
	src/cmd/groupenv.c src/cmd/groupenv.h \
	src/cmd/harden.c src/cmd/harden.h \
	src/cmd/hostfile.c src/cmd/hostfile.h \
	src/cmd/launch.c src/cmd/launch.h \
	src/cmd/machine.c src/cmd/machine.h \
	src/cmd/names.c src/cmd/names.h \
	src/cmd/report.c src/cmd/report.h \
	src/cmd/escapes.c src/cmd/escapes.h \
	src/cmd/request.c src/cmd/request.h \
	src/cmd/viewing.c src/cmd/viewing.h \
	src/cmd/terminal.c src/cmd/terminal.h \
	src/cmd/passenger.c src/cmd/passenger.h \
	src/cmd/regroup.c src/cmd/regroup.h \
	src/cmd/report_pdsh.c src/cmd/report_pdsh.h \
	src/cmd/script.c src/cmd/script.h \
	src/cmd/settings.c src/cmd/settings.h \
	src/cmd/settings_hosts.c src/cmd/settings_hosts.h \
	src/cmd/sinks.c src/cmd/sinks.h \
	src/cmd/status.c src/cmd/status.h \
	src/cmd/switches.c src/cmd/switches.h \
	src/cmd/tiling.h \
	src/cmd/unsent.c src/cmd/unsent.h \
	src/cmd/upcall.c src/cmd/upcall.h \
	src/cmd/userconf.c src/cmd/userconf.h \
	src/cmd/userhosts.c src/cmd/userhosts.h \
	src/cmd/verb.c \
	src/cmd/verb.h \
	src/cmd/verbs.c src/cmd/verbs.h
if TSM
librsh_a_SOURCES += src/cmd/tiling.c
EXTRA_DIST += src/cmd/tiling_none.c
else
librsh_a_SOURCES += src/cmd/tiling_none.c
EXTRA_DIST += src/cmd/tiling.c
endif

# One binary answers to several names.  `ssh` stands apart from the others, so
# that nobody's ssh is shadowed by accident.
if PDSH_LINKS
pdsh_links = pdsh pdcp rpdcp dshbak
else
pdsh_links =
endif

install-exec-hook:
	for n in $(pdsh_links); do \
		(cd '$(DESTDIR)$(bindir)' && rm -f $$n && \
		 $(LN_S) rsh $$n) || exit 1; \
	done
	$(MKDIR_P) '$(DESTDIR)$(pkglibexecdir)/bin'
	rm -f '$(DESTDIR)$(pkglibexecdir)/bin/ssh'
	$(LN_S) '$(bindir)/rsh' '$(DESTDIR)$(pkglibexecdir)/bin/ssh'

uninstall-hook:
	for n in $(pdsh_links); do rm -f '$(DESTDIR)$(bindir)'/$$n; done
	rm -f '$(DESTDIR)$(pkglibexecdir)/bin/ssh'
