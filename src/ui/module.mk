# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/ui/prompt.c src/ui/prompt.h
