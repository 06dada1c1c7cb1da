/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection through the master of a jump host, which says what a row has it
 * say.
 */
#include "ssh/muxjump.h"

#include "lib/test.h"

#include "base/log.h"
#include "unit/ssh/scripted_master.h"

struct world {
	struct scripted_master master;
	unsigned int told;
	int fd;
};

static void done(void *arg, int fd)
{
	struct world *w = arg;

	w->told++;
	w->fd = fd;
	loop_stop(w->master.loop);
}

/* The descriptor that comes behind the request is what goes to the target. */
static void both_ends_are_one(struct world *w)
{
	char byte = 0;
	int far = -1;

	for (int i = 0; muxlink_get_fd(&w->master.link, &far) == 0; i++) {
		assert_true(i < 1000);
		assert_true(loop_turn(w->master.loop, false, NULL) >= 0);
	}
	assert_true(far >= 0);
	assert_int_equal(write(w->fd, "x", 1), 1);
	assert_int_equal(read(far, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	close(far);
	close(w->fd);
}

static void the_master_connects_or_is_passed_by(void **state)
{
	static char no[] = "no";
	const struct mux_msg hello = { .kind = MUX_HELLO,
				       .number = MUX_VERSION };
	const struct mux_msg alive = { .kind = MUX_ALIVE };
	const struct {
		struct mux_msg says[3];
		size_t nsays;
		bool listens, connects;
	} rows[] = {
		{ .listens = false },
		{ .listens = true, .nsays = 0 },
		{ { hello, alive }, 2, true, false },
		{ { hello, alive, { .kind = MUX_OPENED, .id = 1 } },
		  3,
		  true,
		  true },
		{ { hello,
		    alive,
		    { .kind = MUX_FAILURE, .id = 1, .reason = no } },
		  3,
		  true,
		  false },
		{ { hello, alive, { .kind = MUX_OK, .id = 1 } },
		  3,
		  true,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ssh_opts opts = { .control_path = master_path };
		const struct target via = { .name = no, .opts = &opts };
		const struct target target = {
			.name = no, .host = "far", .port = 7, .via = &via
		};
		struct world w = { .master = { .says = rows[i].says,
					       .nsays = rows[i].nsays,
					       .hangs_up = true },
				   .fd = -1 };
		struct muxjump *j;

		opts.control_master = ASK_NO;
		assert_true(muxjump_wanted(&target));
		master_start(&w.master, rows[i].listens);
		j = muxjump_start(w.master.loop, &target, done, &w);
		assert_int_equal(loop_run(w.master.loop, NULL), 0);
		assert_int_equal(w.told, 1);
		assert_int_equal(w.fd >= 0, rows[i].connects);
		if (rows[i].connects) {
			assert_string_equal(w.master.host, "far");
			assert_int_equal(w.master.port, 7);
			both_ends_are_one(&w);
		}
		muxjump_free(j);
		master_stop(&w.master);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_master_connects_or_is_passed_by),
	};

	alarm(60);
	log_init("test", LOG_QUIET);
	return cmocka_run_group_tests(tests, master_folder_make,
				      master_folder_remove);
}
