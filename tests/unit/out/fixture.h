/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, a loop and files for the tests of sinks. */
#ifndef RSH_TESTS_UNIT_OUT_FIXTURE_H
#define RSH_TESTS_UNIT_OUT_FIXTURE_H

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/test.h"

#include "base/bufq.h"
#include "io/loop.h"
#include "model/observer.h"

#define NTARGETS 4

struct fixture {
	struct loop *loop;
	struct bufpool pool;
	struct target v[NTARGETS];
	struct targets targets;
	struct result results[NTARGETS];
	int fds[NSTREAMS];
	struct observer *sink;
	struct flow_control flow;
	unsigned int resumed[NTARGETS];
	unsigned int failures;
	bool gone;
	char failure[200];
};

static inline void count_resume(struct flow_control *fc, const struct target *t)
{
	container_of(fc, struct fixture, flow)->resumed[t->rank]++;
}

static inline void note_failure(void *arg, const char *text, bool gone)
{
	struct fixture *f = arg;

	f->failures++;
	f->gone = gone;
	(void)snprintf(f->failure, sizeof(f->failure), "%s", text);
}

static inline void set_up(struct fixture *f)
{
	static char names[NTARGETS][4] = { "n0", "n1", "n2", "n3" };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	*f = (struct fixture){ .loop = loop_new(NULL) };
	assert_non_null(f->loop);
	assert_int_equal(sigaction(SIGPIPE, &ignore, NULL), 0);
	bufpool_init(&f->pool, 4);
	for (unsigned int i = 0; i < NTARGETS; i++)
		f->v[i] = (struct target){ .name = names[i],
					   .label = names[i],
					   .rank = i };
	f->targets = (struct targets){ .v = f->v, .n = NTARGETS };
	f->flow.resume = count_resume;
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		f->fds[i] = memfd_create("out", MFD_CLOEXEC);
		assert_int_not_equal(f->fds[i], -1);
	}
}

static inline void tear_down(struct fixture *f)
{
	for (unsigned int i = 0; i < NSTREAMS; i++)
		(void)close(f->fds[i]);
	for (unsigned int i = 0; i < NTARGETS; i++)
		err_release(&f->results[i].err);
	bufpool_release(&f->pool);
	loop_free(f->loop);
}

/* Put descriptor `fd` in the place of the stream's file. */
static inline void replace(struct fixture *f, enum stream s, int fd)
{
	(void)close(f->fds[s]);
	f->fds[s] = fd;
}

static inline enum flow feed_bytes(struct fixture *f, unsigned int rank,
				   enum stream s, const char *p, size_t n)
{
	return f->sink->ops->data(f->sink, &f->v[rank], s, p, n);
}

static inline void feed(struct fixture *f, unsigned int rank, enum stream s,
			const char *text)
{
	assert_int_equal(feed_bytes(f, rank, s, text, strlen(text)), FLOW_GO);
}

/* End a target with an exit status. */
static inline void done(struct fixture *f, unsigned int rank, uint32_t status)
{
	f->results[rank].outcome = OUTCOME_EXIT;
	f->results[rank].status = status;
	f->sink->ops->done(f->sink, &f->v[rank], &f->results[rank]);
}

/* End the run. */
static inline void end(struct fixture *f, int user_signal)
{
	const struct job_stats st = {
		.ntargets = NTARGETS,
		.results = f->results,
		.targets = &f->targets,
		.user_signal = user_signal,
	};

	if (f->sink->ops->end)
		f->sink->ops->end(f->sink, &st);
}

/* All that a descriptor got is `want`. */
static inline void assert_file(int fd, const char *want)
{
	static char got[1 << 16];
	ssize_t n = pread(fd, got, sizeof(got) - 1, 0);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

#endif /* RSH_TESTS_UNIT_OUT_FIXTURE_H */
