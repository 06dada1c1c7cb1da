# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/model/target.c src/model/target.h
