/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session machine on the scripted driver in virtual time.  Only TCP is
 * real: a listener on the loopback that is never spoken to.
 */
#include "ssh/session.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/resolver.h"
#include "lib/fake_driver.h"
#include "lib/fake_prompter.h"
#include "ssh/hostkey_ask.h"

struct fixture {
	int listener;
	struct loop *loop;
	struct session_env env;
	struct ssh_opts opts;
	struct target target;
	struct fake_log logs[2];
	struct session *session;
	struct strbuf heard;
	int key; /* a file without a name, so that none can be left */
	bool close_when_ready;
	uint64_t begin_ns;
	struct timer pausing, resuming;
};

static void on_phase(void *arg, enum phase p)
{
	struct fixture *f = arg;

	strbuf_addf(&f->heard, "%s ", phase_name(p));
}

static void on_ready(void *arg)
{
	struct fixture *f = arg;

	strbuf_addstr(&f->heard, "ready ");
	if (f->close_when_ready)
		session_close(f->session);
}

static void on_held(void *arg, bool held)
{
	struct fixture *f = arg;

	strbuf_addstr(&f->heard, held ? "held " : "on ");
}

static void on_step(void *arg)
{
	(void)arg;
}

static void on_lost(void *arg, const struct err *why)
{
	struct fixture *f = arg;

	strbuf_addf(&f->heard, "lost[%s] ", why->msg);
}

static void on_closing(void *arg)
{
	(void)arg;
}

static void on_closed(void *arg)
{
	struct fixture *f = arg;
	const struct err *err = session_error(f->session);

	strbuf_addf(&f->heard, "closed %s", err_name(err->code));
	loop_stop(f->loop);
}

static const struct session_events events = {
	.phase = on_phase,
	.held = on_held,
	.ready = on_ready,
	.step = on_step,
	.lost = on_lost,
	.closing = on_closing,
	.closed = on_closed,
};

static int listen_on_loopback(uint16_t *port)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	return fd;
}

static void open_fixture(struct fixture *f, const struct fake_row *script)
{
	char key_path[64];

	*f = (struct fixture){ 0 };
	strbuf_init(&f->heard, 1000);
	f->loop = loop_new_virtual(NULL);
	f->key = memfd_create("key", MFD_CLOEXEC);
	assert_true(f->key >= 0);
	(void)snprintf(key_path, sizeof(key_path), "/proc/self/fd/%d", f->key);
	sshopts_init(&f->opts);
	f->opts.strict = STRICT_NO;
	strvec_push(&f->opts.user_known_hosts_files, "/dev/null");
	strvec_push(&f->opts.global_known_hosts_files, "/dev/null");
	strvec_push(&f->opts.identity_files, key_path);
	f->opts.identity_agent = xstrdup("none");
	sshopt_defaults(&f->opts);
	f->listener = listen_on_loopback(&f->target.port);
	f->target.name = xstrdup("h");
	f->target.alias = xstrdup("h");
	f->target.host = "127.0.0.1";
	f->target.user = "u";
	f->target.opts = &f->opts;
	f->logs[0] = (struct fake_log){ .name = "h", .script = script };
	fake_driver_use(f->logs);
	f->env.loop = f->loop;
	f->env.drv = &driver_fake;
	f->env.resolver = resolver_new(f->loop, 1);
	f->env.auth = auth_store_new(f->loop, &driver_fake, NULL);
	f->env.hostkeys = hostkeys_new();
	f->env.connect_ms = 10000;
	auth_store_load(f->env.auth, &f->opts);
	f->begin_ns = loop_now(f->loop);
}

static void run(struct fixture *f)
{
	struct err err = { 0 };

	f->session = session_new(&f->env, &f->target, NULL, &events, f);
	assert_int_equal(loop_run(f->loop, &err), 0);
}

static uint64_t passed_ms(const struct fixture *f)
{
	return (loop_now(f->loop) - f->begin_ns) / 1000000;
}

