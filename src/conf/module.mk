# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/conf/digest.c src/conf/digest.h \
	src/conf/hostlist.c src/conf/hostlist.h \
	src/conf/hostlist_fold.c \
	src/conf/hostlist_group.c \
	src/conf/hostlist_nd.c \
	src/conf/hostlist_parse.c src/conf/hostlist_parse.h \
	src/conf/hostlist_pattern.c src/conf/hostlist_pattern.h \
	src/conf/hostlist_set.c src/conf/hostlist_set.h \
	src/conf/csgroups.c src/conf/csgroups.h \
	src/conf/csgroups_source.c src/conf/csgroups_source.h \
	src/conf/dshgroup.c src/conf/dshgroup.h \
	src/conf/genders.c src/conf/genders.h \
	src/conf/genders_internal.h src/conf/genders_query.c \
	src/conf/gendersource.c src/conf/gendersource.h \
	src/conf/groupfile.c src/conf/groupfile.h \
	src/conf/groups.c src/conf/groups.h \
	src/conf/groups_internal.h src/conf/groups_map.c \
	src/conf/hostlist_slice.c src/conf/hostlist_slice.h \
	src/conf/hostlist_vecs.c src/conf/hostlist_vecs.h \
	src/conf/ini.c src/conf/ini.h \
	src/conf/netgroup.c src/conf/netgroup.h \
	src/conf/schedlist.c src/conf/schedlist.h \
	src/conf/slurmask.c src/conf/slurmask.h \
	src/conf/fingerprint.c src/conf/fingerprint.h \
	src/conf/krl.c src/conf/krl.h \
	src/conf/khline.c src/conf/khline.h \
	src/conf/knownhosts.c src/conf/knownhosts.h \
	src/conf/options.c src/conf/options.h \
	src/conf/options_help.c src/conf/options_row.h \
	src/conf/label.c src/conf/label.h \
	src/conf/pdshlist.c src/conf/pdshlist.h \
	src/conf/pdshlist_ere.c src/conf/pdshlist_ere.h \
	src/conf/pdshlist_fold.c \
	src/conf/percent.c src/conf/percent.h \
	src/conf/progress.c src/conf/progress.h \
	src/conf/rshconf.c src/conf/rshconf.h \
	src/conf/rshconf_hosts.c \
	src/conf/rshconf_store.c src/conf/rshconf_store.h \
	src/conf/rshkeys.c src/conf/rshkeys.h \
	src/conf/rshkeys_text.c \
	src/conf/rshvars.c src/conf/rshvars.h \
	src/conf/spec.c src/conf/spec.h \
	src/conf/sshblock.c src/conf/sshblock.h \
	src/conf/sshcanon.c src/conf/sshcanon.h \
	src/conf/sshconf.c src/conf/sshconf.h \
	src/conf/sshconf_files.c \
	src/conf/sshforward.c src/conf/sshforward.h \
	src/conf/sshexpand.c src/conf/sshexpand.h \
	src/conf/sshindex.c src/conf/sshindex.h \
	src/conf/sshlex.c src/conf/sshlex.h \
	src/conf/sshmatch.c src/conf/sshmatch.h \
	src/conf/sshopt.c src/conf/sshopt.h \
	src/conf/sshopt_algos.c \
	src/conf/sshopt_dump.c \
	src/conf/sshopt_row.h \
	src/conf/sshopt_special.c \
	src/conf/sshopt_store.c \
	src/conf/sshopt_table.c \
	src/conf/yaml.c src/conf/yaml.h
