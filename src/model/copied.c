/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a copy is.
 */
#include "model/copied.h"

#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"

#include "base/banned.h"

#define MS_PER_S 1000
#define NS_PER_S UINT64_C(1000000000)
#define LEFT_MAX ((uint64_t)999 * 86400) /* seconds; more is no estimate */

/* What a host says of itself may be anything. */
static uint64_t sum(uint64_t a, uint64_t b)
{
	return b < UINT64_MAX - a ? a + b : UINT64_MAX;
}

void copied_add(struct copied *all, const struct copied *one)
{
	all->files = sum(all->files, one->files);
	all->bytes = sum(all->bytes, one->bytes);
	all->moved = sum(all->moved, one->moved);
	all->total = sum(all->total, one->total);
	all->all_known &= one->all_known;
}

int copied_percent(const struct copied *c)
{
	if (!c->all_known)
		return -1;
	if (c->moved >= c->total)
		return 100;
	return (int)((double)c->moved * 100 / (double)c->total);
}

uint64_t copied_per_s(uint64_t bytes, uint64_t ns)
{
	double rate = ns ? (double)bytes * NS_PER_S / (double)ns : 0;

	return rate < (double)(UINT64_MAX >> 1) ? (uint64_t)rate : UINT64_MAX;
}

void copied_pace(struct strbuf *sb, const struct copied *c, uint64_t per_s)
{
	struct strbuf span = STRBUF_INIT(64);
	uint64_t rest = c->total - c->moved;
	uint64_t left = per_s ? rest / per_s + (rest % per_s != 0) : UINT64_MAX;

	text_size(sb, per_s);
	(void)strbuf_addstr(sb, "/s");
	if (c->all_known && c->moved < c->total && left <= LEFT_MAX) {
		text_span(&span, left * MS_PER_S);
		/* TRANSLATORS: a time, as "11s" */
		(void)strbuf_addf(sb, _(", %s left"), span.buf);
	}
	strbuf_release(&span);
}

void copied_text(struct strbuf *sb, const struct copied *c, uint64_t per_s)
{
	struct strbuf moved = STRBUF_INIT(64);
	struct strbuf total = STRBUF_INIT(64);

	text_size(&moved, c->moved);
	text_size(&total, c->total);
	if (c->all_known)
		/* TRANSLATORS: sizes, as "41.2M of 100.0M" */
		(void)strbuf_addf(sb, _("%s of %s"), moved.buf, total.buf);
	else
		(void)strbuf_addstr(sb, moved.buf);
	(void)strbuf_addstr(sb, ", ");
	copied_pace(sb, c, per_s);
	strbuf_release(&moved);
	strbuf_release(&total);
}