static void close_fixture(struct fixture *f)
{
	session_free(f->session);
	assert_int_equal(f->logs[0].conns, f->logs[0].freed);
	auth_store_free(f->env.auth);
	hostkeys_free(f->env.hostkeys);
	resolver_free(f->env.resolver);
	loop_free(f->loop);
	if (f->listener >= 0)
		close(f->listener);
	close(f->key);
	sshopts_release(&f->opts);
	free(f->target.name);
	free(f->target.alias);
	strbuf_release(&f->heard);
}

/* What the server does, what the owner hears, how long it takes. */
static void every_way_to_ready_or_not(void **state)
{
	static const struct {
		const char *name;
		struct fake_row script[6];
		const char *heard;
		const char *msg; /* NULL: any */
		unsigned int auths;
		uint64_t ms;
	} rows[] = {
		{ "all well",
		  { { FAKE_HANDSHAKE, FAKE_AGAIN, 0, NULL },
		    { FAKE_AUTH, FAKE_AGAIN, 0, NULL } },
		  "authenticating running ready closed ok",
		  NULL,
		  1,
		  0 },
		{ "key exchange fails",
		  { { FAKE_HANDSHAKE, FAKE_ERROR, ERR_PROTOCOL, "garbage" } },
		  "closed protocol",
		  "garbage",
		  0,
		  0 },
		{ "key exchange hangs",
		  { { FAKE_HANDSHAKE, FAKE_HANG, 0, NULL } },
		  "closed connect",
		  "timed out during the key exchange",
		  0,
		  10000 },
		{ "one budget for all of it",
		  { { FAKE_HANDSHAKE, FAKE_WAIT, 9000, NULL },
		    { FAKE_AUTH, FAKE_WAIT, 9000, NULL } },
		  "authenticating closed connect",
		  "timed out during authentication",
		  0,
		  10000 },
		{ "slow but in time",
		  { { FAKE_HANDSHAKE, FAKE_WAIT, 4000, NULL },
		    { FAKE_AUTH, FAKE_WAIT, 4000, NULL } },
		  "authenticating running ready closed ok",
		  NULL,
		  1,
		  8000 },
		{ "denied",
		  { { FAKE_AUTH, FAKE_DENIED, 0, NULL } },
		  "authenticating closed auth",
		  NULL,
		  1,
		  0 },
		{ "partial success is not success",
		  { { FAKE_AUTH, FAKE_PARTIAL, 0, NULL },
		    { FAKE_AUTH, FAKE_DENIED, 0, NULL } },
		  "authenticating closed auth",
		  NULL,
		  2,
		  0 },
		{ "connection breaks in authentication",
		  { { FAKE_AUTH, FAKE_ERROR, ERR_AUTH, "gone" } },
		  "authenticating closed auth",
		  "gone",
		  1,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;

		open_fixture(&f, rows[i].script);
		f.close_when_ready = true;
		run(&f);
		assert_string_equal(f.heard.buf, rows[i].heard);
		if (rows[i].msg)
			assert_string_equal(session_error(f.session)->msg,
					    rows[i].msg);
		ROW(f.logs[0].auths == rows[i].auths, rows[i].name);
		ROW(passed_ms(&f) == rows[i].ms, rows[i].name);
		close_fixture(&f);
	}
}

static const struct fake_row nothing[] = { { 0 } };

static void unknown_key_is_refused_before_authentication(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	f.opts.strict = STRICT_YES;
	run(&f);
	assert_string_equal(f.heard.buf, "closed hostkey");
	assert_int_equal(f.logs[0].auths, 0);
	close_fixture(&f);
}

static void command_that_hangs_is_within_the_budget(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	f.opts.known_hosts_command = xstrdup("/bin/sleep 300");
	strvec_push(&f.opts.known_hosts_argv, "/bin/sleep");
	strvec_push(&f.opts.known_hosts_argv, "300");
	run(&f);
	assert_string_equal(f.heard.buf, "closed connect");
	assert_string_equal(session_error(f.session)->msg,
			    "timed out during KnownHostsCommand");
	assert_int_equal(f.logs[0].conns, 0);
	assert_int_equal(passed_ms(&f), 10000);
	close_fixture(&f);
}

static void command_that_fails_ends_the_connection(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	/* Under an emulator it is a child that ends: in its own time. */
	f.env.connect_ms = 0;
	f.opts.known_hosts_command = xstrdup("/nowhere");
	strvec_push(&f.opts.known_hosts_argv, "/nowhere");
	run(&f);
	assert_string_equal(f.heard.buf, "closed hostkey");
	assert_int_equal(f.logs[0].conns, 0);
	close_fixture(&f);
}

static void refused_connection_is_tried_as_often_as_asked(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	close(f.listener);
	f.listener = -1;
	f.opts.connection_attempts = 3;
	run(&f);
	assert_string_equal(f.heard.buf, "closed connect");
	assert_int_equal(passed_ms(&f), 2000);
	assert_non_null(strstr(session_error(f.session)->msg,
			       "connect to host 127.0.0.1 port "));
	close_fixture(&f);
}

static void dropped_connection_is_made_again(void **state)
{
	/* each connection begins the script anew: both are dropped */
	static const struct fake_row drops[] = {
		{ FAKE_HANDSHAKE, FAKE_ERROR, ERR_LOST, "closed" },
		{ 0 },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, drops);
	f.env.drop_retries = 2;
	run(&f);
	assert_string_equal(f.heard.buf, "closed lost");
	assert_int_equal(f.logs[0].conns, 3);
	assert_in_range(passed_ms(&f), 300, 600);
	close_fixture(&f);

	/* The time ends between two attempts: it is not that which is wrong. */
	open_fixture(&f, drops);
	f.env.drop_retries = 2;
	f.env.connect_ms = 250;
	run(&f);
	assert_string_equal(f.heard.buf, "closed lost");
	assert_string_equal(session_error(f.session)->msg, "closed");
	assert_in_range(passed_ms(&f), 250, 251);
	close_fixture(&f);
}

static void closing_early_is_no_failure(void **state)
{
	static const struct fake_row hangs[] = {
		{ FAKE_HANDSHAKE, FAKE_HANG, 0, NULL },
		{ 0 },
	};
	struct fixture f;
	struct err err = { 0 };

	(void)state;
	open_fixture(&f, hangs);
	f.session = session_new(&f.env, &f.target, NULL, &events, &f);
	for (int i = 0; i < 20 && !f.logs[0].conns; i++)
		assert_true(loop_turn(f.loop, false, &err) >= 0);
	session_close(f.session);
	session_close(f.session);
	assert_int_equal(loop_run(f.loop, &err), 0);
	assert_string_equal(f.heard.buf, "closed ok");
	close_fixture(&f);
}

static void tos_is_the_one_of_bulk_once_logged_in(void **state)
{
	static const int rows[] = { 8, 0, SSHOPT_QOS_NONE };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;

		open_fixture(&f, nothing);
		f.opts.ip_qos_bulk = rows[i];
		f.logs[0].tos = -1;
		f.close_when_ready = true;
		run(&f);
		assert_int_equal(f.logs[0].tos, rows[i]);
		close_fixture(&f);
	}
}

