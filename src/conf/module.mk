# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/conf/options.c src/conf/options.h \
	src/conf/percent.c src/conf/percent.h
