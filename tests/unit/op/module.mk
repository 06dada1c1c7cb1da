# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/op/test_sudo
tests_unit_op_test_sudo_SOURCES = tests/unit/op/test_sudo.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h
tests_unit_op_test_sudo_CPPFLAGS = $(unit_cppflags)
tests_unit_op_test_sudo_LDADD = $(rsh_test_ldadd)
endif
