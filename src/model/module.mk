# SPDX-License-Identifier: Apache-2.0
libpure_a_SOURCES += \
	src/model/command.c src/model/command.h \
	src/model/copy.h \
	src/model/escape.c src/model/escape.h \
	src/model/forwarding.c src/model/forwarding.h \
	src/model/gate.c src/model/gate.h \
	src/model/hops.c src/model/hops.h \
	src/model/observer.h \
	src/model/plan.c src/model/plan.h \
	src/model/prompter.h \
	src/model/copied.c src/model/copied.h \
	src/model/result.c src/model/result.h \
	src/model/shellset.c src/model/shellset.h \
	src/model/target.c src/model/target.h
