# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/op/op.h \
	src/op/sudo.c src/op/sudo.h \
	src/op/op_exec.c src/op/op_exec.h
