# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/out/diff.c src/out/diff.h \
	src/out/fold.c src/out/fold.h \
	src/out/outdir.c src/out/outdir.h \
	src/out/output.c src/out/output.h \
	src/out/result_json.c src/out/result_json.h \
	src/out/sink.c src/out/sink.h \
	src/out/sink_dir.c src/out/sink_dir.h \
	src/out/sink_group.c src/out/sink_group.h \
	src/out/sink_json.c src/out/sink_json.h \
	src/out/sink_ping.c src/out/sink_ping.h \
	src/out/sink_text.c src/out/sink_text.h \
	src/out/transcript.c src/out/transcript.h
