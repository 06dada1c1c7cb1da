# SPDX-License-Identifier: Apache-2.0
# scaled: an SSH server of many sessions and faults, for tests and bench/.
noinst_PROGRAMS += tests/scale/scaled
tests_scale_scaled_SOURCES = tests/scale/conn.c tests/scale/mute.c \
	tests/scale/scaled.c tests/scale/script.c tests/scale/script.h \
	tests/scale/server.h
tests_scale_scaled_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests \
	$(LIBSSH_CFLAGS)
tests_scale_scaled_LDADD = $(base_ldadd) $(LIBSSH_LIBS)
EXTRA_DIST += tests/scale/scaled.bats tests/scale/copies.bats
if HAVE_BATS
TESTS += tests/scale/scaled.bats
endif
