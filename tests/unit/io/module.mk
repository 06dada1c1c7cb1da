# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/io/test_blocks \
	tests/unit/io/test_child \
	tests/unit/io/test_ctlsock \
	tests/unit/io/test_dial \
	tests/unit/io/test_listener \
	tests/unit/io/test_loop \
	tests/unit/io/test_globwalk tests/unit/io/test_manifest \
	tests/unit/io/test_outq \
	tests/unit/io/test_pipesock \
	tests/unit/io/test_rate \
	tests/unit/io/test_resolver \
	tests/unit/io/test_spill \
	tests/unit/io/test_spool \
	tests/unit/io/test_tempfile \
	tests/unit/io/test_timer \
	tests/unit/io/test_tty
tests_unit_io_test_child_SOURCES = tests/unit/io/test_child.c
tests_unit_io_test_child_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_child_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=syscall
tests_unit_io_test_child_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_ctlsock_SOURCES = tests/unit/io/test_ctlsock.c
tests_unit_io_test_ctlsock_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_ctlsock_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_dial_SOURCES = tests/unit/io/test_dial.c
tests_unit_io_test_dial_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_dial_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_listener_SOURCES = tests/unit/io/test_listener.c
tests_unit_io_test_listener_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_listener_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_loop_SOURCES = tests/unit/io/test_loop.c
tests_unit_io_test_loop_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_loop_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_outq_SOURCES = tests/unit/io/test_outq.c
tests_unit_io_test_outq_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_outq_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_pipesock_SOURCES = tests/unit/io/test_pipesock.c
tests_unit_io_test_pipesock_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_pipesock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=splice \
	-Wl,--wrap=socketpair
tests_unit_io_test_pipesock_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_rate_SOURCES = tests/unit/io/test_rate.c
tests_unit_io_test_rate_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_rate_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_resolver_SOURCES = tests/unit/io/test_resolver.c
tests_unit_io_test_resolver_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_resolver_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo
tests_unit_io_test_resolver_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_spool_SOURCES = tests/unit/io/test_spool.c
tests_unit_io_test_spool_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_spool_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_spool_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=secret_wipe
tests_unit_io_test_timer_SOURCES = tests/unit/io/test_timer.c
tests_unit_io_test_timer_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_timer_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_tty_SOURCES = tests/unit/io/test_tty.c \
	tests/lib/pty.c tests/lib/pty.h
tests_unit_io_test_tty_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_tty_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_spill_SOURCES = tests/unit/io/test_spill.c
tests_unit_io_test_spill_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_spill_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_tempfile_SOURCES = tests/unit/io/test_tempfile.c
tests_unit_io_test_tempfile_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_tempfile_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_blocks_SOURCES = tests/unit/io/test_blocks.c
tests_unit_io_test_blocks_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_blocks_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_globwalk_SOURCES = tests/unit/io/test_globwalk.c
tests_unit_io_test_globwalk_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_globwalk_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_manifest_SOURCES = tests/unit/io/test_manifest.c
tests_unit_io_test_manifest_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_manifest_LDADD = $(rsh_test_ldadd)
endif
