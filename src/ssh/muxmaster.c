/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A master of other programs.
 *
 * A client goes TALKING -> (TAKING) -> (ASKING) -> OPENING -> RUNNING ->
 * ENDING, the words in brackets where its request needs them.  Between TAKING
 * and RUNNING nothing of it is read, so one request follows the other.
 */
#include "ssh/muxmaster.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "io/ctlsock.h"
#include "io/timer.h"
#include "ssh/forwards.h"
#include "ssh/muxforward.h"
#include "ssh/muxguest.h"
#include "ssh/muxlink.h"
#include "ssh/session.h"

#include "base/banned.h"

#define FULL_MS	 100 /* without descriptors: until the next look */
#define MS_PER_S 1000u

enum client_state {
	TALKING,
	TAKING, /* the descriptors of its request */
	ASKING, /* a person, for leave */
	OPENING,
	RUNNING,
	ENDING, /* the last words are on their way */
};

struct client {
	struct list node;
	struct master *master;
	struct muxlink link;
	struct defer reap;
	struct defer hear_more;
	enum client_state state;
	bool greeted;
	struct mux_msg m; /* its request */
	int fds[3];
	size_t nfds, fds_wanted;
	struct prompt prompt;
	char *question;
	struct muxguest *guest;
	uint32_t number;   /* of its session */
	struct wish *wish; /* while it waits for a forward */
};

/*
 * A forward that the client waits for, or has gone away from.  The master's,
 * as the session may end before it is answered.
 */
struct wish {
	struct list node;
	struct client *client; /* NULL: gone */
};

struct master {
	struct companion c;
	struct loop *loop;
	struct bufpool *pool;
	struct prompter *prompter;
	const struct ssh_opts *opts;
	struct watch listening;
	struct timer full;
	struct timer idle;
	struct sigwatch winch;
	dev_t dev; /* of the socket */
	ino_t ino;
	struct list clients;
	struct list wishes;
	size_t nclients;
	uint32_t next_number;
	bool persists, left; /* the run is over, and this goes on */
	bool expired;
	bool ending;  /* as a client has asked for */
	bool stopped; /* the same: no more clients */
};

static struct master *master_of(struct companion *c)
{
	return container_of(c, struct master, c);
}

static const char *host_of(const struct master *m)
{
	return session_target(m->c.session)->host;
}

/* ---- the end of a client ---- */

static void idle_over(struct timer *t)
{
	struct master *m = container_of(t, struct master, idle);

	m->expired = true;
	session_wake(m->c.session);
}

static void start_idle(struct master *m)
{
	int seconds = m->opts->control_persist_timeout;

	if (m->left && !m->nclients && seconds > 0)
		timer_start(m->loop, &m->idle, (uint64_t)seconds * MS_PER_S,
			    idle_over);
}

static void free_client(struct client *cl)
{
	struct master *m = cl->master;

	list_remove(&cl->node);
	m->nclients--;
	if (cl->question)
		m->prompter->ops->cancel(m->prompter, &cl->prompt);
	free(cl->question);
	if (cl->wish)
		cl->wish->client = NULL;
	muxguest_free(cl->guest);
	for (size_t i = 0; i < cl->nfds; i++)
		close(cl->fds[i]);
	mux_msg_release(&cl->m);
	muxlink_stop(&cl->link);
	defer_cancel(&cl->reap);
	defer_cancel(&cl->hear_more);
	free(cl);
}

static void reap(struct defer *d)
{
	struct client *cl = container_of(d, struct client, reap);
	struct master *m = cl->master;

	free_client(cl);
	start_idle(m);
	session_wake(m->c.session);
}

/* It has said its last, or we have. */
static void drop(struct client *cl)
{
	cl->state = ENDING;
	defer_post(cl->master->loop, &cl->reap, reap);
}

static void client_heard(struct muxlink *l);

static void hear_more(struct defer *d)
{
	client_heard(&container_of(d, struct client, hear_more)->link);
}

/* ---- answers ---- */

static void answer(struct client *cl, struct mux_msg *m)
{
	if (muxlink_put(&cl->link, m, NULL, 0, NULL))
		drop(cl);
}

