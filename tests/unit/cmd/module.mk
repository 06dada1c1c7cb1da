# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/cmd/test_background \
	tests/unit/cmd/test_copydest \
	tests/unit/cmd/test_copying \
	tests/unit/cmd/test_failedto \
	tests/unit/cmd/test_harden \
	tests/unit/cmd/test_script \
	tests/unit/cmd/test_sinks \
	tests/unit/cmd/test_status \
	tests/unit/cmd/test_unsent \
	tests/unit/cmd/test_upcall
tests_unit_cmd_test_background_SOURCES = tests/unit/cmd/test_background.c
tests_unit_cmd_test_background_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_background_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_copydest_SOURCES = tests/unit/cmd/test_copydest.c
tests_unit_cmd_test_copydest_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_copydest_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_copying_SOURCES = tests/unit/cmd/test_copying.c
tests_unit_cmd_test_copying_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_copying_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_failedto_SOURCES = tests/unit/cmd/test_failedto.c
tests_unit_cmd_test_failedto_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_failedto_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_harden_SOURCES = tests/unit/cmd/test_harden.c
tests_unit_cmd_test_harden_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_harden_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_script_SOURCES = tests/unit/cmd/test_script.c
tests_unit_cmd_test_script_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_script_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_sinks_SOURCES = tests/unit/cmd/test_sinks.c
tests_unit_cmd_test_sinks_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_sinks_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_status_SOURCES = tests/unit/cmd/test_status.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/lib/pty.c tests/lib/pty.h
tests_unit_cmd_test_status_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_status_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_unsent_SOURCES = tests/unit/cmd/test_unsent.c \
	src/cmd/unsent.c src/cmd/unsent.h
tests_unit_cmd_test_unsent_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_unsent_LDADD = $(pure_test_ldadd)
tests_unit_cmd_test_upcall_SOURCES = tests/unit/cmd/test_upcall.c
tests_unit_cmd_test_upcall_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_upcall_LDADD = $(rsh_test_ldadd)
endif
