# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/out/test_diff \
	tests/unit/out/test_fold \
	tests/unit/out/test_outdir \
	tests/unit/out/test_output \
	tests/unit/out/test_result_json \
	tests/unit/out/test_sink \
	tests/unit/out/test_sink_dir \
	tests/unit/out/test_sink_group \
	tests/unit/out/test_sink_json \
	tests/unit/out/test_sink_ping \
	tests/unit/out/test_sink_text \
	tests/unit/out/test_transcript
tests_unit_out_test_transcript_SOURCES = tests/unit/out/test_transcript.c
tests_unit_out_test_transcript_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_transcript_LDADD = $(rsh_test_ldadd)
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
tests_unit_out_test_diff_SOURCES = tests/unit/out/test_diff.c
tests_unit_out_test_diff_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_diff_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_result_json_SOURCES = tests/unit/out/test_result_json.c
tests_unit_out_test_result_json_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_result_json_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_output_SOURCES = tests/unit/out/test_output.c \
	tests/unit/out/fixture.h
tests_unit_out_test_output_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_output_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_sink_dir_SOURCES = tests/unit/out/test_sink_dir.c \
	tests/unit/out/fixture.h
tests_unit_out_test_sink_dir_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_dir_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_sink_group_SOURCES = tests/unit/out/test_sink_group.c \
	tests/unit/out/fixture.h
tests_unit_out_test_sink_group_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_group_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_sink_json_SOURCES = tests/unit/out/test_sink_json.c \
	tests/unit/out/fixture.h
tests_unit_out_test_sink_json_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_json_LDADD = $(rsh_test_ldadd)
tests_unit_out_test_sink_ping_SOURCES = tests/unit/out/test_sink_ping.c \
	tests/unit/out/fixture.h
tests_unit_out_test_sink_ping_CPPFLAGS = $(unit_cppflags)
tests_unit_out_test_sink_ping_LDADD = $(rsh_test_ldadd)
endif