static void say(struct client *cl, enum mux_kind kind, uint32_t id,
		uint32_t number)
{
	struct mux_msg m = { .kind = kind, .id = id, .number = number };

	answer(cl, &m);
}

static void refuse(struct client *cl, enum mux_kind kind, const char *reason)
{
	struct mux_msg m = { .kind = kind, .id = cl->m.id };

	m.reason = xstrdup(reason);
	answer(cl, &m);
	mux_msg_release(&m);
}

/* ---- sessions ---- */

static void guest_opened(void *arg)
{
	struct client *cl = arg;

	say(cl, MUX_OPENED, cl->m.id, cl->number);
	if (cl->state == OPENING)
		cl->state = RUNNING;
}

static void guest_refused(void *arg, const struct err *why)
{
	log_verbose("%s: %s", host_of(((struct client *)arg)->master),
		    why->msg);
	refuse(arg, MUX_FAILURE, "Session open refused by peer");
}

static void guest_no_terminal(void *arg)
{
	struct client *cl = arg;

	say(cl, MUX_TTY_FAILED, cl->number, 0);
}

static void guest_status(void *arg, uint32_t status)
{
	struct client *cl = arg;

	say(cl, MUX_EXIT, cl->number, status);
}

static void guest_over(void *arg)
{
	struct client *cl = arg;

	cl->state = ENDING;
	if (muxlink_sent(&cl->link))
		drop(cl);
}

static const struct muxguest_events guest_events = {
	.opened = guest_opened,
	.refused = guest_refused,
	.no_terminal = guest_no_terminal,
	.status = guest_status,
	.over = guest_over,
};

/* `guest` takes what it needs of the request, but for its number. */
static void open_guest(struct client *cl)
{
	uint32_t id = cl->m.id;
	int fds[3] = { -1, -1, -1 };

	if (cl->m.kind == MUX_NEW_STDIO && !muxforward_leads(&cl->m)) {
		refuse(cl, MUX_FAILURE, "Invalid forwarding request");
		drop(cl);
		return;
	}
	memcpy(fds, cl->fds, cl->nfds * sizeof(int));
	cl->nfds = 0;
	cl->state = OPENING;
	cl->number = cl->master->next_number++;
	cl->guest = muxguest_new(cl->master->c.session, cl->master->pool,
				 &cl->m, fds, &guest_events, cl);
	cl->m.id = id;
}

/* ---- the other requests ---- */

static void stop_listening(struct master *m)
{
	const char *path = m->opts->control_path;
	int fd = m->listening.fd;
	struct stat st;

	timer_stop(m->loop, &m->full);
	if (!m->dev && !m->ino)
		return;
	watch_stop(&m->listening);
	/* Somebody may have put another there.  As long as ours is open it
	   answers, so nobody takes it for a stale one and puts his there
	   meanwhile, and its number is no other's. */
	if (!stat(path, &st) && st.st_dev == m->dev && st.st_ino == m->ino)
		(void)unlink(path);
	close(fd);
	m->dev = 0;
	m->ino = 0;
}

static void end_session(struct master *m)
{
	m->ending = true;
	session_fail(m->c.session, ERR_LOST,
		     _("ended through the control socket"));
}

/* The answer is sent before the end, if its reader is there. */
static void terminate(struct client *cl)
{
	say(cl, MUX_OK, cl->m.id, 0);
	end_session(cl->master);
}

static void stop(struct client *cl)
{
	stop_listening(cl->master);
	cl->master->stopped = true;
	say(cl, MUX_OK, cl->m.id, 0);
	session_wake(cl->master->c.session);
}

static void free_wish(struct wish *w)
{
	list_remove(&w->node);
	free(w);
}

static void say_forwarded(struct client *cl, int port)
{
	if (cl->m.number == MUX_FORWARD_REMOTE && !cl->m.listen_port)
		say(cl, MUX_REMOTE_PORT, cl->m.id, (uint32_t)port);
	else
		say(cl, MUX_OK, cl->m.id, 0);
}

