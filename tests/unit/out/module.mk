# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/out/test_fold \
	tests/unit/out/test_outdir \
	tests/unit/out/test_sink \
	tests/unit/out/test_sink_text
tests_unit_out_test_sink_SOURCES = tests/unit/out/test_sink.c
tests_unit_out_test_sink_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_sink_text_SOURCES = tests/unit/out/test_sink_text.c
tests_unit_out_test_sink_text_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_text_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_fold_SOURCES = tests/unit/out/test_fold.c
tests_unit_out_test_fold_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_fold_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_outdir_SOURCES = tests/unit/out/test_outdir.c
tests_unit_out_test_outdir_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_outdir_LDADD = $(rsh_test_ldadd)
endif
