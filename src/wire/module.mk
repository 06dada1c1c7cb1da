# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/wire/mux.c src/wire/mux.h
