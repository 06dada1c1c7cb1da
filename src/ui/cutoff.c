/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on its way when a key ends what runs.
 */
#include "ui/cutoff.h"

#include <string.h>

#include "base/strbuf.h"
#include "ui/passprompt.h"
#include "ui/sgr.h"

#include "base/banned.h"

#define MAX_NS	  5000000000ull
#define PROMPT_NS 100000000ull
#define LONG_NS	  30000000000ull
#define NS	  1000000000ull
#define BEFORE	  128 /* bytes that tell text from anything else */
#define AWAY_MAX  ((uint64_t)4 << 20)  /* bytes; more are not on their way */
#define SLOW	  ((uint64_t)64 << 10) /* bytes in a second; less are news */

void cutoff_begin(struct cutoff *c, uint64_t now)
{
	*c = (struct cutoff){ .since_ns = now, .last_ns = now };
}

/* Ctrl+C and Ctrl+\, as terminals echo them. */
static bool is_second(char c)
{
	return c == 'C' || c == '\\';
}

static bool is_text(char c)
{
	return (unsigned char)c >= ' ' ? c != 0x7f
				       : strchr("\t\r\n\033", c) && c;
}

/*
 * Bytes that are no text look like an echo time and again.  One stands behind
 * text, or ends the line; what came before the key is not known, and may have
 * been text.
 */
static bool is_echo(const struct cutoff *c, const char *buf, size_t n,
		    size_t at)
{
	size_t i = at;

	if (at + 1 >= n || !is_second(buf[at + 1]))
		return false;
	if (at + 3 < n && !memcmp(buf + at + 2, "\r\n", 2))
		return true;
	while (i && at - i < BEFORE && is_text(buf[i - 1]))
		i--;
	return at - i == BEFORE || (!i && !c->bytes);
}

/* Where the echo begins; `n`: it is not there. */
static size_t find_echo(const struct cutoff *c, const char *buf, size_t n)
{
	const char *end = buf + n;
	const char *p = memchr(buf, '^', n);

	while (p && !is_echo(c, buf, n, (size_t)(p - buf)))
		p = memchr(p + 1, '^', (size_t)(end - p - 1));
	return p ? (size_t)(p - buf) : n;
}

/* Whether the last of it is no text. */
static bool ends_in_bytes(const char *buf, size_t n)
{
	size_t from = n > BEFORE ? n - BEFORE : 0;

	while (from < n && is_text(buf[from]))
		from++;
	return from < n;
}

/* The unfinished line of what is left out. */
static void keep_line(struct cutoff *c, const char *buf, size_t n)
{
	size_t from = n;

	while (from && buf[from - 1] != '\n')
		from--;
	if (from)
		c->nline = 0;
	buf += from;
	n -= from;
	if (c->nline > sizeof(c->line) || n > sizeof(c->line) - c->nline) {
		c->nline = sizeof(c->line) + 1;
		return;
	}
	if (n)
		memcpy(c->line + c->nline, buf, n);
	c->nline += n;
}

static bool looks_like(const struct cutoff *c,
		       bool (*is)(const char *text, size_t n))
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool yes;

	if (c->nline > sizeof(c->line) || ends_in_bytes(c->line, c->nline))
		return false;
	sgr_see(c->line, c->nline, &text);
	yes = is(text.buf, text.len);
	strbuf_release(&text);
	return yes;
}

static bool asks(const struct cutoff *c)
{
	return c->nline <= sizeof(c->line) && memchr(c->line, ':', c->nline) &&
	       looks_like(c, passprompt_is);
}

/* Who asks prints no more. */
static void leave_out(struct cutoff *c, const char *buf, size_t n)
{
	c->left += n;
	keep_line(c, buf, n);
	if (asks(c))
		c->since_ns = 0;
}

/* What is on its way comes fast, and is not without end. */
static bool is_long(const struct cutoff *c, uint64_t now)
{
	const uint64_t span = now - c->since_ns;

	return span > MAX_NS && (span > LONG_NS || c->left > AWAY_MAX ||
				 c->left / (span / NS) < SLOW);
}

/* Behind what may be a shell's prompt less will do. */
static bool is_late(const struct cutoff *c, uint64_t now)
{
	const uint64_t quiet = now - c->last_ns;

	return quiet > CUTOFF_QUIET_NS || is_long(c, now) ||
	       (quiet > PROMPT_NS && looks_like(c, shellprompt_is));
}

size_t cutoff_length(struct cutoff *c, uint64_t now, const char *buf, size_t n)
{
	const bool late = is_late(c, now);
	size_t at;

	if (!c->since_ns || !n)
		return 0;
	at = c->caret && !c->bytes && is_second(buf[0]) ? 0
							: find_echo(c, buf, n);
	c->last_ns = now;
	c->bytes = ends_in_bytes(buf, n) || (c->bytes && n < BEFORE);
	c->caret = buf[n - 1] == '^';
	if (!late && at == n) {
		leave_out(c, buf, n);
		return n;
	}
	c->since_ns = 0;
	if (late)
		return 0;
	/* What the terminal had of that line is no more on its screen. */
	c->nline = 0;
	return at;
}

void cutoff_before(struct cutoff *c, const char *buf, size_t n)
{
	if (c->since_ns && n)
		leave_out(c, buf, n);
}

void cutoff_tick(struct cutoff *c, uint64_t now)
{
	if (c->since_ns && is_late(c, now))
		c->since_ns = 0;
}

const char *cutoff_rest(struct cutoff *c, size_t *n)
{
	*n = c->nline > sizeof(c->line) ? 0 : c->nline;
	c->nline = 0;
	return c->line;
}
