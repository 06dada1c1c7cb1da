# SPDX-License-Identifier: Apache-2.0
libbase_a_SOURCES += \
	src/base/alloc.c src/base/alloc.h \
	src/base/banned.h \
	src/base/err.c src/base/err.h \
	src/base/gettext.h \
	src/base/list.h \
	src/base/strbuf.c src/base/strbuf.h
