# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/io/test_loop \
	tests/unit/io/test_outq \
	tests/unit/io/test_spool \
	tests/unit/io/test_timer
tests_unit_io_test_loop_SOURCES = tests/unit/io/test_loop.c
tests_unit_io_test_loop_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_loop_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_outq_SOURCES = tests/unit/io/test_outq.c
tests_unit_io_test_outq_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_outq_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_spool_SOURCES = tests/unit/io/test_spool.c
tests_unit_io_test_spool_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_spool_LDADD = $(rsh_test_ldadd)
tests_unit_io_test_timer_SOURCES = tests/unit/io/test_timer.c
tests_unit_io_test_timer_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_timer_LDADD = $(rsh_test_ldadd)
endif