/* A terminal, or nothing but forwardings, has somebody who waits. */
static void tos_stays_the_first_for_a_terminal_and_for_none(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fixture f;

		open_fixture(&f, nothing);
		f.opts.ip_qos_bulk = 8;
		f.target.tty = i == 0;
		if (i == 1)
			f.opts.session_type = SESSION_TYPE_NONE;
		f.logs[0].tos = -1;
		f.close_when_ready = true;
		run(&f);
		assert_int_equal(f.logs[0].tos, -1);
		close_fixture(&f);
	}
}

static void silent_peer_is_lost_after_the_keepalives(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	f.opts.server_alive_interval = 15;
	f.opts.server_alive_count_max = 3;
	run(&f);
	assert_string_equal(f.heard.buf,
			    "authenticating running ready "
			    "lost[no answer from the server for 45 s] "
			    "closed lost");
	assert_int_equal(passed_ms(&f), 60000);
	close_fixture(&f);
}

static void pause_now(struct timer *t)
{
	session_pause(container_of(t, struct fixture, pausing)->session);
}

static void resume_now(struct timer *t)
{
	session_resume(container_of(t, struct fixture, resuming)->session);
}

/* Neither what was asked meanwhile counts nor what was asked before. */
static void a_peer_that_is_not_read_is_not_silent(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, nothing);
	f.opts.server_alive_interval = 15;
	f.opts.server_alive_count_max = 3;
	timer_start(f.loop, &f.pausing, 35000, pause_now);
	timer_start(f.loop, &f.resuming, 100000, resume_now);
	run(&f);
	assert_non_null(strstr(f.heard.buf, "lost[no answer from the server"));
	assert_int_equal(passed_ms(&f), 105000 + 45000);
	close_fixture(&f);
}

