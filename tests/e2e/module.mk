# SPDX-License-Identifier: Apache-2.0
# Tests of the whole program, in bats.
# Those that take long begin first, so that none of them ends alone.
e2e_long_tests = tests/e2e/auth.bats tests/e2e/forward.bats \
	tests/e2e/rforward.bats tests/e2e/hostkeys.bats tests/e2e/shellpty.bats \
	tests/e2e/terminal.bats tests/e2e/hostile.bats tests/e2e/copy.bats \
	tests/e2e/mux.bats tests/e2e/copyvia.bats tests/e2e/tiles.bats \
	tests/e2e/jump.bats tests/e2e/proxy.bats tests/e2e/copymore.bats \
	tests/e2e/scale.bats tests/e2e/screens.bats tests/e2e/view.bats tests/e2e/matrix.bats \
	tests/e2e/sshopts.bats tests/e2e/pdsh.bats tests/e2e/shortage.bats
e2e_other_tests = tests/e2e/agentforward.bats tests/e2e/asssh.bats \
	tests/e2e/canonical.bats tests/e2e/cli.bats tests/e2e/command.bats \
	tests/e2e/config.bats tests/e2e/control.bats tests/e2e/dshbak.bats \
	tests/e2e/fanout.bats tests/e2e/faults.bats tests/e2e/groups.bats \
	tests/e2e/hosts.bats tests/e2e/jobcontrol.bats tests/e2e/jumpask.bats \
	tests/e2e/knownhostscommand.bats tests/e2e/limits.bats \
	tests/e2e/localcommand.bats tests/e2e/match.bats tests/e2e/newhosts.bats \
	tests/e2e/onehost.bats tests/e2e/output.bats tests/e2e/pdshrun.bats \
	tests/e2e/ping.bats tests/e2e/shell.bats tests/e2e/shellrun.bats \
	tests/e2e/sshconfig.bats tests/e2e/sshprogram.bats tests/e2e/status.bats \
	tests/e2e/sudo.bats tests/e2e/tools.bats tests/e2e/viewask.bats \
	tests/e2e/viewcopy.bats tests/e2e/viewends.bats tests/e2e/viewpanels.bats \
	tests/e2e/wire.bats
e2e_tests = $(e2e_long_tests) $(e2e_other_tests)
EXTRA_DIST += $(e2e_tests) tests/e2e/dshbak.cases \
	tests/e2e/pdsh.cases tests/e2e/pdsh.differences \
	tests/e2e/hostkeys.cases \
	tests/e2e/sshopts.cases tests/lib/sshconfig.awk \
	tests/lib/cells.py tests/lib/memfind.py tests/lib/nodesets.py tests/lib/fwd.bash tests/lib/rsh.bash tests/lib/scaled.bash \
	tests/lib/shellpty.bash tests/lib/sshd.bash tests/lib/jsonschema.py tests/lib/sftpliar.py \
	tests/lib/fakesudo.sh tests/lib/fwdtool.py
noinst_PROGRAMS += tests/lib/askgroups tests/lib/keyart tests/lib/sshresolve
tests_lib_askgroups_SOURCES = tests/lib/askgroups.c
tests_lib_askgroups_LDADD = $(rsh_ldadd)
tests_lib_keyart_SOURCES = tests/lib/keyart.c
tests_lib_keyart_LDADD = $(pure_ldadd)
tests_lib_sshresolve_SOURCES = tests/lib/sshresolve.c
tests_lib_sshresolve_LDADD = $(rsh_ldadd)
noinst_PROGRAMS += tests/lib/rsh_faulty
tests_lib_rsh_faulty_SOURCES = src/cmd/main.c tests/lib/faulty.c
tests_lib_rsh_faulty_LDADD = $(rsh_ldadd)
tests_lib_rsh_faulty_LDFLAGS = $(AM_LDFLAGS) -rdynamic
noinst_PROGRAMS += tests/lib/atterminal
tests_lib_atterminal_SOURCES = tests/lib/atterminal.c
noinst_PROGRAMS += tests/lib/netpipe tests/lib/slowagent
tests_lib_netpipe_SOURCES = tests/lib/netpipe.c
tests_lib_netpipe_LDADD = $(base_ldadd)
tests_lib_slowagent_SOURCES = tests/lib/slowagent.c
tests_lib_slowagent_LDADD = $(base_ldadd)
if HAVE_BATS
TESTS += $(e2e_tests)
endif
# Short ones, which fill what time is left.
TESTS += $(check_PROGRAMS)
