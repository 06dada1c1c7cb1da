/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop: descriptors, deferred calls, signals, calls from threads.
 *
 * A watcher may be stopped or freed by any callback, so what the kernel
 * reported is kept as descriptor and generation, never as a pointer: before
 * each call the watcher is looked up anew by its descriptor, and one that was
 * started since (same number, other owner) has another generation.
 *
 * Lists are walked with a cursor node of our own in them, so that whatever
 * is called may take any other node out.
 *
 * Notes: nothing called on the loop's thread may wait for anybody.  These are
 * the calls in src/io that could, and why they do not:
 *
 *   epoll_wait, poll      the one place to wait, here
 *   poll in outq          timeout 0; for ever only in outq_flush(), after the
 *                         loop
 *   read, write here      both ends of the wake-up pipe are nonblocking
 *   write in outq         the descriptor is nonblocking, or a regular file, or
 *                         poll(2) has just said that PIPE_BUF bytes fit
 *   send                  MSG_DONTWAIT
 *   connect               nonblocking sockets
 *   close                 no SO_LINGER is set
 *   waitpid, waitid       WNOHANG
 *   posix_spawn           returns once the program is loaded
 *   getaddrinfo           on threads; on the loop with AI_NUMERICHOST only,
 *                         which asks no server
 *   getnameinfo           NI_NUMERICHOST and NI_NUMERICSERV, the same
 *   splice                SPLICE_F_NONBLOCK
 *   pread, pwrite, open   of a file in TMPDIR, through the page cache
 *   pthread_mutex_lock    held for a few instructions, never across a call
 *                         that waits
 *   tcsetattr             TCSANOW
 *   open of /dev/tty      O_NONBLOCK, and so is each read of it
 */
#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/loop_internal.h"
#include "io/timer.h"

#include "base/banned.h"

#define NS_PER_SEC UINT64_C(1000000000)
#define NS_PER_MS  UINT64_C(1000000)
#define NSIGNALS   (_NSIG)

/* How long a child may take to end by itself, and how rarely we look. */
#define END_GRACE_MS 1000
#define CHECK_MAX_MS 16

/* A child whose end nobody is told of. */
struct dying {
	pid_t pid;
	uint64_t kill_ns; /* when its group is killed; 0: it was */
};

struct loop {
	struct backend *backend;
	bool virtual_clock;
	bool in_turn;
	bool stopped;
	uint64_t now_ns;

	struct watch **watches; /* by descriptor; NULL where there is none */
	size_t nslots;
	size_t nwatches; /* started */
	size_t nwanting; /* started and wanting something */
	uint32_t next_generation;
	struct list always; /* watchers that no kernel set takes: files */
	struct ready_list ready;

	struct timer_heap timers;
	struct list defers;
	struct list hooks;
	unsigned int holds;

	/* Written to by the signal handler and by threads; 0 is a post. */
	int wake_in, wake_out;
	struct watch wake;

	struct list sigwatches;
	struct {
		unsigned int users;
		struct sigaction old;
	} signals[NSIGNALS];

	pthread_mutex_t post_lock;
	struct post *post_first, **post_last;

	struct dying *dying; /* children to collect */
	size_t ndying, dying_cap;
	struct timer check_dying; /* while any was only asked to end */
	uint32_t check_ms;
};

/*
 * Where the handler writes, or -1: the one mutable global here, since a
 * handler is told nothing but a number.  It belongs to the loop that has
 * signal watchers; two such loops at a time are not possible.
 */
static volatile sig_atomic_t signal_pipe = -1;

static void on_signal(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;
	ssize_t n = write((int)signal_pipe, &byte, 1);

	/* A full pipe already holds thousands of signals to be told. */
	(void)n;
	errno = saved;
}

