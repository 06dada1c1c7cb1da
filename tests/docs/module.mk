# SPDX-License-Identifier: Apache-2.0
# Manual, completion and messages agree with the program.
docs_tests = tests/docs/manual.bats tests/docs/messages.bats
EXTRA_DIST += $(docs_tests)

if HAVE_BATS
TESTS += $(docs_tests)
endif

# The program itself, but looking for its messages below the build folder.
EXTRA_PROGRAMS += tests/docs/rsh
tests_docs_rsh_SOURCES = src/cmd/main.c
tests_docs_rsh_CPPFLAGS = $(AM_CPPFLAGS) -ULOCALEDIR \
	-DLOCALEDIR='"$(abs_top_builddir)/tests/docs/locale"'
tests_docs_rsh_LDADD = $(rsh_ldadd)
tests/docs/messages.log: tests/docs/rsh$(EXEEXT)
tests/docs/manual.log: rsh$(EXEEXT)
CLEANFILES += tests/docs/rsh$(EXEEXT)
clean-local:
	rm -rf tests/docs/locale
