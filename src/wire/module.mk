# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/wire/mux.c src/wire/mux.h \
	src/wire/sftp.c src/wire/sftp.h \
	src/wire/sftp_reply.c \
	src/wire/socks.c src/wire/socks.h \
	src/wire/tar.c src/wire/tar.h \
	src/wire/tar_fields.h src/wire/tar_read.c src/wire/tar_read.h \
	src/wire/ttymodes.c src/wire/ttymodes.h
