# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/conf/test_hostlist \
	tests/unit/conf/test_options \
	tests/unit/conf/test_percent \
	tests/unit/conf/test_spec \
	tests/unit/conf/test_sshopt
tests_unit_conf_test_hostlist_SOURCES = tests/unit/conf/test_hostlist.c
tests_unit_conf_test_hostlist_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_hostlist_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_options_SOURCES = tests/unit/conf/test_options.c
tests_unit_conf_test_options_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_options_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_percent_SOURCES = tests/unit/conf/test_percent.c
tests_unit_conf_test_percent_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_percent_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_spec_SOURCES = tests/unit/conf/test_spec.c
tests_unit_conf_test_spec_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_spec_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshopt_SOURCES = tests/unit/conf/test_sshopt.c
tests_unit_conf_test_sshopt_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshopt_LDADD = $(pure_test_ldadd)
endif