static uint64_t monotonic_ns(void)
{
	struct timespec ts;
	int rc = clock_gettime(CLOCK_MONOTONIC, &ts);

	assert(rc == 0);
	(void)rc;
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

struct timer_heap *loop_timers(struct loop *loop)
{
	return &loop->timers;
}

uint64_t loop_now(const struct loop *loop)
{
	/* Between turns any time may have passed: a question at start-up. */
	if (loop->in_turn || loop->virtual_clock)
		return loop->now_ns;
	return monotonic_ns();
}

/* ---- watchers ---- */

void ready_add(struct ready_list *list, int fd, unsigned int events)
{
	list->v = grow_array(list->v, &list->cap, list->n, sizeof(*list->v));
	list->v[list->n++] = (struct ready){ .fd = fd, .events = events };
}

static void count_want(struct watch *w, unsigned int want)
{
	w->loop->nwanting += (want != 0);
	w->loop->nwanting -= (w->want != 0);
	w->want = want;
}

/* Tell the kernel; -1 with errno if it will not take the descriptor. */
static int tell_kernel(struct watch *w, unsigned int want)
{
	if (w->want == want)
		return 0;
	if (list_empty(&w->node))
		return backend_set(w->loop->backend, w->fd, w->want, want);
	if (!want)
		list_remove(&w->node);
	return 0;
}

static void add_slot(struct loop *loop, struct watch *w)
{
	size_t i = (size_t)w->fd;

	if (i >= loop->nslots) {
		size_t old = loop->nslots;

		loop->nslots = i * 2 + 64;
		loop->watches = xreallocarray(loop->watches, loop->nslots,
					      sizeof(struct watch *));
		for (size_t k = old; k < loop->nslots; k++)
			loop->watches[k] = NULL;
	}
	assert(!loop->watches[i]);
	loop->watches[i] = w;
	loop->nwatches++;
}

int watch_start(struct loop *loop, struct watch *w, int fd, unsigned int want,
		watch_fn *fn, struct err *err)
{
	assert(!w->loop && fd >= 0 && fn);
	assert(!(want & ~(unsigned int)(WATCH_IN | WATCH_OUT)));
	*w = (struct watch){ .loop = loop,
			     .fn = fn,
			     .fd = fd,
			     .generation = loop->next_generation++ };
	list_init(&w->node);
	if (tell_kernel(w, want)) {
		if (errno != EPERM) {
			w->loop = NULL;
			return err_set_errno(err, ERR_LOCAL,
					     _("cannot watch descriptor %d"),
					     fd);
		}
		list_append(&loop->always, &w->node);
	}
	add_slot(loop, w);
	count_want(w, want);
	return 0;
}

/*
 * Only adding to the kernel's set can fail, for a file or for lack of memory.
 * Both are then taken as always ready: calling too often is the safe side.
 */
void watch_want(struct watch *w, unsigned int want)
{
	assert(w->loop);
	assert(!(want & ~(unsigned int)(WATCH_IN | WATCH_OUT)));
	if (tell_kernel(w, want) && want)
		list_append(&w->loop->always, &w->node);
	count_want(w, want);
}

void watch_stop(struct watch *w)
{
	struct loop *loop = w->loop;

	if (!loop)
		return;
	watch_want(w, 0);
	assert(loop->watches[w->fd] == w);
	loop->watches[w->fd] = NULL;
	loop->nwatches--;
	w->loop = NULL;
}

bool watch_has_input(const struct watch *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Complete what the kernel said with the generations and the files. */
static void collect_ready(struct loop *loop)
{
	for (size_t i = 0; i < loop->ready.n; i++) {
		struct ready *r = &loop->ready.v[i];

		assert(loop->watches[r->fd]);
		r->generation = loop->watches[r->fd]->generation;
	}
	list_for_each (pos, &loop->always) {
		struct watch *w = container_of(pos, struct watch, node);

		ready_add(&loop->ready, w->fd, WATCH_IN | WATCH_OUT);
		loop->ready.v[loop->ready.n - 1].generation = w->generation;
	}
}

static bool call_watchers(struct loop *loop)
{
	bool called = false;

	for (size_t i = 0; i < loop->ready.n; i++) {
		struct ready r = loop->ready.v[i];
		struct watch *w = loop->watches[r.fd];
		unsigned int events = r.events;

		if (!w || w->generation != r.generation || !w->want)
			continue;
		if (events & WATCH_HUP)
			events |= WATCH_IN | WATCH_OUT;
		events &= w->want | WATCH_HUP;
		if (!events)
			continue;
		w->fn(w, events); /* may free it */
		called = true;
	}
	return called;
}

/* ---- deferred calls and turn hooks ---- */

void defer_post(struct loop *loop, struct defer *d, defer_fn *fn)
{
	assert(fn);
	if (d->fn)
		return;
	d->fn = fn;
	list_append(&loop->defers, &d->node);
}

void defer_cancel(struct defer *d)
{
	if (!d->fn)
		return;
	list_remove(&d->node);
	d->fn = NULL;
}

/* Those posted while this runs stand behind the mark, for the next turn. */
static bool call_defers(struct loop *loop)
{
	struct list mark;
	bool called = false;

	list_append(&loop->defers, &mark);
	while (loop->defers.next != &mark) {
		struct defer *d =
			container_of(loop->defers.next, struct defer, node);
		defer_fn *fn = d->fn;

		defer_cancel(d);
		fn(d); /* may free it */
		called = true;
	}
	list_remove(&mark);
	return called;
}

void turnhook_start(struct loop *loop, struct turnhook *h, turnhook_fn *fn)
{
	assert(fn && !h->fn);
	h->fn = fn;
	list_append(&loop->hooks, &h->node);
}

void turnhook_stop(struct turnhook *h)
{
	if (!h->fn)
		return;
	list_remove(&h->node);
	h->fn = NULL;
}

/* Move `cursor` behind the node after it; that node, or NULL at the end. */
static struct list *cursor_next(struct list *cursor, struct list *head)
{
	struct list *node = cursor->next;

	list_remove(cursor);
	if (node == head)
		return NULL;
	list_append(node->next, cursor);
	return node;
}

static void cursor_start(struct list *cursor, struct list *head)
{
	list_append(head->next, cursor);
}

static void call_hooks(struct loop *loop)
{
	struct list cursor;
	struct list *node;

	cursor_start(&cursor, &loop->hooks);
	while ((node = cursor_next(&cursor, &loop->hooks))) {
		struct turnhook *h = container_of(node, struct turnhook, node);

		h->fn(h); /* may free it */
	}
}

/* ---- signals, and calls from threads ---- */

int sigwatch_start(struct loop *loop, struct sigwatch *s, int signo,
		   sigwatch_fn *fn, struct err *err)
{
	struct sigaction act = { .sa_handler = on_signal,
				 .sa_flags = SA_RESTART };

	assert(!s->loop && fn && signo > 0 && signo < NSIGNALS);
	assert(signal_pipe == -1 || signal_pipe == loop->wake_out);
	sigemptyset(&act.sa_mask);
	if (list_empty(&loop->sigwatches))
		signal_pipe = loop->wake_out;
	if (!loop->signals[signo].users &&
	    sigaction(signo, &act, &loop->signals[signo].old)) {
		err_set_errno(err, ERR_LOCAL, _("cannot catch signal %d"),
			      signo);
		if (list_empty(&loop->sigwatches))
			signal_pipe = -1;
		return -1;
	}
	loop->signals[signo].users++;
	*s = (struct sigwatch){ .loop = loop, .fn = fn, .signo = signo };
	list_append(&loop->sigwatches, &s->node);
	return 0;
}

int sigwatch_start_heeded(struct loop *loop, struct sigwatch *s, int signo,
			  sigwatch_fn *fn, struct err *err)
{
	struct sigaction act;

	if (!sigaction(signo, NULL, &act) && act.sa_handler == SIG_IGN)
		return 0;
	return sigwatch_start(loop, s, signo, fn, err);
}

void sigwatch_stop(struct sigwatch *s)
{
	struct loop *loop = s->loop;

	if (!loop)
		return;
	list_remove(&s->node);
	s->loop = NULL;
	if (--loop->signals[s->signo].users)
		return;
	(void)sigaction(s->signo, &loop->signals[s->signo].old, NULL);
	if (list_empty(&loop->sigwatches))
		signal_pipe = -1;
}

static void call_sigwatches(struct loop *loop, int signo)
{
	struct list cursor;
	struct list *node;

	cursor_start(&cursor, &loop->sigwatches);
	while ((node = cursor_next(&cursor, &loop->sigwatches))) {
		struct sigwatch *s = container_of(node, struct sigwatch, node);

		if (s->signo == signo)
			s->fn(s, signo); /* may free it */
	}
}

void loop_post(struct loop *loop, struct post *p)
{
	ssize_t n;
	bool first;

	p->next = NULL;
	pthread_mutex_lock(&loop->post_lock);
	first = !loop->post_first;
	*loop->post_last = p;
	loop->post_last = &p->next;
	/* A full pipe wakes the loop as well, so EAGAIN is fine. */
	n = first ? write(loop->wake_out, "", 1) : 0;
	(void)n;
	pthread_mutex_unlock(&loop->post_lock);
}

static void call_posts(struct loop *loop)
{
	struct post *p;

	pthread_mutex_lock(&loop->post_lock);
	p = loop->post_first;
	loop->post_first = NULL;
	loop->post_last = &loop->post_first;
	pthread_mutex_unlock(&loop->post_lock);
	while (p) {
		struct post *next = p->next;

		p->fn(p); /* may free it */
		p = next;
	}
}

static void on_wake(struct watch *w, unsigned int events)
{
	struct loop *loop = container_of(w, struct loop, wake);
	unsigned char bytes[64];
	ssize_t n = read(loop->wake_in, bytes, sizeof(bytes));

	(void)events;
	call_posts(loop);
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i])
			call_sigwatches(loop, bytes[i]);
	}
}

