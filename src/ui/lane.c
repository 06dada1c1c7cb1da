/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a shell on a terminal prints, as lines.
 *
 * Notes: whether a terminal there echoes cannot be seen from here, and what
 * its shell edits lines with may write them in pieces, so an echo is known by
 * what is left of it without blanks.  A shell's prompt is known by its last
 * character.
 */
#include "ui/lane.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/altscreen.h"
#include "ui/passprompt.h"
#include "ui/sgr.h"

#include "base/banned.h"

#define NECHOES	   512 /* lines that were pasted, and */
#define ECHOES_MAX 65536
#define KEYS_TRIED 8
#define PROMPT_MAX 256 /* bytes of a question; a longer one is none */

/* A line that was sent, without its blanks. */
struct echo {
	char *text; /* NULL: none */
	size_t len;
	bool bare; /* it came without a prompt */
};

struct lane {
	struct altscreen other;
	struct strbuf held; /* the unfinished line, its bytes */
	size_t answered; /* of these: what stood there when a line was sent */
	bool shown;	 /* what is held was shown */
	bool answered_shown;
	struct echo *echoes; /* the oldest first */
	size_t nechoes, echoes_cap;
	size_t echo_bytes;    /* of all of them */
	unsigned int empty;   /* lines without text that were sent */
	unsigned int secrets; /* lines of which at most the end is echoed */
	bool rested;  /* the shell's prompt has stood since they were sent */
	char *prompt; /* what the shell's looks like; NULL: not known */
};

struct lane *lane_new(void)
{
	struct lane *l = xcalloc(1, sizeof(*l));

	strbuf_init(&l->held, SGR_LINE_MAX);
	return l;
}

static void forget_echoes(struct lane *l, size_t n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n; i++) {
		l->echo_bytes -= l->echoes[i].len;
		free(l->echoes[i].text);
	}
	l->nechoes -= n;
	memmove(l->echoes, l->echoes + n, l->nechoes * sizeof(*l->echoes));
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	forget_echoes(l, l->nechoes);
	free(l->echoes);
	strbuf_release(&l->held);
	free(l->prompt);
	free(l);
}

/* ---- what is seen ---- */

/* Where the last character begins. */
static size_t last_char(const struct strbuf *sb)
{
	size_t at = sb->len;

	while (at && ((unsigned char)sb->buf[--at] & 0xc0) == 0x80)
		;
	return at;
}

/*
 * The same of each part between CRs, and without blanks.  Where readline wraps
 * a line it writes a character, CR, and that character again.
 */
static void see_squeezed(const char *bytes, size_t n, struct strbuf *out)
{
	struct strbuf seen = STRBUF_INIT(16 * SGR_LINE_MAX);
	const char *end = bytes + n;
	struct sgr_line line;
	size_t len = 0;

	/* One for all: a bar has thousands of parts. */
	sgr_line_init(&line);
	while (bytes < end) {
		const char *cr = memchr(bytes, '\r', (size_t)(end - bytes));
		size_t part = (size_t)((cr ? cr : end) - bytes);
		size_t last = last_char(out);

		strbuf_reset(&seen);
		sgr_line_set(&line, bytes, part);
		sgr_line_text(&line, &seen);
		if (out->len > last && seen.len >= out->len - last &&
		    !memcmp(out->buf + last, seen.buf, out->len - last))
			strbuf_truncate(out, last);
		(void)strbuf_add(out, seen.buf, seen.len);
		bytes += part + (cr != NULL);
	}
	sgr_line_release(&line);
	strbuf_release(&seen);
	for (size_t i = 0; i < out->len; i++)
		if (out->buf[i] != ' ')
			out->buf[len++] = out->buf[i];
	strbuf_truncate(out, len);
}

/* Where what is seen ends, but for blanks. */
static size_t text_end(const char *text, size_t n)
{
	while (n && text[n - 1] == ' ')
		n--;
	return n;
}

/* Whether it is the prompt that is known, once or several times. */
static bool is_prompts(const struct lane *l, const char *text, size_t n)
{
	size_t len = l->prompt ? strlen(l->prompt) : 0;

	while (len && n >= len && !memcmp(l->prompt, text, len)) {
		text += len;
		n -= len;
	}
	return len && !n;
}

static void learn_prompt(struct lane *l, const char *text, size_t n)
{
	if (n > PROMPT_MAX || is_prompts(l, text, n))
		return;
	free(l->prompt);
	l->prompt = xstrndup(text, n);
}

/* ---- echoes ---- */

static void expect_echo(struct lane *l, const struct strbuf *text)
{
	while (l->nechoes && (l->nechoes == NECHOES ||
			      l->echo_bytes + text->len > ECHOES_MAX))
		forget_echoes(l, 1);
	l->echoes = grow_array(l->echoes, &l->echoes_cap, l->nechoes,
			       sizeof(*l->echoes));
	l->echoes[l->nechoes++] = (struct echo){
		.len = text->len,
		.text = xstrndup(text->buf, text->len),
	};
	l->echo_bytes += text->len;
}

