# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += rsh
rsh_SOURCES = src/cmd/main.c
rsh_LDADD = $(rsh_ldadd)
librsh_a_SOURCES += \
	src/cmd/cmd.h \
	src/cmd/cmd_rsh.c \
	src/cmd/harden.c src/cmd/harden.h \
	src/cmd/hostfile.c src/cmd/hostfile.h \
	src/cmd/launch.c src/cmd/launch.h \
	src/cmd/report.c src/cmd/report.h \
	src/cmd/settings.c src/cmd/settings.h
