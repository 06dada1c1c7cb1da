/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink_ping.h"

#include "unit/out/fixture.h"

#include <fcntl.h>

static void start(struct fixture *f)
{
	const struct sink_ping_conf conf = {
		.loop = f->loop,
		.pool = &f->pool,
		.fd = f->fds[STREAM_OUT],
		.failed = note_failure,
		.arg = f,
	};

	f->sink = sink_ping_new(&conf);
	f->sink->flow = &f->flow;
}

static void tell(struct fixture *f)
{
	const struct job_stats st = { .ntargets = NTARGETS,
				      .results = f->results,
				      .targets = &f->targets };

	f->sink->ops->end(f->sink, &st);
}

static void a_table_in_the_order_of_the_list(void **state)
{
	char longer[] = "a-longer-one";
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	f.v[1].name = longer;
	f.results[0] = (struct result){
		.outcome = OUTCOME_EXIT,
		.reached_ns = { 1, 400001, 31600001, 1031600001 },
	};
	f.results[1].outcome = OUTCOME_ERROR;
	err_set(&f.results[1].err, ERR_CONNECT, "refused");
	f.results[2].outcome = OUTCOME_ERROR;
	f.results[2].reached_ns[REACHED_BEGIN] = 1;
	f.results[2].reached_ns[REACHED_HOST] = 1000001;
	err_set(&f.results[2].err, ERR_HOSTKEY, "changed");
	f.results[3].outcome = OUTCOME_SKIPPED;
	tell(&f);
	assert_int_equal(sink_ping_flush(f.sink), 0);
	assert_file(
		f.fds[STREAM_OUT],
		"HOST         STATE       CONNECT  EXCHANGE     LOGIN  TOTAL/ms\n"
		"n0           ok              0.4      31.2    1000.0    1031.6\n"
		"a-longer-one connect           -         -         -         -  refused\n"
		"n2           hostkey         1.0         -         -         -  changed\n"
		"n3           skipped           -         -         -         -\n");
	sink_ping_free(f.sink);
	tear_down(&f);
}

static void a_full_disk_is_told_once(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	close(f.fds[STREAM_OUT]);
	f.fds[STREAM_OUT] = open("/dev/full", O_WRONLY);
	start(&f);
	tell(&f);
	assert_int_equal(sink_ping_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	assert_string_equal(f.failure,
			    "cannot write to stdout: No space left on device");
	sink_ping_free(f.sink);
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_in_the_order_of_the_list),
		cmocka_unit_test(a_full_disk_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