void loop_hold(struct loop *loop)
{
	loop->holds++;
}

void loop_unhold(struct loop *loop)
{
	assert(loop->holds);
	loop->holds--;
}

/* ---- children nobody asks about any more ---- */

static void check_dying(struct timer *t)
{
	(void)t; /* the end of the turn does */
}

static void add_dying(struct loop *loop, pid_t pid, uint64_t kill_ns)
{
	loop->dying = grow_array(loop->dying, &loop->dying_cap, loop->ndying,
				 sizeof(*loop->dying));
	loop->dying[loop->ndying++] =
		(struct dying){ .pid = pid, .kill_ns = kill_ns };
}

void loop_reap(struct loop *loop, pid_t pid)
{
	add_dying(loop, pid, 0);
}

void loop_end_group(struct loop *loop, pid_t pid)
{
	(void)kill(-pid, SIGHUP);
	(void)kill(-pid, SIGCONT); /* or it would not hear of it */
	add_dying(loop, pid, loop->now_ns + END_GRACE_MS * NS_PER_MS);
	loop->check_ms = 1;
	timer_start(loop, &loop->check_dying, loop->check_ms, check_dying);
}

/*
 * Whether `pid` has ended, without collecting it: its number stays taken, so
 * that what is left of its group can be killed.
 */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}

