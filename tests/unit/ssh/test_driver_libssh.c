/* SPDX-License-Identifier: Apache-2.0 */
/* What the libssh driver does beyond the contract, against a real sshd. */
#include "ssh/driver.h"

#include "lib/test.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "lib/shell.h"
#include "lib/ssh_client.h"
#include "lib/sshd.h"
#include "ssh/agent.h"

static struct sshd sshd;

/* ---- handshake ---- */

static void shows_the_host_key(void **state)
{
	char *path = sshd_path(&sshd, "hostkey.pub");
	struct drv_key *want;
	struct kh_key key, want_key;
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_connect(&c);
	assert_int_equal(driver_libssh.hostkey(c.conn, &key, &c.err), 0);
	assert_int_equal(driver_libssh.key_load(path, NULL, &want, &c.err), 2);
	driver_libssh.key_public(want, &want_key);
	assert_string_equal(key.type, "ssh-ed25519");
	assert_string_equal(want_key.type, "ssh-ed25519");
	assert_int_equal(key.len, want_key.len);
	assert_memory_equal(key.blob, want_key.blob, key.len);
	driver_libssh.key_free(want);
	free(path);
	client_release(&c);
}

static int spoken = -1; /* the end of speaker(), open to be written to */

/* A server that says `text` and then no more. */
static int speaker(const char *text, size_t times)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX,
				    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				    0, sv),
			 0);
	for (size_t i = 0; i < times; i++)
		if (write(sv[1], text, strlen(text)) < 0)
			break;
	shutdown(sv[1], SHUT_WR);
	spoken = sv[1];
	return sv[0];
}

