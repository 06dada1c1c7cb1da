/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors: a class and a sentence.
 */
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

static const char *const names[ERR_NCODES] = {
	/* clang-format off */
	[ERR_NONE]      = "ok",
	[ERR_USAGE]     = "usage",
	[ERR_CONFIG]    = "config",
	[ERR_RESOLVE]   = "resolve",
	[ERR_CONNECT]   = "connect",
	[ERR_PROTOCOL]  = "protocol",
	[ERR_HOSTKEY]   = "hostkey",
	[ERR_AUTH]      = "auth",
	[ERR_CHANNEL]   = "channel",
	[ERR_TIMEOUT]   = "timeout",
	[ERR_LOST]      = "lost",
	[ERR_LOCAL]     = "local",
	[ERR_COPY]      = "copy",
	[ERR_CANCELLED] = "cancelled",
	/* clang-format on */
};

const char *err_name(enum err_code code)
{
	assert(code < ERR_NCODES);
	return names[code];
}

void err_release(struct err *err)
{
	if (!err)
		return;
	free(err->msg);
	free(err->block);
	free(err->ssh);
	*err = (struct err){ 0 };
}

static int set(struct err *err, enum err_code code, char *msg)
{
	assert(code != ERR_NONE && code < ERR_NCODES);
	if (!err) {
		free(msg);
		return -1;
	}
	err_release(err);
	err->code = code;
	err->msg = msg;
	return -1;
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;
	char *msg;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	return set(err, code, msg);
}

int err_set_errno(struct err *err, enum err_code code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	char *text, *msg;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	msg = xasprintf("%s: %s", text, strerror(saved));
	free(text);
	return set(err, code, msg);
}

void err_block(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->code == ERR_NONE)
		return;
	free(err->block);
	va_start(ap, fmt);
	err->block = xvasprintf(fmt, ap);
	va_end(ap);
}

void err_as_ssh(struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (!err || err->code == ERR_NONE)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	free(err->ssh);
	err->ssh = text;
}

void err_prefix(struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text, *msg;

	if (!err || err->code == ERR_NONE)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	msg = xasprintf("%s%s", text, err->msg);
	free(text);
	free(err->msg);
	err->msg = msg;
}

void err_suggest_program(struct err *err)
{
	if (err && err->code != ERR_NONE)
		err->needs_program = true;
}

void err_move(struct err *to, struct err *from)
{
	err_release(to);
	*to = *from;
	*from = (struct err){ 0 };
}

void err_copy(struct err *to, const struct err *from)
{
	err_release(to);
	to->code = from->code;
	to->needs_program = from->needs_program;
	to->msg = from->msg ? xstrdup(from->msg) : NULL;
	to->block = from->block ? xstrdup(from->block) : NULL;
	to->ssh = from->ssh ? xstrdup(from->ssh) : NULL;
}
