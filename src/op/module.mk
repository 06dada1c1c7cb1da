# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/op/op.h \
	src/op/sudo.c src/op/sudo.h \
	src/op/op_exec.c src/op/op_exec.h \
	src/op/copy.c src/op/copy.h \
	src/op/copy_get.c src/op/copy_get_here.c src/op/copy_get_internal.h \
	src/op/copy_get_item.c \
	src/op/copy_clock.c src/op/copy_clock.h \
	src/op/copy_exec.c src/op/copy_exec.h \
	src/op/copy_put.c src/op/copy_put_internal.h \
	src/op/copy_put_link.c src/op/copy_put_modes.c \
	src/op/namesakes.c src/op/namesakes.h \
	src/op/op_copy.c src/op/op_copy.h \
	src/op/lanes.c src/op/lanes.h \
	src/op/stripes.c src/op/stripes.h \
	src/op/greeting.c src/op/greeting.h \
	src/op/landing.c src/op/landing.h \
	src/op/op_fetch.c src/op/op_fetch.h \
	src/op/op_none.c src/op/op_none.h \
	src/op/op_unpack.c src/op/op_unpack.h \
	src/op/op_via.c src/op/op_via.h \
	src/op/pack.c src/op/pack.h \
	src/op/place.c src/op/place.h \
	src/op/shellglob.c src/op/shellglob.h \
	src/op/sweep_get.c src/op/sweep_get.h \
	src/op/sweep_put.c src/op/sweep_put.h \
	src/op/unpack.c src/op/unpack.h src/op/unpack_entry.c \
	src/op/unpack_internal.h src/op/unpack_script.c \
	src/op/xfer.c src/op/xfer.h \
	src/op/xfer_check.c src/op/xfer_check.h \
	src/op/xfer_get.c src/op/xfer_get.h \
	src/op/xfer_own.c src/op/xfer_own.h \
	src/op/xfer_put.c src/op/xfer_put.h
