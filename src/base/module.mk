# SPDX-License-Identifier: Apache-2.0
libbase_a_SOURCES += \
	src/base/alloc.c src/base/alloc.h \
	src/base/anycase.c src/base/anycase.h \
	src/base/banned.h \
	src/base/be32.h \
	src/base/bufq.c src/base/bufq.h \
	src/base/err.c src/base/err.h \
	src/base/gettext.h \
	src/base/hashmap.c src/base/hashmap.h \
	src/base/json.c src/base/json.h \
	src/base/list.h \
	src/base/log.c src/base/log.h \
	src/base/logsys.c src/base/logsys.h \
	src/base/match.c src/base/match.h \
	src/base/skip.c src/base/skip.h \
	src/base/strsort.c src/base/strsort.h \
	src/base/strbuf.c src/base/strbuf.h \
	src/base/text.c src/base/text.h
