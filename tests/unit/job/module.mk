# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/job/test_job \
	tests/unit/job/test_job_retry \
	tests/unit/job/test_sched \
	tests/unit/job/test_subjob \
	tests/unit/job/test_task
tests_unit_job_test_job_SOURCES = tests/unit/job/test_job.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/unit/job/fixture.h
tests_unit_job_test_job_CPPFLAGS = $(unit_cppflags)
tests_unit_job_test_job_LDADD = $(rsh_test_ldadd)
tests_unit_job_test_job_retry_SOURCES = tests/unit/job/test_job_retry.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/unit/job/fixture.h
tests_unit_job_test_job_retry_CPPFLAGS = $(unit_cppflags)
tests_unit_job_test_job_retry_LDADD = $(rsh_test_ldadd)
tests_unit_job_test_sched_SOURCES = tests/unit/job/test_sched.c
tests_unit_job_test_sched_CPPFLAGS = $(unit_cppflags)
tests_unit_job_test_sched_LDADD = $(rsh_test_ldadd)
tests_unit_job_test_subjob_SOURCES = tests/unit/job/test_subjob.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h \
	tests/unit/job/fixture.h
tests_unit_job_test_subjob_CPPFLAGS = $(unit_cppflags)
tests_unit_job_test_subjob_LDADD = $(rsh_test_ldadd)
tests_unit_job_test_task_SOURCES = tests/unit/job/test_task.c \
	tests/lib/fake_driver.c tests/lib/fake_driver.h
tests_unit_job_test_task_CPPFLAGS = $(unit_cppflags)
tests_unit_job_test_task_LDADD = $(rsh_test_ldadd)
endif