static void open_asking(struct fixture *f, struct fake_prompter *fp,
			const struct fake_row *script,
			const char *const *answers)
{
	open_fixture(f, script);
	f->opts.strict = STRICT_ASK;
	f->close_when_ready = true;
	fake_prompter_init(fp, f->loop, answers);
	f->env.hostkey_asker = hostkey_asker_new(f->loop, &fp->prompter, false);
}

static void close_asking(struct fixture *f, struct fake_prompter *fp)
{
	session_free(f->session);
	f->session = NULL;
	hostkey_asker_free(f->env.hostkey_asker);
	fake_prompter_release(fp);
	close_fixture(f);
}

#define FINGERPRINT "SHA256:UsIasxMWEd9VFEwjARWWtGJ08DgHp1eib3gSBLed54U"

static void a_person_decides_about_a_new_key(void **state)
{
	static const char ok[] =
		"held on authenticating running ready closed ok";
	static const struct {
		const char *answers[3];
		struct fake_row script[3];
		const char *heard;
		const char *msg; /* a part; NULL: any */
		unsigned int asked;
		uint64_t ms;
	} rows[] = {
		/* clang-format off */
		{ { "yes" }, { { 0 } }, ok, NULL, 1, 60000 },
		{ { " YES \r" }, { { 0 } }, ok, NULL, 1, 60000 },
		{ { FINGERPRINT }, { { 0 } }, ok, NULL, 1, 60000 },
		{ { "maybe", "yes" }, { { 0 } }, ok, NULL, 2, 120000 },
		{ { "no" }, { { 0 } }, "held closed hostkey", "was not accepted", 1, 60000 },
		{ { "" }, { { 0 } }, "held closed hostkey", "was not accepted", 1, 60000 },
		{ { "y", "SHA256:x", "No" }, { { 0 } }, "held closed hostkey", "was not accepted", 3, 180000 },
		{ { NULL }, { { 0 } }, "held closed hostkey", "no ssh-ed25519 key is known for '[127.0.0.1]:", 1, 60000 },
		/* the budget stands still meanwhile, and goes on then */
		{ { "yes" }, { { FAKE_HANDSHAKE, FAKE_WAIT, 9000, NULL }, { FAKE_AUTH, FAKE_WAIT, 900, NULL } },
		  ok, NULL, 1, 69900 },
		{ { "yes" }, { { FAKE_HANDSHAKE, FAKE_WAIT, 9000, NULL }, { FAKE_AUTH, FAKE_WAIT, 2000, NULL } },
		  "held on authenticating closed connect", "timed out during authentication", 1, 70000 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_prompter fp;
		struct fixture f;
		char *want;

		open_asking(&f, &fp, rows[i].script, rows[i].answers);
		run(&f);
		assert_string_equal(f.heard.buf, rows[i].heard);
		if (rows[i].msg)
			ROW(strstr(session_error(f.session)->msg, rows[i].msg),
			    session_error(f.session)->msg);
		assert_int_equal(fp.asked, rows[i].asked);
		assert_int_equal(passed_ms(&f), rows[i].ms);
		want = xasprintf("No key is known for '[127.0.0.1]:%u' "
				 "(127.0.0.1).\nIt shows the ssh-ed25519 key "
				 "" FINGERPRINT ".\nIs that its key "
				 "(yes/no/[fingerprint])? ",
				 f.target.port);
		assert_string_equal(fp.texts.v[0], want);
		free(want);
		close_asking(&f, &fp);
	}
}

/* Two at a time, and one later: whatever was answered holds. */
static void a_key_is_asked_about_once(void **state)
{
	static const char *const answers[][2] = { { "yes" }, { "no" } };
	static const char *const later[] = {
		"authenticating running ready closed ok", "closed hostkey"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct fake_prompter fp;
		struct fixture f, second;
		struct err err = { 0 };

		open_asking(&f, &fp, nothing, answers[i]);
		second = f;
		strbuf_init(&second.heard, 1000);
		second.session =
			session_new(&f.env, &f.target, NULL, &events, &second);
		f.session = session_new(&f.env, &f.target, NULL, &events, &f);
		while (!strstr(f.heard.buf ? f.heard.buf : "", "closed") ||
		       !strstr(second.heard.buf ? second.heard.buf : "",
			       "closed"))
			assert_int_equal(loop_run(f.loop, &err), 0);
		assert_string_equal(f.heard.buf, second.heard.buf);
		session_free(second.session);
		second.session = NULL;
		strbuf_reset(&second.heard);
		second.session =
			session_new(&f.env, &f.target, NULL, &events, &second);
		assert_int_equal(loop_run(f.loop, &err), 0);
		assert_string_equal(second.heard.buf, later[i]);
		assert_int_equal(fp.asked, 1);
		assert_int_equal(f.logs[0].auths, i ? 0 : 3);
		session_free(second.session);
		strbuf_release(&second.heard);
		close_asking(&f, &fp);
	}
}

static void a_closed_session_takes_its_question_back(void **state)
{
	static const char *const answers[] = { "yes", NULL };
	struct fake_prompter fp;
	struct fixture f;
	struct err err = { 0 };

	(void)state;
	open_asking(&f, &fp, nothing, answers);
	f.session = session_new(&f.env, &f.target, NULL, &events, &f);
	while (!fp.open)
		assert_true(loop_turn(f.loop, true, &err) >= 0);
	session_close(f.session);
	assert_int_equal(loop_run(f.loop, &err), 0);
	assert_string_equal(f.heard.buf, "held closed ok");
	assert_int_equal(fp.cancelled, 1);
	assert_int_equal(f.logs[0].auths, 0);
	close_asking(&f, &fp);
}

/* The person took longer than the server's LoginGraceTime. */
static void server_that_hung_up_meanwhile_is_called_again(void **state)
{
	static const struct fake_row hung_up[] = {
		{ FAKE_HUNG_UP, FAKE_OK, 0, NULL },
		{ 0 },
	};
	static const char *const answers[] = { "yes", NULL };
	struct fake_prompter fp;
	struct fixture f;

	(void)state;
	open_asking(&f, &fp, hung_up, answers);
	run(&f);
	assert_string_equal(f.heard.buf,
			    "held on authenticating running ready closed ok");
	assert_int_equal(f.logs[0].conns, 2);
	assert_int_equal(fp.asked, 1);
	close_asking(&f, &fp);
}

static void nothing_is_asked_in_batch_mode(void **state)
{
	static const char *const answers[] = { "yes", NULL };
	struct fake_prompter fp;
	struct fixture f;

	(void)state;
	open_asking(&f, &fp, nothing, answers);
	f.opts.batch_mode = 1;
	run(&f);
	assert_string_equal(f.heard.buf, "closed hostkey");
	assert_int_equal(fp.asked, 0);
	close_asking(&f, &fp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_ready_or_not),
		cmocka_unit_test(unknown_key_is_refused_before_authentication),
		cmocka_unit_test(a_person_decides_about_a_new_key),
		cmocka_unit_test(a_key_is_asked_about_once),
		cmocka_unit_test(a_closed_session_takes_its_question_back),
		cmocka_unit_test(server_that_hung_up_meanwhile_is_called_again),
		cmocka_unit_test(nothing_is_asked_in_batch_mode),
		cmocka_unit_test(command_that_hangs_is_within_the_budget),
		cmocka_unit_test(command_that_fails_ends_the_connection),
		cmocka_unit_test(refused_connection_is_tried_as_often_as_asked),
		cmocka_unit_test(dropped_connection_is_made_again),
		cmocka_unit_test(closing_early_is_no_failure),
		cmocka_unit_test(tos_is_the_one_of_bulk_once_logged_in),
		cmocka_unit_test(
			tos_stays_the_first_for_a_terminal_and_for_none),
		cmocka_unit_test(silent_peer_is_lost_after_the_keepalives),
		cmocka_unit_test(a_peer_that_is_not_read_is_not_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
