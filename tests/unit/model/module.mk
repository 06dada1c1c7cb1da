# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/model/test_command \
	tests/unit/model/test_copied \
	tests/unit/model/test_escape \
	tests/unit/model/test_forwarding \
	tests/unit/model/test_hops \
	tests/unit/model/test_plan \
	tests/unit/model/test_result \
	tests/unit/model/test_shellset \
	tests/unit/model/test_target
tests_unit_model_test_escape_SOURCES = tests/unit/model/test_escape.c
tests_unit_model_test_escape_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_escape_LDADD = $(pure_test_ldadd)
tests_unit_model_test_forwarding_SOURCES = \
	tests/unit/model/test_forwarding.c
tests_unit_model_test_forwarding_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_forwarding_LDADD = $(pure_test_ldadd)
tests_unit_model_test_hops_SOURCES = tests/unit/model/test_hops.c
tests_unit_model_test_hops_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_hops_LDADD = $(pure_test_ldadd)
tests_unit_model_test_plan_SOURCES = tests/unit/model/test_plan.c
tests_unit_model_test_plan_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_plan_LDADD = $(pure_test_ldadd)
tests_unit_model_test_copied_SOURCES = tests/unit/model/test_copied.c
tests_unit_model_test_copied_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_copied_LDADD = $(pure_test_ldadd)
tests_unit_model_test_result_SOURCES = tests/unit/model/test_result.c
tests_unit_model_test_result_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_result_LDADD = $(pure_test_ldadd)
tests_unit_model_test_shellset_SOURCES = tests/unit/model/test_shellset.c
tests_unit_model_test_shellset_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_shellset_LDADD = $(pure_test_ldadd)
tests_unit_model_test_target_SOURCES = tests/unit/model/test_target.c
tests_unit_model_test_target_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_target_LDADD = $(pure_test_ldadd)
endif
tests_unit_model_test_command_SOURCES = tests/unit/model/test_command.c
tests_unit_model_test_command_CPPFLAGS = $(unit_cppflags)
tests_unit_model_test_command_LDADD = $(pure_test_ldadd)