static void bad_servers_are_told_apart(void **state)
{
	static const struct {
		const char *name, *text;
		size_t times;
		const char *msg;
		bool dropped;
	} cases[] = {
		/* clang-format off */
		{ "hangs up", "", 1,
		  "connection closed by remote host before it identified itself", true },
		{ "web server", "HTTP/1.1 400 Bad \033[2JRequest\r\nServer: x\r\n\r\n", 1,
		  "the server does not identify itself, it says: HTTP/1.1 400 Bad \\033[2JRequest", false },
		{ "too many", "Exceeded MaxStartups\r\n", 1,
		  "the server does not identify itself, it says: Exceeded MaxStartups", true },
		{ "SSH 1", "SSH-1.5-old\r\n", 1,
		  "protocol error: No version of SSH protocol usable (banner: SSH-1.5-old)", false },
		{ "long line", "SSH-2.0-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 100,
		  "protocol error: Receiving banner: too large banner", false },
		{ "no key exchange", "SSH-2.0-x\r\n", 1,
		  "connection closed by remote host during key exchange", false },
		{ "garbage after", "SSH-2.0-x\r\ngarbage garbage garbage garbage\r\n", 1,
		  NULL, false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct client c;

		client_init(&c, &driver_libssh, &sshd);
		client_dial(&c, speaker(cases[i].text, cases[i].times));
		ROW(client_handshake(&c) == DRV_ERROR, cases[i].name);
		ROW(c.err.code == ERR_PROTOCOL, cases[i].name);
		if (cases[i].msg)
			assert_string_equal(c.err.msg, cases[i].msg);
		ROW(driver_libssh.dropped_early(c.conn) == cases[i].dropped,
		    cases[i].name);
		client_release(&c);
		close(spoken);
	}
}

/*
 * The server closes when it finds that nothing matches.  Where that is seen
 * in the same turn as its offer, libssh tells of the close only.
 */
static void names_what_the_server_offers(void **state)
{
	bool named = false;

	(void)state;
	for (int i = 0; i < 50 && !named; i++) {
		struct client c;

		client_init(&c, &driver_libssh, &sshd);
		c.params.hostkey_types = "ecdsa-sha2-nistp521";
		client_dial(&c, sshd_connect(&sshd));
		assert_int_equal(client_handshake(&c), DRV_ERROR);
		assert_int_equal(c.err.code, ERR_PROTOCOL);
		named = !strcmp(
			c.err.msg,
			"no matching host key type found; their offer: ssh-ed25519");
		if (!named)
			assert_string_equal(
				c.err.msg,
				"connection closed by remote host during key exchange");
		client_release(&c);
	}
	assert_true(named);
}

/* ---- authentication ---- */

static void keys_of_each_type_let_in(void **state)
{
	static const struct {
		const char *name, *make;
	} cases[] = {
		{ "rsa", "-t rsa -b 2048" },
		{ "rsa-pem", "-t rsa -b 2048 -m PEM" },
		{ "ecdsa", "-t ecdsa -b 256" },
		{ "ed25519", "-t ed25519" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct client c;
		char script[256];
		unsigned int methods;

		snprintf(script, sizeof(script),
			 "ssh-keygen -q -N '' %s -f \"$1/%s\" && "
			 "cat \"$1/%s.pub\" >>\"$1/authorized_keys\"",
			 cases[i].make, cases[i].name, cases[i].name);
		assert_int_equal(shell(script, sshd.dir), 0);
		client_init(&c, &driver_libssh, &sshd);
		client_connect(&c);
		ROW(client_try_key(&c, cases[i].name, &methods) == AUTH_SUCCESS,
		    cases[i].name);
		client_release(&c);
	}
}

static void refusals_say_what_is_left(void **state)
{
	static const struct auth_try none = { .kind = AUTH_NONE };
	enum auth_answer answer = AUTH_SUCCESS;
	unsigned int methods = 0;
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_connect(&c);
	assert_int_equal(client_auth(&c, &none, &answer, &methods), DRV_OK);
	assert_int_equal(answer, AUTH_DENIED);
	assert_int_equal(methods, AUTH_CAN_PUBLICKEY);
	/* The host's key lets nobody in; the next one still may. */
	assert_int_equal(client_try_key(&c, "hostkey", &methods), AUTH_DENIED);
	assert_int_equal(methods, AUTH_CAN_PUBLICKEY);
	assert_int_equal(client_try_key(&c, "id", &methods), AUTH_SUCCESS);
	client_release(&c);
}

static void an_offer_is_answered_before_anything_is_signed(void **state)
{
	struct auth_try try = { .kind = AUTH_OFFER };
	enum auth_answer answer = AUTH_SUCCESS;
	unsigned int methods = 0;
	struct client c;
	struct drv_key *key;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_connect(&c);
	key = client_key(&c, "hostkey");
	try.key = key;
	assert_int_equal(client_auth(&c, &try, &answer, &methods), DRV_OK);
	assert_int_equal(answer, AUTH_DENIED);
	assert_int_equal(methods, AUTH_CAN_PUBLICKEY);
	driver_libssh.key_free(key);
	key = client_key(&c, "id");
	try.key = key;
	/* Twice is no more of an attempt. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(client_auth(&c, &try, &answer, &methods),
				 DRV_OK);
		assert_int_equal(answer, AUTH_WANTED);
	}
	try.kind = AUTH_KEY;
	assert_int_equal(client_auth(&c, &try, &answer, &methods), DRV_OK);
	assert_int_equal(answer, AUTH_SUCCESS);
	driver_libssh.key_free(key);
	client_release(&c);
}

static void too_many_keys_hint_at_identities_only(void **state)
{
	struct drv_key *key;
	struct auth_try try = { .kind = AUTH_KEY };
	enum auth_answer answer;
	unsigned int methods, tries = 0;
	enum drv_rc rc;
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_connect(&c);
	key = client_key(&c, "hostkey");
	try.key = key;
	do {
		rc = client_auth(&c, &try, &answer, &methods);
	} while (rc == DRV_OK && answer == AUTH_DENIED && ++tries < 20);
	assert_int_equal(rc, DRV_ERROR);
	assert_int_equal(c.err.code, ERR_AUTH);
	assert_non_null(strstr(c.err.msg, "IdentitiesOnly"));
	driver_libssh.key_free(key);
	client_release(&c);
}

static unsigned int agents; /* started: each has a socket of its own, as it
			       removes that some time after it is told to go */

/* ssh-agent with the key `name`, at DIR/agent.N. */
static void agent_start(const char *name)
{
	char script[256];

	snprintf(script, sizeof(script),
		 "eval $(ssh-agent -s -a \"$1/agent.%u\") >/dev/null && "
		 "echo $SSH_AGENT_PID >\"$1/agent.pid\" && "
		 "ssh-add -q \"$1/%s\"",
		 ++agents, name);
	assert_int_equal(shell(script, sshd.dir), 0);
}

static void agent_stop(void)
{
	assert_int_equal(
		shell("kill $(cat \"$1/agent.pid\") && rm \"$1/agent.pid\"",
		      sshd.dir),
		0);
}

static enum auth_answer try_agent(struct client *c, const char *name)
{
	char sock[96];
	struct agent *agent;
	struct drv_key *key;
	struct kh_key pub;
	enum auth_answer answer = AUTH_DENIED;
	unsigned int methods;

	snprintf(sock, sizeof(sock), "%s/agent.%u", sshd.dir, agents);
	agent = agent_new(c->loop, sock);
	c->params.agent = agent;
	client_connect(c);
	key = client_key(c, name);
	c->drv->key_public(key, &pub);
	assert_int_equal(client_auth(c,
				     &(struct auth_try){ .kind = AUTH_AGENT,
							 .blob = pub.blob,
							 .blob_len = pub.len },
				     &answer, &methods),
			 DRV_OK);
	c->drv->key_free(key);
	c->drv->conn_free(c->conn);
	c->conn = NULL;
	agent_free(agent);
	return answer;
}

static void the_agent_signs(void **state)
{
	static const char *const keys[] = { "id", "rsa", "ecdsa" };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct client c;

		agent_start(keys[i]);
		client_init(&c, &driver_libssh, &sshd);
		ROW(try_agent(&c, keys[i]) == AUTH_SUCCESS, keys[i]);
		client_release(&c);
		agent_stop();
	}
}

static void an_agent_that_will_not_sign_is_a_refusal(void **state)
{
	struct client c;

	(void)state;
	/* The key is taken by the server, and the agent does not have it. */
	agent_start("ecdsa");
	client_init(&c, &driver_libssh, &sshd);
	assert_int_equal(try_agent(&c, "id"), AUTH_DENIED);
	client_release(&c);
	/* The agent has it, and the server does not take it. */
	agent_stop();
	agent_start("hostkey");
	client_init(&c, &driver_libssh, &sshd);
	assert_int_equal(try_agent(&c, "hostkey"), AUTH_DENIED);
	client_release(&c);
	agent_stop();
	/* There is no agent at all. */
	agents++;
	client_init(&c, &driver_libssh, &sshd);
	assert_int_equal(try_agent(&c, "id"), AUTH_DENIED);
	client_release(&c);
}

static void keys_say_what_they_need(void **state)
{
	static const struct {
		const char *name, *file, *passphrase;
		int rc;
		bool public; /* the public half is known */
	} cases[] = {
		/* clang-format off */
		{ "plain",           "id",        NULL,     1, true  },
		{ "locked",          "locked",    NULL,     0, true  },
		{ "wrong",           "locked",    "wrong",  0, true  },
		{ "right",           "locked",    "secret", 1, true  },
		{ "locked, alone",   "alone",     NULL,     0, true  },
		{ "locked PEM",      "pem",       NULL,     0, false },
		{ "right PEM",       "pem",       "secret", 1, true  },
		{ "public file",     "id.pub",    NULL,     2, true  },
		{ "only public",     "gone",      NULL,     2, true  },
		{ "no such file",    "never",     NULL,     -1, false },
		{ "readable to all", "open",      NULL,     -1, false },
		{ "no key",          "ssh_config", NULL,    -1, false },
		{ "a folder",        "home",      NULL,     -1, false },
		/* clang-format on */
	};

	(void)state;
	assert_int_equal(
		shell("cd \"$1\" && mkdir -p home && "
		      "ssh-keygen -q -t ed25519 -N secret -f locked && "
		      "cp -p locked alone && "
		      "ssh-keygen -q -t rsa -b 2048 -m PEM -N secret -f pem && "
		      "rm pem.pub && cp id.pub gone.pub && "
		      "cp id open && chmod 644 open",
		      sshd.dir),
		0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = sshd_path(&sshd, cases[i].file);
		struct drv_key *key = NULL;
		struct err err = { 0 };
		int rc = driver_libssh.key_load(path, cases[i].passphrase, &key,
						&err);

		ROW(rc == cases[i].rc, cases[i].name);
		ROW(!!key == cases[i].public, cases[i].name);
		ROW((err.code == ERR_CONFIG) == (rc == -1), cases[i].name);
		ROW(rc != -1 || strstr(err.msg, path), cases[i].name);
		driver_libssh.key_free(key);
		err_release(&err);
		free(path);
	}
}

/* ---- bulk, pauses, ends ---- */

static void output_stops_while_paused(void **state)
{
	struct client c;
	size_t at;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	client_exec(&c, "head -c 8000000 /dev/zero");
	c.count_only = true;
	c.pause_at = 100000;
	while (c.pause_at) {
		assert_int_equal(client_pump(&c), DRV_AGAIN);
		if (c.pause_at)
			wait_wake(&c);
	}
	at = c.total;
	/* One packet of output may be under way when it is paused. */
	assert_in_range(at, 100000, 100000 + 32768);
	for (int i = 0; i < 50; i++) {
		loop_turn(c.loop, false, NULL);
		assert_int_equal(client_pump(&c), DRV_AGAIN);
	}
	assert_int_equal(c.total, at);
	driver_libssh.pause(c.conn, false);
	client_finish(&c);
	assert_int_equal(c.total, 8000000);
	client_release(&c);
}

static void input_in_bulk_comes_back_whole(void **state)
{
	enum {
		SIZE = 3000000
	};
	char *data = malloc(SIZE);
	struct client c;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (char)(i * 31 + i / 997);
	client_init(&c, &driver_libssh, &sshd);
	c.opts.rekey_bytes = 1 << 20;
	client_login(&c);
	client_open(&c);
	client_exec(&c, "cat");
	client_write(&c, data, SIZE);
	client_eof(&c);
	client_finish(&c);
	assert_int_equal(c.out.len, SIZE);
	assert_memory_equal(c.out.buf, data, SIZE);
	client_release(&c);
	free(data);
}

static void a_signal_reaches_the_command(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	client_exec(&c, "echo up; cat; exit 5");
	client_hear(&c);
	driver_libssh.chan_signal(c.chan, "TERM");
	client_eof(&c);
	client_finish(&c);
	/* sshd signals nothing that root runs. */
	if (getuid() == 0)
		assert_int_equal(c.status, 5);
	else
		assert_string_equal(c.signame, "TERM");
	client_release(&c);
}

/* libssh would drop a size that meets a request under way. */
static void a_size_waits_for_the_request_before_it(void **state)
{
	static const struct drv_pty pty = { "vt52", { 80, 24, 0, 0 }, NULL, 0 };
	static const struct drv_size first = { 60, 10, 0, 0 };
	static const struct drv_size last = { 70, 20, 0, 0 };
	struct client c;
	enum drv_rc rc;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	assert_int_equal(client_try_pty(&c, &pty), DRV_OK);
	c.inside = true;
	rc = driver_libssh.chan_exec(c.chan, "read x; stty size", &c.err);
	driver_libssh.chan_resize(c.chan, &first);
	driver_libssh.chan_resize(c.chan, &last);
	c.inside = false;
	if (rc == DRV_AGAIN) { /* else the server was quick to answer */
		wait_wake(&c);
		client_exec(&c, "read x; stty size");
	}
	client_write(&c, "\n", 1);
	client_finish(&c);
	assert_string_equal(c.out.buf, "\r\n20 70\r\n");
	client_release(&c);
}

static void a_break_is_no_harm(void **state)
{
	static const struct drv_pty pty = { "vt52", { 80, 24, 0, 0 }, NULL, 0 };
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	assert_int_equal(client_try_pty(&c, &pty), DRV_OK);
	client_exec(&c, "stty -brkint ignbrk; echo up; read x; exit 3");
	client_hear(&c);
	driver_libssh.chan_break(c.chan, 100);
	client_write(&c, "\n", 1);
	client_finish(&c);
	assert_int_equal(c.status, 3);
	client_release(&c);
}

static uint64_t bytes_sent(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info.tcpi_bytes_acked;
}

static void too_late(struct timer *t)
{
	(void)t;
}

/* A key exchange is at least its list of algorithms and a point. */
static void new_keys_are_agreed_on(void **state)
{
	struct timer late = { 0 };
	struct client c;
	uint64_t before;
	int fd;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	fd = c.params.fd;
	client_open(&c);
	client_exec(&c, "echo up; cat");
	client_hear(&c);
	timer_start(c.loop, &late, 1200, too_late);
	while (timer_armed(&late))
		assert_int_not_equal(loop_turn(c.loop, true, &c.err), -1);
	before = bytes_sent(fd);
	driver_libssh.rekey(c.conn);
	client_write(&c, "after\n", 6);
	while (!strstr(c.out.buf, "after")) {
		wait_wake(&c);
		assert_int_equal(client_pump(&c), DRV_AGAIN);
	}
	assert_true(bytes_sent(fd) - before > 600);
	client_eof(&c);
	client_finish(&c);
	assert_string_equal(c.out.buf, "up\nafter\n");
	client_release(&c);
}

static void an_unknown_subsystem_is_refused(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	assert_int_equal(client_try_subsystem(&c, "nosuch"), DRV_ERROR);
	assert_int_equal(c.err.code, ERR_CHANNEL);
	assert_string_equal(
		c.err.msg,
		"the server has no subsystem 'nosuch', or refused it");
	client_release(&c);
}

static void a_keepalive_brings_a_sign_of_life(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	/* Twice, as libssh must first forget the answer to the first. */
	for (int i = 0; i < 3; i++) {
		uint64_t before = driver_libssh.alive_ns(c.conn);

		driver_libssh.keepalive(c.conn);
		while (driver_libssh.alive_ns(c.conn) == before) {
			wait_wake(&c);
			assert_int_equal(client_pump(&c), DRV_AGAIN);
		}
	}
	client_release(&c);
}

static void a_server_that_dies_is_noticed(void **state)
{
	struct client c;
	enum drv_rc rc;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	/* The shell's parent is the server's process for this connection. */
	client_exec(&c, "echo last words; read x; kill -9 $PPID; read x");
	client_hear(&c);
	client_write(&c, "go\n", 3);
	while ((rc = client_pump(&c)) == DRV_AGAIN)
		wait_wake(&c);
	assert_int_equal(rc, DRV_ERROR);
	assert_int_equal(c.err.code, ERR_LOST);
	assert_string_equal(c.out.buf, "last words\n");
	assert_int_equal(driver_libssh.chan_write(c.chan, "x", 1), -1);
	assert_int_equal(driver_libssh.chan_eof(c.chan), DRV_OK);
	assert_int_equal(driver_libssh.chan_close(c.chan), DRV_OK);
	client_release(&c);
}

static void nobody_to_wake_does_not_spin(void **state)
{
	struct client c;
	unsigned int turns = 0;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_connect(&c);
	/* Nothing is called although bytes come: the end, here. */
	shutdown(c.conn ? c.params.fd : -1, SHUT_RDWR);
	while (loop_turn(c.loop, false, NULL) == 1)
		assert_true(++turns < 10);
	client_release(&c);
}

static size_t take_nothing(void *arg, const void *buf, size_t n)
{
	(void)arg;
	(void)buf;
	(void)n;
	return 0;
}

/* Until nothing is to be done by itself. */
static void pump_while_woken(struct client *c)
{
	do {
		c->woken = false;
		assert_int_equal(client_pump(c), DRV_AGAIN);
		assert_int_not_equal(loop_turn(c->loop, false, &c->err), -1);
	} while (c->woken);
}

static bool is_stopped(pid_t pid)
{
	char path[64], stat[256];
	const char *state;
	FILE *f;
	bool got;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = fopen(path, "re");
	assert_non_null(f);
	got = fgets(stat, sizeof(stat), f) != NULL;
	(void)fclose(f);
	assert_true(got);
	state = strrchr(stat, ')'); /* behind the name: proc(5) */
	return state && state[1] == ' ' && state[2] == 'T';
}

/* It may run for a moment after the signal was sent. */
static void stop_process(pid_t pid)
{
	assert_int_equal(kill(pid, SIGSTOP), 0);
	while (!is_stopped(pid))
		(void)poll(NULL, 0, 1);
}

/* One channel reads what another waits for: its owner is to look once more. */
static void an_answer_that_another_call_reads_wakes(void **state)
{
	static const struct drv_channel_events none = { .take = take_nothing };
	struct pollfd p = { .events = POLLIN };
	struct drv_channel *ch;
	struct client c;
	pid_t server;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	client_open(&c);
	client_exec(&c, "exec sh -c 'echo $PPID; exec cat'");
	client_hear(&c);
	server = (pid_t)strtol(c.out.buf, NULL, 10);
	assert_true(server > 1);
	ch = c.drv->chan_new(c.conn, &none, NULL);
	stop_process(server);
	assert_int_equal(c.drv->chan_open_session(ch, &c.err), DRV_AGAIN);
	pump_while_woken(&c);
	assert_int_equal(kill(server, SIGCONT), 0);
	p.fd = c.params.fd;
	assert_int_equal(poll(&p, 1, 20000), 1);
	c.drv->chan_widen(c.chan, DRV_WINDOW_WIDE);
	assert_int_equal(poll(&p, 1, 0), 0);
	wait_wake(&c);
	assert_int_equal(client_pump(&c), DRV_AGAIN);
	assert_int_equal(c.drv->chan_open_session(ch, &c.err), DRV_OK);
	c.drv->chan_free(ch);
	client_release(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(shows_the_host_key),
	cmocka_unit_test(bad_servers_are_told_apart),
	cmocka_unit_test(names_what_the_server_offers),
	cmocka_unit_test(keys_of_each_type_let_in),
	cmocka_unit_test(refusals_say_what_is_left),
	cmocka_unit_test(an_offer_is_answered_before_anything_is_signed),
	cmocka_unit_test(too_many_keys_hint_at_identities_only),
	cmocka_unit_test(the_agent_signs),
	cmocka_unit_test(an_agent_that_will_not_sign_is_a_refusal),
	cmocka_unit_test(keys_say_what_they_need),
	cmocka_unit_test(output_stops_while_paused),
	cmocka_unit_test(input_in_bulk_comes_back_whole),
	cmocka_unit_test(a_signal_reaches_the_command),
	cmocka_unit_test(a_size_waits_for_the_request_before_it),
	cmocka_unit_test(a_break_is_no_harm),
	cmocka_unit_test(new_keys_are_agreed_on),
	cmocka_unit_test(an_unknown_subsystem_is_refused),
	cmocka_unit_test(a_keepalive_brings_a_sign_of_life),
	cmocka_unit_test(a_server_that_dies_is_noticed),
	cmocka_unit_test(nobody_to_wake_does_not_spin),
	cmocka_unit_test(an_answer_that_another_call_reads_wakes),
};

static int start(void **state)
{
	(void)state;
	return sshd_start(&sshd);
}

static int stop(void **state)
{
	(void)state;
	/* Left over where a test failed. */
	shell("[ ! -e \"$1/agent.pid\" ] || kill $(cat \"$1/agent.pid\")",
	      sshd.dir);
	sshd_stop(&sshd);
	return 0;
}

int main(void)
{
	log_init("rsh", LOG_QUIET);
	return cmocka_run_group_tests(tests, start, stop);
}
