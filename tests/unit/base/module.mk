# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/base/test_alloc \
	tests/unit/base/test_anycase \
	tests/unit/base/test_bufq \
	tests/unit/base/test_err \
	tests/unit/base/test_hashmap \
	tests/unit/base/test_list \
	tests/unit/base/test_json \
	tests/unit/base/test_log \
	tests/unit/base/test_logsys \
	tests/unit/base/test_match \
	tests/unit/base/test_skip tests/unit/base/test_strsort \
	tests/unit/base/test_strbuf \
	tests/unit/base/test_text
tests_unit_base_test_alloc_SOURCES = tests/unit/base/test_alloc.c
tests_unit_base_test_alloc_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_alloc_LDADD = $(base_test_ldadd)
tests_unit_base_test_anycase_SOURCES = tests/unit/base/test_anycase.c
tests_unit_base_test_anycase_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_anycase_LDADD = $(base_test_ldadd)
tests_unit_base_test_bufq_SOURCES = tests/unit/base/test_bufq.c
tests_unit_base_test_bufq_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_bufq_LDADD = $(base_test_ldadd)
tests_unit_base_test_err_SOURCES = tests/unit/base/test_err.c
tests_unit_base_test_err_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_err_LDADD = $(base_test_ldadd)
tests_unit_base_test_hashmap_SOURCES = tests/unit/base/test_hashmap.c
tests_unit_base_test_hashmap_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_hashmap_LDADD = $(base_test_ldadd)
tests_unit_base_test_list_SOURCES = tests/unit/base/test_list.c
tests_unit_base_test_list_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_list_LDADD = $(base_test_ldadd)
tests_unit_base_test_log_SOURCES = tests/unit/base/test_log.c
tests_unit_base_test_log_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_log_LDADD = $(base_test_ldadd)
tests_unit_base_test_log_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=logsys_open,--wrap=logsys_write,--wrap=logsys_close
tests_unit_base_test_logsys_SOURCES = tests/unit/base/test_logsys.c
tests_unit_base_test_logsys_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_logsys_LDADD = $(base_test_ldadd)
tests_unit_base_test_logsys_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=openlog \
	-Wl,--wrap=syslog,--wrap=__syslog_chk
tests_unit_base_test_match_SOURCES = tests/unit/base/test_match.c
tests_unit_base_test_match_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_match_LDADD = $(base_test_ldadd)
tests_unit_base_test_strsort_SOURCES = tests/unit/base/test_strsort.c
tests_unit_base_test_strsort_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_strsort_LDADD = $(base_test_ldadd)
tests_unit_base_test_skip_SOURCES = tests/unit/base/test_skip.c
tests_unit_base_test_skip_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_skip_LDADD = $(base_test_ldadd)
tests_unit_base_test_strbuf_SOURCES = tests/unit/base/test_strbuf.c
tests_unit_base_test_strbuf_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_strbuf_LDADD = $(base_test_ldadd)
tests_unit_base_test_text_SOURCES = tests/unit/base/test_text.c
tests_unit_base_test_text_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_text_LDADD = $(base_test_ldadd)
tests_unit_base_test_json_SOURCES = tests/unit/base/test_json.c
tests_unit_base_test_json_CPPFLAGS = $(unit_cppflags)
tests_unit_base_test_json_LDADD = $(base_test_ldadd)
endif