void lane_sent(struct lane *l, const char *line, size_t n, bool secret)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);

	l->answered = l->held.len;
	l->answered_shown = l->shown;
	if (l->rested) {
		forget_echoes(l, l->nechoes);
		l->empty = l->secrets = 0;
		l->rested = false;
	}
	l->secrets += secret;
	if (secret || n > SGR_LINE_MAX)
		return;
	see_squeezed(line, n, &text);
	if (text.len)
		expect_echo(l, &text);
	else
		l->empty++;
	strbuf_release(&text);
}

/* Whether it is what stood there when a line was sent. */
static bool was_answered(const struct lane *l, const char *squeezed, size_t n)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool same;

	see_squeezed(l->held.buf, l->answered, &text);
	same = text.len == n && !memcmp(text.buf, squeezed, n);
	strbuf_release(&text);
	return same;
}

/* NULL: it is the echo of nothing. */
static struct echo *find_echo(struct lane *l, const struct strbuf *squeezed)
{
	for (size_t i = 0; i < l->nechoes; i++) {
		struct echo *e = &l->echoes[i];
		size_t before = squeezed->len - e->len;

		if (squeezed->len < e->len ||
		    memcmp(squeezed->buf + before, e->text, e->len) != 0)
			continue;
		if (before ? shellprompt_is(squeezed->buf, before) ||
				     was_answered(l, squeezed->buf, before)
			   : !e->bare)
			return e;
	}
	return NULL;
}

/* ---- lines ---- */

/* Whether what stood there when a line was sent is known, or of no use. */
static bool is_answered(struct lane *l)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool answered = true;

	if (!l->answered)
		return false;
	if (!l->answered_shown) {
		sgr_see(l->held.buf, l->answered, &text);
		if (shellprompt_is(text.buf, text.len))
			learn_prompt(l, text.buf, text.len);
		else if (text.len)
			answered = false;
		strbuf_release(&text);
	}
	return answered;
}

static void show(const char *bytes, size_t n, lane_fn *fn, void *arg)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);

	sgr_see(bytes, n, &text);
	fn(arg, text.buf, text.len);
	strbuf_release(&text);
}

/* The same without the prompts of lines that were typed before them. */
static void show_line(struct lane *l, size_t from, lane_fn *fn, void *arg)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	size_t n = l->prompt ? strlen(l->prompt) : 0;
	size_t at = 0, echoes = 0;

	sgr_see(l->held.buf + from, l->held.len - from, &text);
	while (n && echoes < l->nechoes && l->echoes[echoes].bare &&
	       text.len - at >= n && !memcmp(text.buf + at, l->prompt, n)) {
		at += n;
		echoes++;
	}
	forget_echoes(l, echoes);
	fn(arg, text.buf + at, text.len - at);
	strbuf_release(&text);
}

/* Nothing but a prompt, or nothing at all, and an empty line was sent. */
static bool take_empty(struct lane *l, const struct strbuf *squeezed)
{
	unsigned int *sent = &l->empty;

	if (!squeezed->len || was_answered(l, squeezed->buf, squeezed->len))
		sent = l->secrets ? &l->secrets : &l->empty;
	else if (!shellprompt_is(squeezed->buf, squeezed->len))
		return false;
	if (!*sent)
		return false;
	--*sent;
	return true;
}

/*
 * The same behind the echo of Ctrl+C or Ctrl+\, where the shell was not there
 * yet: its prompt will come without one.  `at`: what is before it.
 */
static struct echo *find_behind_key(struct lane *l, size_t *at)
{
	const char *buf = l->held.buf;
	unsigned int tries = KEYS_TRIED;

	for (size_t i = l->held.len; tries && i-- > 1;) {
		struct strbuf rest = STRBUF_INIT(16 * SGR_LINE_MAX);
		struct echo *found = NULL;

		if (buf[i - 1] != '^' || (buf[i] != 'C' && buf[i] != '\\'))
			continue;
		tries--;
		see_squeezed(buf + i + 1, l->held.len - i - 1, &rest);
		for (size_t k = 0; !found && k < l->nechoes; k++)
			if (!l->echoes[k].bare &&
			    rest.len == l->echoes[k].len &&
			    !memcmp(rest.buf, l->echoes[k].text, rest.len))
				found = &l->echoes[k];
		strbuf_release(&rest);
		*at = i + 1;
		if (found)
			return found;
	}
	return NULL;
}

static bool take_behind_key(struct lane *l, lane_fn *fn, void *arg)
{
	size_t at = 0;
	struct echo *e = find_behind_key(l, &at);
	size_t from = e && is_answered(l) && l->answered < at ? l->answered : 0;

	if (!e)
		return false;
	show(l->held.buf + from, at - from, fn, arg);
	e->bare = true;
	return true;
}

