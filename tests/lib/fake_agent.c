/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/fake_agent.h"

#include "lib/test.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static uint32_t word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void fake_close(struct fake_agent *f)
{
	if (f->fd < 0)
		return;
	timer_stop(f->loop, &f->reply);
	watch_stop(&f->read);
	close(f->fd);
	f->fd = -1;
}

static void fake_say(struct fake_agent *f, const void *p, size_t n)
{
	assert_int_equal(send(f->fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void fake_reply(struct timer *t)
{
	struct fake_agent *f = container_of(t, struct fake_agent, reply);
	unsigned int count = 0;

	for (size_t at = 0; at + 4 <= f->len; at += 4 + word(f->in + at))
		count++;
	if (count > f->most)
		f->most = count;
	if (f->manner == FAKE_UNASKED)
		fake_say(f, f->in, f->len);
	if (f->manner == FAKE_TOO_LONG)
		fake_say(f, "\xff\xff\xff\xff", 4);
	else if (f->answer)
		fake_say(f, f->answer, f->answer_len);
	else
		fake_say(f, f->in, f->len);
	f->len = 0;
}

static void fake_read(struct watch *w, unsigned int events)
{
	struct fake_agent *f = container_of(w, struct fake_agent, read);
	ssize_t n = recv(f->fd, f->in + f->len, sizeof(f->in) - f->len, 0);

	(void)events;
	if (n <= 0 || f->manner == FAKE_HANG_UP) {
		fake_close(f);
		return;
	}
	f->len += (size_t)n;
	if (f->manner != FAKE_SILENT)
		timer_start(f->loop, &f->reply, 10, fake_reply);
}

static void fake_accept(struct watch *w, unsigned int events)
{
	struct fake_agent *f = container_of(w, struct fake_agent, accept);

	(void)events;
	assert_int_equal(f->fd, -1);
	f->fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(f->fd >= 0);
	f->connections++;
	assert_int_equal(watch_start(f->loop, &f->read, f->fd, WATCH_IN,
				     fake_read, NULL),
			 0);
}

void fake_agent_start(struct fake_agent *f, enum fake_manner manner)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	*f = (struct fake_agent){ .manner = manner,
				  .dir = "/tmp/rsh-agent-XXXXXX",
				  .fd = -1,
				  .loop = loop_new_virtual(NULL) };
	assert_non_null(f->loop);
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	memcpy(sun.sun_path, f->path, strlen(f->path) + 1);
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(f->listener, (const struct sockaddr *)&sun, sizeof(sun)),
		0);
	assert_int_equal(listen(f->listener, 5), 0);
	assert_int_equal(watch_start(f->loop, &f->accept, f->listener, WATCH_IN,
				     fake_accept, NULL),
			 0);
}

void fake_agent_stop(struct fake_agent *f)
{
	fake_close(f);
	watch_stop(&f->accept);
	close(f->listener);
	unlink(f->path);
	rmdir(f->dir);
	loop_free(f->loop);
}
