# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
fake_groups = tests/lib/fake_groups.c tests/lib/fake_groups.h
check_PROGRAMS += \
	tests/unit/conf/test_digest \
	tests/unit/conf/test_hostlist \
	tests/unit/conf/test_hostlist_parse \
	tests/unit/conf/test_hostlist_fold \
	tests/unit/conf/test_khline \
	tests/unit/conf/test_knownhosts \
	tests/unit/conf/test_label \
	tests/unit/conf/test_options \
	tests/unit/conf/test_pdshlist \
	tests/unit/conf/test_percent \
	tests/unit/conf/test_progress \
	tests/unit/conf/test_rshconf \
	tests/unit/conf/test_rshkeys \
	tests/unit/conf/test_rshvars \
	tests/unit/conf/test_spec \
	tests/unit/conf/test_sshcanon \
	tests/unit/conf/test_sshconf \
	tests/unit/conf/test_sshforward \
	tests/unit/conf/test_sshindex \
	tests/unit/conf/test_sshlayer \
	tests/unit/conf/test_sshlex \
	tests/unit/conf/test_sshmatch \
	tests/unit/conf/test_sshopt \
	tests/unit/conf/test_groups \
	tests/unit/conf/test_csgroups \
	tests/unit/conf/test_dshgroup \
	tests/unit/conf/test_genders \
	tests/unit/conf/test_gendersource \
	tests/unit/conf/test_groupfile \
	tests/unit/conf/test_ini \
	tests/unit/conf/test_netgroup \
	tests/unit/conf/test_schedlist \
	tests/unit/conf/test_slurmask \
	tests/unit/conf/test_yaml
tests_unit_conf_test_digest_SOURCES = tests/unit/conf/test_digest.c
tests_unit_conf_test_digest_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_digest_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_hostlist_SOURCES = tests/unit/conf/test_hostlist.c tests/unit/conf/hostlist_rows.h
tests_unit_conf_test_hostlist_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_hostlist_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_hostlist_parse_SOURCES = tests/unit/conf/test_hostlist_parse.c tests/unit/conf/hostlist_rows.h
tests_unit_conf_test_hostlist_parse_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_hostlist_parse_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_hostlist_fold_SOURCES = tests/unit/conf/test_hostlist_fold.c tests/unit/conf/hostlist_rows.h
tests_unit_conf_test_hostlist_fold_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_hostlist_fold_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_khline_SOURCES = tests/unit/conf/test_khline.c
tests_unit_conf_test_khline_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_khline_LDADD = $(pure_test_ldadd)

tests_unit_conf_test_knownhosts_SOURCES = tests/unit/conf/test_knownhosts.c
tests_unit_conf_test_knownhosts_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_knownhosts_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_label_SOURCES = tests/unit/conf/test_label.c
tests_unit_conf_test_label_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_label_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_options_SOURCES = tests/unit/conf/test_options.c
tests_unit_conf_test_options_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_options_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_pdshlist_SOURCES = tests/unit/conf/test_pdshlist.c
tests_unit_conf_test_pdshlist_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_pdshlist_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_progress_SOURCES = tests/unit/conf/test_progress.c
tests_unit_conf_test_progress_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_progress_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_percent_SOURCES = tests/unit/conf/test_percent.c
tests_unit_conf_test_percent_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_percent_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_rshconf_SOURCES = tests/unit/conf/test_rshconf.c
tests_unit_conf_test_rshconf_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_rshconf_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_rshkeys_SOURCES = tests/unit/conf/test_rshkeys.c
tests_unit_conf_test_rshkeys_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_rshkeys_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_rshvars_SOURCES = tests/unit/conf/test_rshvars.c
tests_unit_conf_test_rshvars_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_rshvars_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_spec_SOURCES = tests/unit/conf/test_spec.c
tests_unit_conf_test_spec_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_spec_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshcanon_SOURCES = tests/unit/conf/test_sshcanon.c
tests_unit_conf_test_sshcanon_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshcanon_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshconf_SOURCES = tests/unit/conf/test_sshconf.c
tests_unit_conf_test_sshconf_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshconf_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshforward_SOURCES = tests/unit/conf/test_sshforward.c
tests_unit_conf_test_sshforward_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshforward_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshindex_SOURCES = tests/unit/conf/test_sshindex.c
tests_unit_conf_test_sshindex_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshindex_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshlayer_SOURCES = tests/unit/conf/test_sshlayer.c
tests_unit_conf_test_sshlayer_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshlayer_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshlex_SOURCES = tests/unit/conf/test_sshlex.c
tests_unit_conf_test_sshlex_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshlex_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshmatch_SOURCES = tests/unit/conf/test_sshmatch.c
tests_unit_conf_test_sshmatch_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshmatch_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_sshopt_SOURCES = tests/unit/conf/test_sshopt.c
tests_unit_conf_test_sshopt_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_sshopt_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_groups_SOURCES = tests/unit/conf/test_groups.c
tests_unit_conf_test_groups_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_groups_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_csgroups_SOURCES = tests/unit/conf/test_csgroups.c \
	$(fake_groups)
tests_unit_conf_test_csgroups_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_csgroups_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_dshgroup_SOURCES = tests/unit/conf/test_dshgroup.c \
	$(fake_groups)
tests_unit_conf_test_dshgroup_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_dshgroup_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_genders_SOURCES = tests/unit/conf/test_genders.c
tests_unit_conf_test_genders_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_genders_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_gendersource_SOURCES = tests/unit/conf/test_gendersource.c \
	$(fake_groups)
tests_unit_conf_test_gendersource_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_gendersource_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_groupfile_SOURCES = tests/unit/conf/test_groupfile.c \
	$(fake_groups)
tests_unit_conf_test_groupfile_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_groupfile_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_ini_SOURCES = tests/unit/conf/test_ini.c
tests_unit_conf_test_ini_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_ini_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_netgroup_SOURCES = tests/unit/conf/test_netgroup.c \
	$(fake_groups)
tests_unit_conf_test_netgroup_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_netgroup_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_schedlist_SOURCES = tests/unit/conf/test_schedlist.c \
	$(fake_groups)
tests_unit_conf_test_schedlist_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_schedlist_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_slurmask_SOURCES = tests/unit/conf/test_slurmask.c \
	$(fake_groups)
tests_unit_conf_test_slurmask_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_slurmask_LDADD = $(pure_test_ldadd)
tests_unit_conf_test_yaml_SOURCES = tests/unit/conf/test_yaml.c
tests_unit_conf_test_yaml_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_yaml_LDADD = $(pure_test_ldadd)
# OpenSSH's ssh-keygen is needed for the rest.
if HAVE_SSHD
check_PROGRAMS += tests/unit/conf/test_knownhosts_random
tests_unit_conf_test_knownhosts_random_SOURCES = \
	tests/unit/conf/test_knownhosts_random.c \
	tests/lib/shell.c tests/lib/shell.h
tests_unit_conf_test_knownhosts_random_CPPFLAGS = $(unit_cppflags)
tests_unit_conf_test_knownhosts_random_LDADD = $(pure_test_ldadd)
endif
endif
