# SPDX-License-Identifier: Apache-2.0
# fuzz_<parser>.c holds LLVMFuzzerTestOneInput() and is built in one of two
# ways: as a check program that runs over corpus/<parser>/ (replay_main.c), or,
# with CC=clang and --enable-fuzzing, as a libFuzzer program:
#
#	tests/fuzz/fuzz_hostlist CORPUS_FOLDER -max_total_time=30
#
# A new one: a row in fuzz_programs, its SOURCES, CPPFLAGS and LDADD, and at
# least one file in corpus/<parser>/.  LDADD is the archive it needs:
# $(fuzz_main) with $(base_ldadd), $(pure_ldadd) or $(rsh_ldadd).
fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests

fuzz_programs = \
	tests/fuzz/fuzz_agent \
	tests/fuzz/fuzz_hostlist \
	tests/fuzz/fuzz_knownhosts \
	tests/fuzz/fuzz_krl \
	tests/fuzz/fuzz_label \
	tests/fuzz/fuzz_libssh_err \
	tests/fuzz/fuzz_match \
	tests/fuzz/fuzz_mux \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_pdshlist \
	tests/fuzz/fuzz_percent \
	tests/fuzz/fuzz_progress \
	tests/fuzz/fuzz_rshconf \
	tests/fuzz/fuzz_sftp \
	tests/fuzz/fuzz_tar \
	tests/fuzz/fuzz_sgr \
	tests/fuzz/fuzz_lane \
	tests/fuzz/fuzz_socks \
	tests/fuzz/fuzz_spec \
	tests/fuzz/fuzz_sshconf \
	tests/fuzz/fuzz_sshindex \
	tests/fuzz/fuzz_strvec \
	tests/fuzz/fuzz_text_vis \
	tests/fuzz/fuzz_csgroups \
	tests/fuzz/fuzz_genders \
	tests/fuzz/fuzz_ini \
	tests/fuzz/fuzz_schedlist \
	tests/fuzz/fuzz_groupfile \
	tests/fuzz/fuzz_yaml
if TSM
fuzz_programs += tests/fuzz/fuzz_pane
else
EXTRA_DIST += tests/fuzz/fuzz_pane.c
endif

tests_fuzz_fuzz_hostlist_SOURCES = tests/fuzz/fuzz_hostlist.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_hostlist_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_hostlist_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_agent_SOURCES = tests/fuzz/fuzz_agent.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_agent_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_agent_LDADD = $(fuzz_main) $(rsh_ldadd)

tests_fuzz_fuzz_knownhosts_SOURCES = tests/fuzz/fuzz_knownhosts.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_knownhosts_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_knownhosts_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_krl_SOURCES = tests/fuzz/fuzz_krl.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_krl_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_krl_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_label_SOURCES = tests/fuzz/fuzz_label.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_label_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_label_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_libssh_err_SOURCES = tests/fuzz/fuzz_libssh_err.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_libssh_err_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_libssh_err_LDADD = $(fuzz_main) $(rsh_ldadd)

tests_fuzz_fuzz_match_SOURCES = tests/fuzz/fuzz_match.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_match_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_match_LDADD = $(fuzz_main) $(base_ldadd)

tests_fuzz_fuzz_mux_SOURCES = tests/fuzz/fuzz_mux.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_mux_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_mux_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_options_SOURCES = tests/fuzz/fuzz_options.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_options_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_options_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_pdshlist_SOURCES = tests/fuzz/fuzz_pdshlist.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_pdshlist_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_pdshlist_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_percent_SOURCES = tests/fuzz/fuzz_percent.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_percent_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_percent_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_progress_SOURCES = tests/fuzz/fuzz_progress.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_progress_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_progress_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_rshconf_SOURCES = tests/fuzz/fuzz_rshconf.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_rshconf_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_rshconf_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_sftp_SOURCES = tests/fuzz/fuzz_sftp.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sftp_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_sftp_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_tar_SOURCES = tests/fuzz/fuzz_tar.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_tar_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_tar_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_lane_SOURCES = tests/fuzz/fuzz_lane.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_lane_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_lane_LDADD = $(fuzz_main) $(rsh_ldadd)
tests_fuzz_fuzz_sgr_SOURCES = tests/fuzz/fuzz_sgr.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sgr_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_sgr_LDADD = $(fuzz_main) $(rsh_ldadd)

tests_fuzz_fuzz_socks_SOURCES = tests/fuzz/fuzz_socks.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_socks_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_socks_LDADD = $(fuzz_main) $(pure_ldadd)
tests_fuzz_fuzz_spec_SOURCES = tests/fuzz/fuzz_spec.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_spec_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_spec_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_sshconf_SOURCES = tests/fuzz/fuzz_sshconf.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sshconf_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_sshconf_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_sshindex_SOURCES = tests/fuzz/fuzz_sshindex.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sshindex_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_sshindex_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_strvec_SOURCES = tests/fuzz/fuzz_strvec.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_strvec_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_strvec_LDADD = $(fuzz_main) $(base_ldadd)

tests_fuzz_fuzz_text_vis_SOURCES = tests/fuzz/fuzz_text_vis.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_text_vis_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_text_vis_LDADD = $(fuzz_main) $(base_ldadd)

tests_fuzz_fuzz_csgroups_SOURCES = tests/fuzz/fuzz_csgroups.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_csgroups_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_csgroups_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_genders_SOURCES = tests/fuzz/fuzz_genders.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_genders_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_genders_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_ini_SOURCES = tests/fuzz/fuzz_ini.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_ini_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_ini_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_schedlist_SOURCES = tests/fuzz/fuzz_schedlist.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_schedlist_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_schedlist_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_groupfile_SOURCES = tests/fuzz/fuzz_groupfile.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_groupfile_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_groupfile_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz_yaml.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_yaml_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_yaml_LDADD = $(fuzz_main) $(pure_ldadd)

tests_fuzz_fuzz_pane_SOURCES = tests/fuzz/fuzz_pane.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_pane_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_pane_LDADD = $(fuzz_main) $(rsh_ldadd)

if FUZZING
noinst_PROGRAMS += $(fuzz_programs)
fuzz_main = $(LIB_FUZZING_ENGINE)
else
check_PROGRAMS += $(fuzz_programs)
check_LIBRARIES += tests/fuzz/libreplay.a
fuzz_main = tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay_main.c tests/fuzz/fuzz.h
tests_fuzz_libreplay_a_CPPFLAGS = $(fuzz_cppflags)
endif

EXTRA_DIST += tests/fuzz/corpus tests/fuzz/sshconf.dict \
	tests/fuzz/sshindex.dict
