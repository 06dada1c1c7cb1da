/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/status.h"

#include "lib/test.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bufq.h"
#include "io/timer.h"
#include "lib/fake_driver.h"
#include "lib/pty.h"
#include "out/sink_text.h"

#define CLEAR "\r\033[K"

static const struct fake_row fails[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 1, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static const struct fake_row slow[] = {
	{ FAKE_PUMP, FAKE_WAIT, 20000, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

/* A bar that is written over itself. */
static const struct fake_row bar[] = {
	{ FAKE_PUMP, FAKE_ERR, 0, "10%\r  20%\r" },
	{ FAKE_PUMP, FAKE_WAIT, 1000, NULL },
	{ FAKE_PUMP, FAKE_ERR, 0, " 45.7%\r" },
	{ FAKE_PUMP, FAKE_WAIT, 20000, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

struct fixture {
	struct fake_log logs[5];
	struct bufpool pool;
	struct session_env env;
	struct plan plan;
	struct job *job;
	struct observer *sink;
	struct status *status;
	struct progress_rules *progress;
	struct timer look;
	struct pty pty; /* standard error meanwhile */
	int out, saved;
	char seen[4096];
};

static void open_fixture(struct fixture *f, unsigned short columns)
{
	struct winsize ws = { .ws_row = 24, .ws_col = columns };

	*f = (struct fixture){
		.logs = { { .name = "quick", .script = fails },
			  { .name = "slow1", .script = slow },
			  { .name = "slow2", .script = slow },
			  { .name = "slow3", .script = slow } },
	};
	assert_int_equal(pty_open(&f->pty), 0);
	assert_int_equal(ioctl(f->pty.master, TIOCSWINSZ, &ws), 0);
	f->saved = dup(STDERR_FILENO);
	f->out = memfd_create("out", MFD_CLOEXEC);
	assert_true(f->saved >= 0 && f->out >= 0);
	assert_true(dup2(f->pty.slave, STDERR_FILENO) >= 0);
	bufpool_init(&f->pool, 4);
	f->env.loop = loop_new_virtual(NULL);
	assert_non_null(f->env.loop);
	f->env.drv = &driver_fake_local;
	fake_driver_use(f->logs);
	f->progress = progress_rules_new();
	plan_init(&f->plan);
	f->plan.limits.fanout = f->plan.limits.connecting = 2;
	f->plan.spec.kind = OP_EXEC;
	f->plan.spec.command = xstrdup("cmd");
	for (size_t i = 0; f->logs[i].name; i++)
		assert_int_equal(targets_add(&f->plan.targets, f->logs[i].name,
					     NULL, NULL),
				 0);
}

/* What the terminal has got by then. */
static void look(struct timer *t)
{
	struct fixture *f = container_of(t, struct fixture, look);
	ssize_t n = pread(f->out, f->seen, sizeof(f->seen) - 1, 0);

	f->seen[n > 0 ? n : 0] = '\0';
	loop_stop(f->env.loop);
}

static void run_until(struct fixture *f, uint64_t ms)
{
	const struct sink_text_conf conf = {
		.loop = f->env.loop,
		.pool = &f->pool,
		.ntargets = f->plan.targets.n,
		.fds = { f->out, f->out },
		.labels = true,
	};

	if (!f->job) {
		f->sink = sink_text_new(&conf);
		f->job = job_new(&f->plan, &f->env);
		f->status = status_new(f->env.loop, f->sink, f->job, &f->plan,
				       NULL, f->progress);
		job_add_observer(f->job, status_observer(f->status));
		job_start(f->job);
	}
	timer_start(f->env.loop, &f->look, ms, look);
	assert_int_equal(loop_run(f->env.loop, NULL), 0);
}

static void close_fixture(struct fixture *f)
{
	status_free(f->status);
	(void)sink_text_flush(f->sink);
	look(&f->look);
	job_free(f->job);
	sink_text_free(f->sink);
	timer_stop(f->env.loop, &f->look);
	progress_rules_free(f->progress);
	plan_release(&f->plan);
	bufpool_release(&f->pool);
	loop_free(f->env.loop);
	(void)dup2(f->saved, STDERR_FILENO);
	close(f->saved);
	close(f->out);
	pty_close(&f->pty);
}

static void a_short_run_shows_none(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 100);
	run_until(&f, 1990);
	assert_string_equal(f.seen, "");
	close_fixture(&f);
	assert_string_equal(f.seen, "");
}

#define FIRST                                                                  \
	"1/4 done, 1 failed, 2 running, 0 connecting, 1 waiting; 0.5/s; slow1 2s"
#define NEXT                                                                   \
	"1/4 done, 1 failed, 2 running, 0 connecting, 1 waiting; 0.4/s; slow1 2s"

/* Each takes the place of the one before. */
static void it_says_who_is_at_what_and_goes_away(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 100);
	run_until(&f, 2010);
	assert_string_equal(f.seen, FIRST);
	run_until(&f, 500);
	assert_string_equal(f.seen, FIRST CLEAR NEXT);
	close_fixture(&f);
	assert_string_equal(f.seen, FIRST CLEAR NEXT CLEAR);
}

static void progress_of_the_slowest_is_in_it(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 100);
	f.logs[1].script = bar;
	run_until(&f, 2010);
	assert_string_equal(f.seen, FIRST " 45%");
	close_fixture(&f);
}

/* Something else takes its place while hosts go on. */
static void it_goes_away_in_the_middle(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 100);
	f.logs[1].script = bar;
	run_until(&f, 500);
	status_free(f.status);
	f.status = NULL;
	run_until(&f, 30000);
	assert_string_equal(f.seen, "");
	close_fixture(&f);
}

/* One that is wider would not go away as a whole. */
static void it_fits_the_terminal(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, 20);
	run_until(&f, 2010);
	assert_string_equal(f.seen, "1/4 done, 1 failed,");
	close_fixture(&f);

	/* No character is cut. */
	open_fixture(&f, 67);
	free(f.plan.targets.v[1].label);
	f.plan.targets.v[1].label = xstrdup("zz\xc3\xbcz");
	run_until(&f, 2010);
	assert_string_equal(f.seen,
			    "1/4 done, 1 failed, 2 running, 0 connecting, "
			    "1 waiting; 0.5/s; zz\xc3\xbc");
	close_fixture(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_run_shows_none),
		cmocka_unit_test(it_says_who_is_at_what_and_goes_away),
		cmocka_unit_test(progress_of_the_slowest_is_in_it),
		cmocka_unit_test(it_goes_away_in_the_middle),
		cmocka_unit_test(it_fits_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
