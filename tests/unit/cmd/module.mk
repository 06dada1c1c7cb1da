# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/cmd/test_background \
	tests/unit/cmd/test_failedto \
	tests/unit/cmd/test_upcall
tests_unit_cmd_test_background_SOURCES = tests/unit/cmd/test_background.c
tests_unit_cmd_test_background_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_background_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_failedto_SOURCES = tests/unit/cmd/test_failedto.c
tests_unit_cmd_test_failedto_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_failedto_LDADD = $(rsh_test_ldadd)
tests_unit_cmd_test_upcall_SOURCES = tests/unit/cmd/test_upcall.c
tests_unit_cmd_test_upcall_CPPFLAGS = $(unit_cppflags)
tests_unit_cmd_test_upcall_LDADD = $(rsh_test_ldadd)
endif
