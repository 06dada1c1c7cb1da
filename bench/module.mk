# SPDX-License-Identifier: Apache-2.0
# Measurements.  They print figures and never fail; "make bench" runs all.
noinst_PROGRAMS += bench/cryptofloor bench/keys bench/measure bench/resolve \
	tests/lib/delayrelay
bench_cryptofloor_SOURCES = bench/cryptofloor.c
bench_cryptofloor_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
bench_cryptofloor_LDADD = $(CRYPTO_LIBS)
bench_keys_SOURCES = bench/keys.c
bench_measure_SOURCES = bench/measure.c
bench_resolve_SOURCES = bench/resolve.c
bench_resolve_LDADD = $(pure_ldadd)
tests_lib_delayrelay_SOURCES = tests/lib/delayrelay.c
tests_lib_delayrelay_LDADD = $(base_ldadd)
dist_noinst_SCRIPTS += bench/copy bench/forward bench/hosts bench/dshbak bench/login bench/mux bench/output bench/pdsh bench/roundtrips bench/shell bench/single bench/soak bench/view
dist_noinst_DATA += bench/lib.bash

.PHONY: bench
bench: all
	bench/resolve || :
	for script in copy forward hosts login mux roundtrips shell single output dshbak pdsh soak view; do \
		builddir='$(abs_top_builddir)' \
			$(top_srcdir)/bench/$$script || :; \
	done; \
	builddir='$(abs_top_builddir)' $(top_srcdir)/bench/soak hold || :
