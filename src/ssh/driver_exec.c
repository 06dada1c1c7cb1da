/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver behind `--rcmd exec`: a process here, once per target, with %h
 * %n %u %% replaced in its words.  No shell, no network.
 *
 * One connection carries one channel and the channel one process.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "conf/percent.h"
#include "ssh/process.h"

#include "base/banned.h"

#define WORD_MAX ((size_t)1 << 20) /* bytes in one word after %-expansion */

struct drv_conn {
	struct drv_params params;
	struct drv_channel *ch;
	struct process process;
	bool paused;
};

static struct drv_conn *conn_new(const struct drv_params *params,
				 struct err *err)
{
	struct drv_conn *c = xcalloc(1, sizeof(*c));

	(void)err;
	c->params = *params;
	return c;
}

static void conn_free(struct drv_conn *c)
{
	free(c);
}

static int expand_words(const struct drv_params *p, struct strvec *out,
			struct err *err)
{
	char *rank = xasprintf("%u", p->subst_rank);
	const struct percent_token tokens[] = {
		{ 'h', p->subst_host },
		{ 'n', rank },
		{ 'u', p->user ? p->user : "" },
		{ 0 },
	};
	int rc = 0;

	for (size_t i = 0; i < p->argv->n && !rc; i++) {
		struct strbuf word = STRBUF_INIT(WORD_MAX);

		rc = percent_subst(p->argv->v[i], tokens, &word);
		if (rc)
			err_set(err, ERR_LOCAL,
				_("a word of the command is longer than %zu bytes"),
				word.max);
		strvec_push_take(out, strbuf_detach(&word, NULL));
	}
	free(rank);
	return rc;
}

static enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
			     struct err *err)
{
	struct drv_conn *c = ch->conn;
	const struct drv_params *p = &c->params;
	struct strvec argv = { 0 };
	enum drv_rc rc = DRV_ERROR;

	(void)command;
	if (expand_words(p, &argv, err))
		goto out;
	assert(argv.n);
	c->ch = ch;
	c->process.pipes.paused = c->paused;
	if (!process_start(&c->process, p->loop, &argv, p->wake, p->arg, err))
		rc = DRV_OK;
out:
	strvec_release(&argv);
	return rc;
}

static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	struct drv_channel *ch = c->ch;

	(void)err;
	if (ch && process_read(&c->process, ch->ev, ch->arg))
		process_tell_end(&c->process, ch->ev, ch->arg);
	return DRV_AGAIN;
}

static void pause_reading(struct drv_conn *c, bool paused)
{
	c->paused = paused;
	if (c->ch)
		process_pause(&c->process, paused);
}

static ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	return process_write(&ch->conn->process, buf, n);
}

static enum drv_rc chan_eof(struct drv_channel *ch)
{
	process_eof(&ch->conn->process);
	return DRV_OK;
}

static void chan_signal(struct drv_channel *ch, const char *signame)
{
	process_signal(&ch->conn->process, signame);
}

static enum drv_rc chan_close(struct drv_channel *ch)
{
	process_close(&ch->conn->process);
	return DRV_OK;
}

static void chan_free(struct drv_channel *ch)
{
	if (!ch)
		return;
	process_release(&ch->conn->process);
	ch->conn->process = (struct process){ 0 };
	pipes_chan_free(ch, &ch->conn->ch);
}

const struct ssh_driver driver_exec = {
	.name = "exec",
	.local = true,
	.conn_new = conn_new,
	.pump = pump,
	.pause = pause_reading,
	.conn_free = conn_free,
	.chan_new = pipes_chan_new,
	.chan_exec = chan_exec,
	.chan_write = chan_write,
	.chan_eof = chan_eof,
	.chan_close = chan_close,
	.chan_signal = chan_signal,
	.chan_free = chan_free,
};
