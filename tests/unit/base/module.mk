# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/base/test_alloc \
	tests/unit/base/test_err \
	tests/unit/base/test_strbuf
tests_unit_base_test_alloc_SOURCES = tests/unit/base/test_alloc.c
tests_unit_base_test_alloc_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_alloc_LDADD = $(base_test_ldadd)
tests_unit_base_test_err_SOURCES = tests/unit/base/test_err.c
tests_unit_base_test_err_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_err_LDADD = $(base_test_ldadd)
tests_unit_base_test_strbuf_SOURCES = tests/unit/base/test_strbuf.c
tests_unit_base_test_strbuf_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_strbuf_LDADD = $(base_test_ldadd)
endif
