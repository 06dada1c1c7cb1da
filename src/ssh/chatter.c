/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands of ssh_config(5) that run here say, as messages.
 */
#include "ssh/chatter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#include "base/banned.h"

#define DRAIN_READS 64
#define ALL_TOLD    64 /* lines; further ones only as fast as log.h allows */

static void tell_line(struct chatter *c, size_t n)
{
	if (n && c->line[n - 1] == '\r')
		n--;
	log_msg(c->told < ALL_TOLD ? LOG_ERROR : LOG_INFO, "%s: %.*s", c->label,
		(int)n, c->line);
	c->told += c->told < ALL_TOLD;
}

static void tell_lines(struct chatter *c)
{
	char *lf;

	while ((lf = memchr(c->line, '\n', c->n))) {
		size_t n = (size_t)(lf - c->line);

		tell_line(c, n);
		c->n -= n + 1;
		memmove(c->line, lf + 1, c->n);
	}
	if (c->n < sizeof(c->line))
		return;
	tell_line(c, c->n);
	c->n = 0;
}

/* One read; false when there is nothing now. */
static bool read_some(struct chatter *c)
{
	ssize_t n;

	if (!watch_active(&c->watch))
		return false;
	n = read(*c->fd, c->line + c->n, sizeof(c->line) - c->n);
	if (n > 0) {
		c->n += (size_t)n;
		tell_lines(c);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	watch_stop(&c->watch);
	close(*c->fd);
	*c->fd = -1;
	if (c->n)
		tell_line(c, c->n);
	c->n = 0;
	return false;
}

static void readable(struct watch *w, unsigned int events)
{
	(void)events;
	(void)read_some(container_of(w, struct chatter, watch));
}

int chatter_start(struct chatter *c, struct loop *loop, const char *label,
		  int *fd, struct err *err)
{
	c->label = label;
	c->fd = fd;
	return *fd < 0 ? 0
		       : watch_start(loop, &c->watch, *fd, WATCH_IN, readable,
				     err);
}

void chatter_drain(struct chatter *c)
{
	/* Bounded: what another process goes on writing is not waited for. */
	for (int i = 0; i < DRAIN_READS && read_some(c); i++)
		continue;
}

void chatter_stop(struct chatter *c)
{
	if (c->n && watch_active(&c->watch))
		tell_line(c, c->n);
	c->n = 0;
	watch_stop(&c->watch);
}