static void had_forward(void *arg, int port, const struct err *err)
{
	struct wish *w = arg;
	struct client *cl = w->client;

	if (cl) {
		cl->wish = NULL;
		cl->state = TALKING;
		if (err && err->code != ERR_NONE)
			refuse(cl, MUX_FAILURE,
			       err->code == ERR_HOSTKEY
				       ? err->msg
				       : "Port forwarding failed");
		else
			say_forwarded(cl, port);
		defer_post(cl->master->loop, &cl->hear_more, hear_more);
	}
	free_wish(w);
}

static void open_forward(struct client *cl)
{
	struct forwards *fw = forwards_of(cl->master->c.session);
	enum sshforward_kind kind;
	struct sshforward f;
	struct wish *w;
	int port;

	if (muxforward_get(&cl->m, &kind, &f)) {
		refuse(cl, MUX_FAILURE, "Invalid forwarding request");
		return;
	}
	/* As ssh: who asks twice has it. */
	if (forwards_have(fw, kind, &f, &port)) {
		say_forwarded(cl, port);
		sshforward_release(&f);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	list_append(&cl->master->wishes, &w->node);
	w->client = cl;
	cl->wish = w;
	cl->state = OPENING;
	forwards_add(fw, kind, &f, had_forward, w);
	sshforward_release(&f);
}

static void close_forward(struct client *cl)
{
	enum sshforward_kind kind;
	struct sshforward f;
	int rc;

	if (muxforward_get(&cl->m, &kind, &f)) {
		refuse(cl, MUX_FAILURE, "Invalid forwarding request");
		return;
	}
	rc = forwards_cancel(forwards_of(cl->master->c.session), kind, &f,
			     NULL);
	sshforward_release(&f);
	if (rc)
		refuse(cl, MUX_FAILURE, "port not forwarded");
	else
		say(cl, MUX_OK, cl->m.id, 0);
}

/* What a person may be asked about, and how it is done. */
static const struct request {
	enum mux_kind kind;
	void (*carry_out)(struct client *cl);
	const char *question; /* of the host, or NULL */
} requests[] = {
	/* clang-format off */
	{ MUX_NEW_SESSION, open_guest, "Allow shared connection to %s? " },
	{ MUX_NEW_STDIO,   open_guest, "Allow forward on shared connection to %s? " },
	{ MUX_TERMINATE,   terminate,  "Terminate shared connection to %s? " },
	{ MUX_OPEN_FORWARD,  open_forward,  "Open a forward on shared connection to %s? " },
	{ MUX_CLOSE_FORWARD, close_forward, NULL },
	{ MUX_STOP,        stop,       "Disable further multiplexing on shared connection to %s? " },
	/* clang-format on */
};

static const struct request *find_request(const struct client *cl)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i].kind == cl->m.kind)
			return &requests[i];
	return NULL;
}

static void carry_out(struct client *cl)
{
	const struct request *r = find_request(cl);

	cl->state = TALKING;
	if (r)
		r->carry_out(cl);
	else
		refuse(cl, MUX_FAILURE, "unsupported request");
}

/* ---- leave ---- */

static void leave_given(struct prompt *q, char *text, const struct err *err)
{
	struct client *cl = container_of(q, struct client, prompt);

	(void)err;
	free(cl->question);
	cl->question = NULL;
	if (text && (!*text || !strcasecmp(text, "yes"))) {
		carry_out(cl);
	} else {
		log_verbose("%s: a shared connection was refused",
			    host_of(cl->master));
		cl->state = TALKING;
		refuse(cl, MUX_DENIED, "Permission denied");
	}
	secret_free(text);
	defer_post(cl->master->loop, &cl->hear_more, hear_more);
}

static char *question_of(const struct client *cl)
{
	const struct request *r = find_request(cl);
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char *host = host_of(cl->master);
	size_t n;

	if (!r || !r->question)
		return NULL;
	n = strcspn(r->question, "%");
	(void)strbuf_add(&text, r->question, n);
	(void)strbuf_addf(&text, "%s%s", host, r->question + n + 2);
	return strbuf_detach(&text, NULL);
}

static bool asks(const struct master *m)
{
	return m->opts->control_master == ASK_ASK ||
	       m->opts->control_master == SSHOPT_AUTO_ASK;
}