/* Whether it was collected.  A killed process needs a moment to die. */
static bool reap_one(const struct loop *loop, struct dying *d)
{
	if (d->kill_ns && (loop->now_ns >= d->kill_ns || has_ended(d->pid))) {
		(void)kill(-d->pid, SIGKILL);
		d->kill_ns = 0;
	}
	return !d->kill_ns && waitpid(d->pid, NULL, WNOHANG) != 0;
}

static void reap(struct loop *loop)
{
	size_t kept = 0;
	bool asked = false;

	for (size_t i = 0; i < loop->ndying; i++) {
		if (reap_one(loop, &loop->dying[i]))
			continue;
		asked |= loop->dying[i].kill_ns != 0;
		loop->dying[kept++] = loop->dying[i];
	}
	loop->ndying = kept;
	if (!asked) {
		timer_stop(loop, &loop->check_dying);
	} else if (!timer_armed(&loop->check_dying)) {
		if (loop->check_ms < CHECK_MAX_MS)
			loop->check_ms *= 2;
		timer_start(loop, &loop->check_dying, loop->check_ms,
			    check_dying);
	}
}

/* ---- the loop itself ---- */

static int wake_init(struct loop *loop, struct err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return err_set_errno(err, ERR_LOCAL, _("cannot make a pipe"));
	loop->wake_in = fds[0];
	loop->wake_out = fds[1];
	return watch_start(loop, &loop->wake, loop->wake_in, WATCH_IN, on_wake,
			   err);
}

