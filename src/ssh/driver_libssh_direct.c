/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: channels to somewhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "ssh/driver_libssh.h"

#include "base/banned.h"

/* libssh numbers the channels of a connection from here. */
#define FIRST_NUMBER 43

/* RFC 4254, 5.1 */
#define REASON_PROHIBITED 1
#define REASON_SHORTAGE	  4

static bool number_after(const char *text, const char *word, uint64_t *number)
{
	const char *at = strstr(text, word);
	char *digits;
	int rc;

	if (!at)
		return false;
	at += strlen(word);
	digits = xstrndup(at, strspn(at, "0123456789"));
	rc = parse_uint(digits, 0, UINT32_MAX, number);
	free(digits);
	return rc == 0;
}

static char *name_of(const struct drv_direct *to)
{
	return to->path ? xstrdup(to->path)
			: xasprintf(_("%s port %u"), to->host, to->port);
}

/*
 * libssh has one text for all channels of a connection: it counts only for the
 * one that it names.
 */
static void explain(const struct drv_channel *ch, struct drv_refused *why)
{
	const char *text = ssh_get_error(ch->c->s);
	uint64_t number, code;
	char *vis;

	*why = (struct drv_refused){ .kind = DRV_REFUSED_UNKNOWN };
	if (!number_after(text, "failure: channel ", &number) ||
	    !number_after(text, "error (", &code) ||
	    number != ch->number + FIRST_NUMBER - 1)
		return;
	why->kind = code == REASON_PROHIBITED || code == REASON_SHORTAGE
			    ? DRV_REFUSED_BUSY
			    : DRV_REFUSED_OTHER;
	why->reason = (uint32_t)code;
	vis = chan_refusal_text(text);
	if (vis)
		(void)snprintf(why->text, sizeof(why->text), "%s", vis);
	free(vis);
}

static void tell(const struct drv_direct *to, const struct drv_refused *why,
		 struct err *err)
{
	char *name = name_of(to);

	if (why->kind == DRV_REFUSED_UNKNOWN)
		err_set(err, ERR_CHANNEL, _("it does not connect to %s"), name);
	else
		err_set(err, ERR_CHANNEL, _("it does not connect to %s: %s"),
			name, why->text[0] ? why->text : _("no reason given"));
	free(name);
}

static int ask(struct drv_channel *ch, const struct drv_direct *to)
{
	/* From where the connection would come, as ssh says it of none. */
	const char *from = to->from_host ? to->from_host : "127.0.0.1";
	int port = to->from_host ? to->from_port : 65535;

	if (to->path)
		return ssh_channel_open_forward_unix(ch->ch, to->path, from,
						     port);
	return ssh_channel_open_forward(ch->ch, to->host, to->port, from, port);
}

enum drv_rc chan_open_direct(struct drv_channel *ch,
			     const struct drv_direct *to,
			     struct drv_refused *why, struct err *err)
{
	bool refused;
	enum drv_rc rc;

	*why = (struct drv_refused){ .kind = DRV_REFUSED_OTHER };
	if (!ch->ch)
		return conn_fail(ch->c, err);
	chan_count_opening(ch);
	rc = chan_settle_opening(ch, ask(ch, to), &refused, err);
	if (refused) {
		explain(ch, why);
		tell(to, why, err);
		conn_settle(ch->c);
	}
	return rc;
}
