# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/wire/test_mux
tests_unit_wire_test_mux_SOURCES = tests/unit/wire/test_mux.c
tests_unit_wire_test_mux_CPPFLAGS = $(unit_cppflags)
tests_unit_wire_test_mux_LDADD = $(pure_test_ldadd)
endif