static void destroy(struct loop *loop)
{
	watch_stop(&loop->wake);
	backend_free(loop->backend);
	if (loop->wake_in >= 0)
		close(loop->wake_in);
	if (loop->wake_out >= 0)
		close(loop->wake_out);
	pthread_mutex_destroy(&loop->post_lock);
	timer_heap_release(&loop->timers);
	free(loop->ready.v);
	free(loop->watches);
	free(loop->dying);
	free(loop);
}

struct loop *loop_new(struct err *err)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	list_init(&loop->always);
	list_init(&loop->defers);
	list_init(&loop->hooks);
	list_init(&loop->sigwatches);
	pthread_mutex_init(&loop->post_lock, NULL);
	loop->post_last = &loop->post_first;
	loop->wake_in = loop->wake_out = -1;
	loop->now_ns = monotonic_ns();
	loop->backend = backend_new(err);
	if (!loop->backend || wake_init(loop, err)) {
		destroy(loop);
		return NULL;
	}
	return loop;
}

struct loop *loop_new_virtual(struct err *err)
{
	struct loop *loop = loop_new(err);

	if (loop)
		loop->virtual_clock = true;
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	assert(!loop->in_turn);
	call_posts(loop); /* so that their owners can release them */
	reap(loop);
	while (timer_armed(&loop->check_dying) &&
	       loop_turn(loop, true, NULL) >= 0)
		continue;
	timer_stop(loop, &loop->check_dying);
	assert(loop->nwatches == 1); /* the wake-up pipe's */
	assert(!loop->timers.n);
	assert(list_empty(&loop->defers));
	assert(list_empty(&loop->sigwatches));
	destroy(loop);
}

/* Whether anything can still happen without a signal. */
static bool alive(const struct loop *loop)
{
	return loop->nwanting > 1 || loop->holds || loop->timers.n ||
	       !list_empty(&loop->defers);
}

/* How long to sleep, in milliseconds rounded up; -1 for ever. */
static int sleep_ms(const struct loop *loop, bool block)
{
	uint64_t due_ns;
	uint64_t now_ns;
	uint64_t ms;

	if (!block || !alive(loop) || !list_empty(&loop->defers) ||
	    !list_empty(&loop->always))
		return 0;
	if (!timer_heap_next(&loop->timers, &due_ns))
		return -1;
	now_ns = monotonic_ns();
	if (loop->virtual_clock || due_ns <= now_ns)
		return 0;
	ms = (due_ns - now_ns - 1) / NS_PER_MS + 1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void set_clock(struct loop *loop, bool may_jump)
{
	uint64_t due_ns;

	if (!loop->virtual_clock)
		loop->now_ns = monotonic_ns();
	else if (may_jump && !loop->ready.n && list_empty(&loop->defers) &&
		 timer_heap_next(&loop->timers, &due_ns) &&
		 due_ns > loop->now_ns)
		loop->now_ns = due_ns;
}

int loop_turn(struct loop *loop, bool block, struct err *err)
{
	uint64_t armed_before = loop->timers.next_seq;
	bool called;

	assert(!loop->in_turn);
	loop->ready.n = 0;
	if (backend_wait(loop->backend, sleep_ms(loop, block), &loop->ready,
			 err))
		return -1;
	collect_ready(loop);
	set_clock(loop, block);
	loop->in_turn = true;
	called = call_watchers(loop);
	called |= timer_heap_fire(&loop->timers, loop->now_ns, armed_before);
	called |= call_defers(loop);
	if (called)
		call_hooks(loop);
	reap(loop);
	loop->in_turn = false;
	return called;
}

int loop_run(struct loop *loop, struct err *err)
{
	int rc = 0;

	while (!loop->stopped && alive(loop) && rc >= 0)
		rc = loop_turn(loop, true, err);
	loop->stopped = false;
	return rc < 0 ? -1 : 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