/* A person's leave, where ControlMaster wants it, then the request. */
static void consider(struct client *cl)
{
	struct master *m = cl->master;
	char *question = asks(m) ? question_of(cl) : NULL;

	if (!question) {
		carry_out(cl);
		return;
	}
	if (!m->prompter) {
		free(question);
		refuse(cl, MUX_DENIED, "Permission denied");
		cl->state = TALKING;
		return;
	}
	cl->state = ASKING;
	cl->question = question;
	cl->prompt = (struct prompt){
		.kind = PROMPT_CONFIRM,
		.text = question,
		.echo = true,
		.fn = leave_given,
	};
	m->prompter->ops->ask(m->prompter, &cl->prompt);
}

/* ---- what clients say ---- */

static void take_fds(struct client *cl)
{
	while (cl->nfds < cl->fds_wanted) {
		int rc = muxlink_get_fd(&cl->link, &cl->fds[cl->nfds]);

		if (rc == 0)
			return;
		if (rc < 0) {
			refuse(cl, MUX_FAILURE,
			       "did not receive file descriptors");
			drop(cl);
			return;
		}
		cl->nfds++;
	}
	consider(cl);
}

static void want_fds(struct client *cl, size_t n)
{
	if (cl->guest) {
		refuse(cl, MUX_FAILURE, "Multiple sessions not supported");
		drop(cl);
		return;
	}
	cl->fds_wanted = n;
	cl->state = TAKING;
	take_fds(cl);
}

static void hello(struct client *cl)
{
	if (cl->greeted || cl->m.number != MUX_VERSION)
		drop(cl);
	cl->greeted = true;
}

static void request(struct client *cl)
{
	if (cl->m.kind == MUX_HELLO)
		hello(cl);
	else if (!cl->greeted)
		drop(cl);
	else if (cl->m.kind == MUX_ALIVE_CHECK)
		say(cl, MUX_ALIVE, cl->m.id, (uint32_t)getpid());
	else if (cl->m.kind == MUX_NEW_SESSION)
		want_fds(cl, 3);
	else if (cl->m.kind == MUX_NEW_STDIO)
		want_fds(cl, 2);
	else
		consider(cl);
}

/* Who waits for a session hangs up by going away. */
static void client_gone(struct client *cl)
{
	if (cl->guest)
		muxguest_hang_up(cl->guest);
	else
		drop(cl);
}

static void client_heard(struct muxlink *l)
{
	struct client *cl = container_of(l, struct client, link);

	if (cl->state == TAKING)
		take_fds(cl);
	while (cl->state == TALKING || (cl->state == RUNNING && !l->ended)) {
		struct mux_msg m;
		int rc = muxlink_get(l, &m, NULL);

		if (rc < 0)
			client_gone(cl);
		if (rc <= 0)
			return;
		mux_msg_release(&cl->m);
		cl->m = m;
		request(cl);
	}
	if (cl->state == ENDING && (!cl->guest || muxlink_sent(l)))
		drop(cl);
	else if (l->ended && cl->state != TAKING)
		client_gone(cl);
}

static void welcome(struct master *m, int fd)
{
	struct client *cl;

	if (m->nclients >= MUXMASTER_CLIENTS || !ctlsock_ours(fd)) {
		log_verbose("%s: a client of the control socket was refused",
			    host_of(m));
		close(fd);
		return;
	}
	cl = xcalloc(1, sizeof(*cl));
	cl->master = m;
	list_append(&m->clients, &cl->node);
	m->nclients++;
	timer_stop(m->loop, &m->idle);
	m->expired = false;
	if (muxlink_start(&cl->link, m->loop, fd, client_heard, NULL))
		drop(cl);
	else
		say(cl, MUX_HELLO, 0, MUX_VERSION);
}

static void look_again(struct timer *t)
{
	struct master *m = container_of(t, struct master, full);

	watch_want(&m->listening, WATCH_IN);
}

static void knock(struct watch *w, unsigned int events)
{
	struct master *m = container_of(w, struct master, listening);
	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0) {
		welcome(m, fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		   errno == ENOBUFS) {
		watch_want(w, 0);
		timer_start(m->loop, &m->full, FULL_MS, look_again);
	}
}

/* ---- the companion ---- */

