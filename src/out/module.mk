# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/out/sink.c src/out/sink.h \
	src/out/sink_text.c src/out/sink_text.h
