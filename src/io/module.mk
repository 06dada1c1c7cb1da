# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/io/blocks.c src/io/blocks.h \
	src/io/child.c src/io/child.h \
	src/io/ctlsock.c src/io/ctlsock.h \
	src/io/dial.c src/io/dial.h \
	src/io/listener.c src/io/listener.h \
	src/io/loop.c src/io/loop.h src/io/loop_internal.h \
	src/io/globwalk.c src/io/globwalk.h \
	src/io/manifest.c src/io/manifest.h \
	src/io/outq.c src/io/outq.h \
	src/io/pipesock.c src/io/pipesock.h \
	src/io/rate.c src/io/rate.h \
	src/io/resolver.c src/io/resolver.h \
	src/io/spill.c src/io/spill.h \
	src/io/spool.c src/io/spool.h \
	src/io/tempfile.c src/io/tempfile.h \
	src/io/timer.c src/io/timer.h \
	src/io/tty.c src/io/tty.h
if USE_EPOLL
librsh_a_SOURCES += src/io/loop_epoll.c
else
librsh_a_SOURCES += src/io/loop_poll.c
endif