/* What is held is the echo of what was sent, behind a prompt or without. */
static bool take_echo(struct lane *l, lane_fn *fn, void *arg)
{
	struct strbuf squeezed = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool prompt = l->answered && !is_answered(l);
	struct echo *e;
	bool taken;

	if (!l->nechoes && !l->empty && !l->secrets)
		return false;
	see_squeezed(l->held.buf, l->held.len, &squeezed);
	e = find_echo(l, &squeezed);
	taken = e || take_empty(l, &squeezed);
	if (taken && prompt)
		show(l->held.buf, l->answered, fn, arg);
	if (e && squeezed.len == e->len)
		e->bare = true;
	else if (e)
		forget_echoes(l, (size_t)(e - l->echoes) + 1);
	strbuf_release(&squeezed);
	return taken;
}

static void forget_line(struct lane *l)
{
	strbuf_reset(&l->held);
	l->answered = 0;
	l->shown = l->answered_shown = false;
}

static void end_line(struct lane *l, lane_fn *fn, void *arg)
{
	size_t n = l->held.len;
	size_t from = 0;

	while (n && l->held.buf[n - 1] == '\r')
		n--;
	strbuf_truncate(&l->held, n);
	if (l->answered > n)
		l->answered = n;
	if (!take_echo(l, fn, arg) && !take_behind_key(l, fn, arg)) {
		l->secrets = 0;
		if (is_answered(l))
			from = l->answered;
		show_line(l, from, fn, arg);
	}
	forget_line(l);
}

static void hold(struct lane *l, const char *p, size_t n, lane_fn *fn,
		 void *arg)
{
	while (n) {
		size_t room = SGR_LINE_MAX - l->held.len;
		size_t take = n < room ? n : room;

		(void)strbuf_add(&l->held, p, take);
		l->shown = false;
		p += take;
		n -= take;
		if (n)
			end_line(l, fn, arg);
	}
}

static void feed(struct lane *l, const char *p, size_t n, lane_fn *fn,
		 void *arg)
{
	const char *end = p + n;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));

		hold(l, p, (size_t)((newline ? newline : end) - p), fn, arg);
		if (!newline)
			return;
		end_line(l, fn, arg);
		p = newline + 1;
	}
}

static void drop(void *arg, const char *line, size_t n)
{
	(void)arg;
	(void)line;
	(void)n;
}

void lane_feed(struct lane *l, const void *bytes, size_t n, lane_fn *fn,
	       void *arg)
{
	const char *p = bytes;
	const char *end = p + n;

	while (p < end) {
		bool other = l->other.on;
		size_t len = altscreen_next(&l->other, p, (size_t)(end - p));

		feed(l, p, len, other ? drop : fn, arg);
		if (l->other.on != other)
			forget_line(l);
		p += len;
	}
}

void lane_skip(struct lane *l, const void *bytes, size_t n)
{
	const char *p = bytes;
	const char *end = p + n;

	while (p < end)
		p += altscreen_next(&l->other, p, (size_t)(end - p));
}

bool lane_full_screen(const struct lane *l)
{
	return l->other.on;
}

void lane_end(struct lane *l, lane_fn *fn, void *arg)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool told = !lane_tail(l, &text) || l->shown ||
		    shellprompt_is(text.buf, text.len);

	strbuf_release(&text);
	if (!told)
		end_line(l, fn, arg);
	strbuf_release(&l->held);
}

/* ---- the unfinished line ---- */

bool lane_tail(const struct lane *l, struct strbuf *out)
{
	size_t before = out->len;

	if (l->other.on)
		return false;
	sgr_see(l->held.buf, l->held.len, out);
	return text_end(out->buf + before, out->len - before) != 0;
}

bool lane_question(struct lane *l, struct strbuf *out)
{
	size_t before = out->len;

	if (l->shown || !lane_tail(l, out))
		return false;
	l->shown = true;
	if (!shellprompt_is(out->buf + before, out->len - before))
		return true;
	learn_prompt(l, out->buf + before, out->len - before);
	/* It waits for more: what was sent has been read, unless it was sent
	   since.  Or the host is slow, and what was typed ahead is read next:
	   it is known until a line is sent again. */
	if (l->held.len > l->answered)
		l->rested = true;
	strbuf_truncate(out, before);
	l->shown = false;
	return false;
}

bool lane_asks(const struct lane *l)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool asks;

	if (l->held.len == l->answered || l->held.len > PROMPT_MAX ||
	    !memchr(l->held.buf, ':', l->held.len))
		return false;
	sgr_see(l->held.buf + l->answered, l->held.len - l->answered, &text);
	asks = passprompt_is(text.buf, text.len);
	strbuf_release(&text);
	return asks;
}

bool lane_prompts(const struct lane *l)
{
	struct strbuf text = STRBUF_INIT(16 * SGR_LINE_MAX);
	bool prompts;

	if (!l->held.len || l->held.len > PROMPT_MAX)
		return false;
	prompts = lane_tail(l, &text) && shellprompt_is(text.buf, text.len);
	strbuf_release(&text);
	return prompts;
}

const char *lane_raw(const struct lane *l, size_t *n)
{
	*n = l->held.len;
	return l->held.buf;
}
