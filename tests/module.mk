# SPDX-License-Identifier: Apache-2.0
# How tests are run: all speak TAP.
TEST_EXTENSIONS = .bats
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_DRIVER = $(LOG_DRIVER)
LOG_COMPILER = $(TEST_LIMIT)
BATS_LOG_COMPILER = $(TEST_LIMIT) $(BATS) --tap
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0' \
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)'; \
	export CMOCKA_MESSAGE_OUTPUT LC_ALL LSAN_OPTIONS srcdir builddir;
unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)
base_test_ldadd = $(base_ldadd) $(CMOCKA_LIBS)
pure_test_ldadd = $(pure_ldadd) $(CMOCKA_LIBS)
rsh_test_ldadd = $(rsh_ldadd) $(CMOCKA_LIBS)
EXTRA_DIST += tests/.clang-tidy tests/lib/files.h tests/lib/test.h tests/lsan.supp
