/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client beside a master that says what a row has it say; and the link they
 * both stand on.
 */
#include "ssh/muxclient.h"

#include "lib/test.h"

#include <fcntl.h>

#include "unit/ssh/scripted_master.h"

struct world {
	struct scripted_master master;
	struct muxclient *client;
	struct mux_msg last; /* that the client heard */
	unsigned int ready, ended;
	enum muxclient_end end;
	char why[200];
};

static void on_ready(void *arg)
{
	struct world *w = arg;
	struct mux_msg m = { .kind = MUX_STOP };

	w->ready++;
	assert_int_equal(muxclient_pid(w->client), 77);
	assert_int_equal(muxclient_ask(w->client, &m, NULL, 0, NULL), 0);
	assert_int_equal(muxclient_last_id(w->client), m.id);
}

static void on_heard(void *arg, const struct mux_msg *m)
{
	struct world *w = arg;

	w->last.kind = m->kind;
	w->last.id = m->id;
	loop_stop(w->master.loop);
}

static void on_ended(void *arg, enum muxclient_end end, const struct err *why)
{
	struct world *w = arg;

	w->ended++;
	w->end = end;
	(void)snprintf(w->why, sizeof(w->why), "%s", why->msg);
	loop_stop(w->master.loop);
}

static const struct muxclient_events events = {
	.ready = on_ready,
	.heard = on_heard,
	.ended = on_ended,
};

static void play(struct world *w, bool listen)
{
	master_start(&w->master, listen);
	w->client = muxclient_new(w->master.loop, master_path, &events, w);
	assert_int_equal(loop_run(w->master.loop, NULL), 0);
	muxclient_free(w->client);
	master_stop(&w->master);
}

#define HELLO                                                                  \
	{                                                                      \
		.kind = MUX_HELLO, .number = MUX_VERSION                       \
	}
#define ALIVE                                                                  \
	{                                                                      \
		.kind = MUX_ALIVE, .number = 77                                \
	}

static void all_well(void **state)
{
	static const struct mux_msg says[] = { HELLO,
					       ALIVE,
					       { .kind = MUX_OK, .id = 1 } };
	struct world w = { .master = { .says = says, .nsays = COUNT(says) } };

	(void)state;
	play(&w, true);
	assert_int_equal(w.ready, 1);
	assert_int_equal(w.last.kind, MUX_OK);
	assert_int_equal(w.last.id, 1);
	assert_int_equal(w.ended, 0);
}

static void passed_by(void **state)
{
	static const struct mux_msg hello[] = { HELLO };
	static const struct mux_msg old[] = { { .kind = MUX_HELLO,
						.number = 3 } };
	static const struct mux_msg odd[] = { { .kind = MUX_OK } };
	static const struct mux_msg dead[] = { HELLO, { .kind = MUX_FAILURE } };
	static const struct {
		const char *name;
		const struct mux_msg *says;
		size_t nsays;
		bool hangs_up;
		const char *why;
	} rows[] = {
		/* clang-format off */
		{ "silent", NULL, 0, false, "the master does not answer" },
		{ "silent after its hello", hello, 1, false, "the master does not answer" },
		{ "an old one", old, 1, false, "the master speaks another protocol" },
		{ "no hello", odd, 1, false, "the master speaks another protocol" },
		{ "not alive", dead, 2, false, "the master does not say that it lives" },
		{ "gone at once", NULL, 0, true, "the master ended the talk" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w = { .master = { .says = rows[i].says,
					       .nsays = rows[i].nsays,
					       .hangs_up = rows[i].hangs_up } };

		play(&w, true);
		ROW(w.ready == 0 && w.ended == 1, rows[i].name);
		ROW(w.end == MUXCLIENT_UNUSABLE, rows[i].name);
		ROW(strstr(w.why, rows[i].why), rows[i].name);
	}
}

static void nobody_there(void **state)
{
	struct world absent = { 0 };
	struct world stale = { 0 };
	bool taken;
	int fd;

	(void)state;
	play(&absent, false);
	assert_int_equal(absent.end, MUXCLIENT_ABSENT);
	fd = ctlsock_listen(master_path, &taken, NULL);
	assert_true(fd >= 0);
	close(fd);
	play(&stale, false);
	assert_int_equal(stale.end, MUXCLIENT_STALE);
	assert_non_null(strstr(stale.why, "Connection refused"));
	assert_int_equal(unlink(master_path), 0);
}

/* It took the request and went away: something may have come of it. */
static void gone_after_reading(void **state)
{
	static const struct mux_msg says[] = { HELLO, ALIVE };
	struct world w = { .master = { .says = says,
				       .nsays = COUNT(says),
				       .hangs_up = true } };

	(void)state;
	play(&w, true);
	assert_int_equal(w.ready, 1);
	assert_int_equal(w.end, MUXCLIENT_LOST);
}

static void wanted(void **state)
{
	struct ssh_opts o;

	(void)state;
	assert_false(muxclient_wanted(NULL));
	sshopts_init(&o);
	sshopt_defaults(&o);
	assert_false(muxclient_wanted(&o));
	o.control_path = xstrdup(master_path);
	assert_true(muxclient_wanted(&o));
	o.control_master = ASK_YES;
	assert_false(muxclient_wanted(&o));
	o.control_master = SSHOPT_AUTO;
	assert_true(muxclient_wanted(&o));
	sshopts_release(&o);
}

/* The link: descriptors come in the order of the bytes they were sent with. */
static void nothing(struct muxlink *l)
{
	loop_stop(l->loop);
}

static void link_of_descriptors(void **state)
{
	struct loop *loop = loop_new_virtual(NULL);
	const struct mux_msg m = { .kind = MUX_ALIVE_CHECK, .id = 5 };
	const int fds[] = { 0, 1, 2 };
	struct muxlink a, b;
	struct mux_msg got;
	int pair[2], fd;

	(void)state;
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(muxlink_start(&a, loop, pair[0], nothing, NULL), 0);
	assert_int_equal(muxlink_start(&b, loop, pair[1], nothing, NULL), 0);
	assert_int_equal(muxlink_put(&a, &m, fds, 3, NULL), 0);
	assert_true(muxlink_sent(&a));
	assert_int_equal(muxlink_get(&b, &got, NULL), 0);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(muxlink_get(&b, &got, NULL), 1);
	assert_int_equal(got.id, 5);
	mux_msg_release(&got);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(muxlink_get_fd(&b, &fd), 1);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	}
	assert_int_equal(muxlink_get_fd(&b, &fd), 0);
	/* A byte that brings none. */
	assert_int_equal(write(a.watch.fd, "", 1), 1);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(muxlink_get_fd(&b, &fd), -1);
	muxlink_stop(&a);
	muxlink_stop(&b);
	muxlink_stop(&b);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_well),
		cmocka_unit_test(passed_by),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(gone_after_reading),
		cmocka_unit_test(wanted),
		cmocka_unit_test(link_of_descriptors),
	};

	return cmocka_run_group_tests(tests, master_folder_make,
				      master_folder_remove);
}
