# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/out/fold.c src/out/fold.h \
	src/out/outdir.c src/out/outdir.h \
	src/out/sink.c src/out/sink.h \
	src/out/sink_text.c src/out/sink_text.h