static void resized(struct sigwatch *s, int signo)
{
	struct master *m = container_of(s, struct master, winch);

	(void)signo;
	list_for_each (node, &m->clients) {
		struct client *cl = container_of(node, struct client, node);

		if (cl->guest)
			muxguest_resize(cl->guest);
	}
}

/* Without a socket there are no clients; the host has its command all the same.
 */
static enum drv_rc start(struct companion *c, struct err *err)
{
	struct master *m = master_of(c);
	const char *path = m->opts->control_path;
	struct err why = { 0 };
	struct stat st = { 0 };
	bool taken;
	int fd = ctlsock_listen(path, &taken, &why);

	(void)err;
	if (taken)
		log_error(
			_("ControlSocket %s already exists, disabling multiplexing"),
			path);
	else if (fd < 0 || stat(path, &st))
		log_error("%s", fd < 0 ? why.msg : strerror(errno));
	else if (watch_start(m->loop, &m->listening, fd, WATCH_IN, knock, &why))
		log_error("%s", why.msg);
	if (watch_active(&m->listening)) {
		m->dev = st.st_dev;
		m->ino = st.st_ino;
	} else {
		m->persists = false;
		if (fd >= 0)
			close(fd);
	}
	(void)sigwatch_start(m->loop, &m->winch, SIGWINCH, resized, NULL);
	err_release(&why);
	return DRV_OK;
}

static void step(struct companion *c)
{
	struct master *m = master_of(c);

	list_for_each (node, &m->clients) {
		struct client *cl = container_of(node, struct client, node);

		if (cl->guest && cl->state != ENDING)
			muxguest_step(cl->guest);
	}
	/* Who runs nothing of his own was there for the others. */
	if (m->stopped && !m->nclients && !m->ending &&
	    m->opts->session_type == SESSION_TYPE_NONE &&
	    !forwards_open(forwards_of(m->c.session)))
		end_session(m);
}

static bool busy(const struct companion *c)
{
	const struct master *m = container_of_const(c, struct master, c);

	if (m->ending)
		return false;
	return m->nclients || (m->persists && !m->expired && m->ino);
}

/* What stays is what persists; who only waits for its clients is in front. */
static bool stays(struct companion *c)
{
	struct master *m = master_of(c);

	if (!m->persists || !m->ino || m->ending)
		return false;
	m->left = true;
	start_idle(m);
	return true;
}

static void closing(struct companion *c)
{
	struct master *m = master_of(c);

	list_for_each_safe (node, after, &m->clients)
		free_client(container_of(node, struct client, node));
	list_for_each_safe (node, after, &m->wishes)
		free_wish(container_of(node, struct wish, node));
	stop_listening(m);
	timer_stop(m->loop, &m->idle);
	sigwatch_stop(&m->winch);
}

static void free_master(struct companion *c)
{
	free(master_of(c));
}

static const struct companion_ops master_ops = {
	.name = "master",
	.start = start,
	.step = step,
	.closing = closing,
	.busy = busy,
	.stays = stays,
	.free = free_master,
};

/* Whether a host with these options is to have a master. */
static bool wanted(const struct ssh_opts *opts)
{
	return opts && opts->control_path && opts->control_master != ASK_NO;
}

bool muxmaster_persists(const struct ssh_opts *opts)
{
	return wanted(opts) && opts->control_persist == 1;
}

static struct companion *make(struct companion_maker *maker, struct session *s)
{
	struct muxmaster_maker *mm =
		container_of(maker, struct muxmaster_maker, maker);
	const struct ssh_opts *opts = session_target(s)->opts;
	struct master *m;

	if (!wanted(opts) || session_driver(s)->local)
		return NULL;
	m = xcalloc(1, sizeof(*m));
	m->c.ops = &master_ops;
	m->loop = session_loop(s);
	m->pool = mm->pool;
	m->prompter = mm->prompter;
	m->opts = opts;
	m->persists = mm->persists && muxmaster_persists(opts);
	list_init(&m->clients);
	list_init(&m->wishes);
	return &m->c;
}

void muxmaster_maker_init(struct muxmaster_maker *m, struct bufpool *pool,
			  struct prompter *prompter, bool persists)
{
	*m = (struct muxmaster_maker){
		.maker.make = make,
		.pool = pool,
		.prompter = prompter,
		.persists = persists,
	};
}
