# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += rsh
rsh_SOURCES = src/cmd/main.c
rsh_CPPFLAGS = $(AM_CPPFLAGS)
rsh_LDADD = $(rsh_ldadd)
