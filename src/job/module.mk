# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/job/job.c src/job/job.h src/job/job_internal.h \
	src/job/sched.c src/job/sched.h \
	src/job/subjob.c src/job/subjob.h \
	src/job/task.c
