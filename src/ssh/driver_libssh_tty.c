/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: terminals, subsystems, new keys, and what is sent without
 * an answer.
 *
 * libssh drops a request that meets one under way on the same channel, so
 * signals, sizes and breaks wait for that to be over.
 */
#include <string.h>

#include "base/gettext.h"
#include "ssh/driver_libssh.h"

#include "base/banned.h"

/* Before 0.11 no modes can be sent: the terminal has the server's own. */
static int request_pty(struct drv_channel *ch, const struct drv_pty *pty)
{
	const int columns = (int)pty->size.columns;
	const int lines = (int)pty->size.lines;

#if LIBSSH_VERSION_INT >= SSH_VERSION_INT(0, 11, 0)
	if (pty->modes)
		return ssh_channel_request_pty_size_modes(
			ch->ch, pty->term, columns, lines, pty->modes,
			pty->modes_len);
#endif
	return ssh_channel_request_pty_size(ch->ch, pty->term, columns, lines);
}

enum drv_rc chan_pty(struct drv_channel *ch, const struct drv_pty *pty,
		     bool *given, struct err *err)
{
	bool refused;
	enum drv_rc rc =
		chan_settle_request(ch, request_pty(ch, pty), &refused, err);

	*given = !refused;
	if (refused)
		rc = DRV_OK;
	if (rc == DRV_OK)
		chan_end_request(ch);
	conn_settle(ch->c);
	return rc;
}

enum drv_rc chan_subsystem(struct drv_channel *ch, const char *name,
			   struct err *err)
{
	int asked = ssh_channel_request_subsystem(ch->ch, name);
	bool refused;
	enum drv_rc rc = chan_settle_request(ch, asked, &refused, err);

	if (refused)
		err_set(err, ERR_CHANNEL,
			_("the server has no subsystem '%s', or refused it"),
			name);
	if (rc == DRV_OK)
		chan_end_request(ch);
	conn_settle(ch->c);
	return rc;
}

static void send_size(struct drv_channel *ch)
{
	(void)ssh_channel_change_pty_size(ch->ch, (int)ch->size.columns,
					  (int)ch->size.lines);
	ch->size = (struct drv_size){ 0 };
}

void chan_end_request(struct drv_channel *ch)
{
	ch->asking = false;
	if (ch->size.columns)
		send_size(ch);
	if (ch->break_ms)
		(void)ssh_channel_request_send_break(ch->ch, ch->break_ms);
	ch->break_ms = 0;
	if (ch->signal[0])
		(void)ssh_channel_request_send_signal(ch->ch, ch->signal);
	ch->signal[0] = '\0';
}

static bool can_send(const struct drv_channel *ch)
{
	return ch->opened && !ch->closed && !conn_dead(ch->c);
}

static void send_now(struct drv_channel *ch)
{
	if (ch->asking)
		return;
	chan_end_request(ch);
	conn_settle(ch->c);
}

void chan_resize(struct drv_channel *ch, const struct drv_size *size)
{
	if (!can_send(ch) || !size->columns)
		return;
	ch->size = *size;
	send_now(ch);
}

void chan_break(struct drv_channel *ch, unsigned int ms)
{
	if (!can_send(ch))
		return;
	ch->break_ms = ms;
	send_now(ch);
}

void chan_signal(struct drv_channel *ch, const char *signame)
{
	size_t n = strlen(signame);

	if (!can_send(ch) || n >= sizeof(ch->signal))
		return;
	memcpy(ch->signal, signame, n + 1);
	send_now(ch);
}

/*
 * libssh has no call for it, but looks at the age of the keys whenever it sends
 * something, and at the limit then in force.
 */
void conn_rekey(struct drv_conn *c)
{
	const uint32_t soon = 1;

	if (conn_dead(c))
		return;
	(void)ssh_options_set(c->s, SSH_OPTIONS_REKEY_TIME, &soon);
	(void)ssh_send_ignore(c->s, "");
	(void)ssh_options_set(c->s, SSH_OPTIONS_REKEY_TIME, &c->rekey_seconds);
	conn_settle(c);
}
