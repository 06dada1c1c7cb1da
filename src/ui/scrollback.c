/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of each host, in one text a host.
 *
 * A line is kept as a letter, its bytes and a newline.  The letter is that of
 * the stream, a capital when the line goes on in the next one.  The beginning
 * of each line whose number is a multiple of `stride` is noted; when there are
 * too many notes every other one is dropped and the stride doubled.
 */
#include "ui/scrollback.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/spill.h"
#include "ui/sgr.h"
#include "base/banned.h"

#define TEXT_MAX    ((size_t)1 << 20) /* of a host in memory */
#define TOTAL_MAX   ((size_t)16 << 20)
#define NOTES_MAX   2048
#define STRIDE_MIN  64
#define HELD_BUDGET ((size_t)16 << 20) /* of all lines without a newline */
#define HELD_SHARE  ((size_t)1 << 10)  /* of each once that is spent */
#define BATCH	    ((size_t)64 << 10)
#define PIECE	    ((size_t)8 << 10) /* read at once */

static const char letters[NSTREAMS] = { 'o', 'e' };

struct host {
	struct spill_text text;
	uint64_t lines; /* in `text` */
	uint64_t *notes;
	size_t nnotes, cap;
	uint64_t stride;
	struct strbuf held[NSTREAMS];
	uint64_t at_line, at_offset; /* a line whose place is known */
	bool failed;
};

struct scrollback {
	struct spill *spill;
	struct host **hosts; /* by rank; NULL: has printed nothing */
	size_t nhosts;
	struct strbuf batch; /* lines on their way */
	size_t held;	     /* bytes without a newline, of all */
	/* What was read last: lines are read one after the other. */
	char *piece;
	size_t piece_of; /* a rank; SIZE_MAX: nothing */
	uint64_t piece_at;
	size_t piece_len;
};

struct scrollback *scrollback_new(size_t nhosts)
{
	struct scrollback *sb = xcalloc(1, sizeof(*sb));

	sb->spill = spill_new(TEXT_MAX, TOTAL_MAX);
	sb->hosts = xcalloc(nhosts, sizeof(struct host *));
	sb->nhosts = nhosts;
	strbuf_init(&sb->batch, 2 * BATCH);
	sb->piece = xmalloc(PIECE);
	sb->piece_of = SIZE_MAX;
	return sb;
}

static void release_held(struct scrollback *sb, struct host *h, enum stream s)
{
	sb->held -= h->held[s].len;
	strbuf_release(&h->held[s]);
}

void scrollback_clear(struct scrollback *sb, size_t rank)
{
	struct host *h = sb->hosts[rank];

	if (!h)
		return;
	for (unsigned int s = 0; s < NSTREAMS; s++)
		release_held(sb, h, s);
	if (sb->piece_of == rank)
		sb->piece_of = SIZE_MAX;
	spill_release(sb->spill, &h->text);
	free(h->notes);
	free(h);
	sb->hosts[rank] = NULL;
}

void scrollback_free(struct scrollback *sb)
{
	if (!sb)
		return;
	for (size_t i = 0; i < sb->nhosts; i++)
		scrollback_clear(sb, i);
	spill_free(sb->spill);
	strbuf_release(&sb->batch);
	free((void *)sb->hosts);
	free(sb->piece);
	free(sb);
}

static struct host *host_of(struct scrollback *sb, size_t rank)
{
	struct host *h = sb->hosts[rank];

	if (h)
		return h;
	h = xcalloc(1, sizeof(*h));
	h->stride = STRIDE_MIN;
	for (unsigned int s = 0; s < NSTREAMS; s++)
		strbuf_init(&h->held[s], SGR_LINE_MAX);
	sb->hosts[rank] = h;
	return h;
}

static void note(struct host *h, uint64_t offset)
{
	if (h->lines % h->stride)
		return;
	if (h->nnotes == NOTES_MAX) {
		for (size_t i = 0; i < NOTES_MAX / 2; i++)
			h->notes[i] = h->notes[2 * i];
		h->nnotes = NOTES_MAX / 2;
		h->stride *= 2;
	}
	h->notes = grow_array(h->notes, &h->cap, h->nnotes, sizeof(*h->notes));
	h->notes[h->nnotes++] = offset;
}

/* Put away what was gathered, and count its lines. */
static int put_away(struct scrollback *sb, struct host *h, struct err *err)
{
	uint64_t offset = spill_length(&h->text);
	const char *p = sb->batch.buf, *end = p + sb->batch.len;

	if (p == end)
		return 0;
	if (spill_add(sb->spill, &h->text, p, sb->batch.len, err)) {
		h->failed = true;
		return -1;
	}
	while (p < end) {
		const char *next =
			(const char *)memchr(p, '\n', (size_t)(end - p)) + 1;

		note(h, offset);
		h->lines++;
		offset += (uint64_t)(next - p);
		p = next;
	}
	strbuf_reset(&sb->batch);
	return 0;
}

/* A line of what is held and `n` more bytes. */
static int end_line(struct scrollback *sb, struct host *h, enum stream s,
		    const char *p, size_t n, bool goes_on, struct err *err)
{
	struct strbuf *held = &h->held[s];
	char letter = letters[s];

	if (sb->batch.len + held->len + n + 2 > BATCH && put_away(sb, h, err))
		return -1;
	(void)strbuf_addch(&sb->batch,
			   goes_on ? (char)(letter - 'a' + 'A') : letter);
	(void)strbuf_add(&sb->batch, held->buf, held->len);
	(void)strbuf_add(&sb->batch, p, n);
	(void)strbuf_addch(&sb->batch, '\n');
	if (held->len)
		release_held(sb, h, s);
	return 0;
}

/* What is left of the bytes has no newline. */
static int hold(struct scrollback *sb, struct host *h, enum stream s,
		const char *p, size_t n, struct err *err)
{
	struct strbuf *held = &h->held[s];
	size_t most = sb->held > HELD_BUDGET ? HELD_SHARE : SGR_LINE_MAX;

	(void)strbuf_add(held, p, n);
	sb->held += n;
	if (held->len >= most)
		return end_line(sb, h, s, NULL, 0, true, err);
	return 0;
}

int scrollback_add(struct scrollback *sb, size_t rank, enum stream s,
		   const void *bytes, size_t n, struct err *err)
{
	const char *p = bytes, *end = p + n;
	struct host *h = host_of(sb, rank);
	int rc = 0;

	assert(rank < sb->nhosts);
	strbuf_reset(&sb->batch);
	while (!h->failed && p < end && rc == 0) {
		size_t room = SGR_LINE_MAX - h->held[s].len;
		size_t left = (size_t)(end - p);
		size_t look = left < room ? left : room;
		const char *newline = memchr(p, '\n', look);

		if (newline) {
			rc = end_line(sb, h, s, p, (size_t)(newline - p), false,
				      err);
			p = newline + 1;
		} else {
			rc = hold(sb, h, s, p, look, err);
			p += look;
		}
	}
	return h->failed || rc ? rc : put_away(sb, h, err);
}

int scrollback_end(struct scrollback *sb, size_t rank, struct err *err)
{
	struct host *h = sb->hosts[rank];
	int rc = 0;

	if (!h || h->failed)
		return 0;
	strbuf_reset(&sb->batch);
	for (unsigned int s = 0; s < NSTREAMS && rc == 0; s++)
		if (h->held[s].len)
			rc = end_line(sb, h, s, NULL, 0, false, err);
	return rc ? rc : put_away(sb, h, err);
}

uint64_t scrollback_lines(const struct scrollback *sb, size_t rank)
{
	const struct host *h = sb->hosts[rank];
	uint64_t lines = h ? h->lines : 0;

	for (unsigned int s = 0; h && s < NSTREAMS; s++)
		lines += h->held[s].len != 0;
	return lines;
}

/* Of the lines that have no newline number `i`. */
static void read_held(const struct host *h, uint64_t i,
		      struct scrollback_line *line)
{
	for (unsigned int s = 0; s < NSTREAMS; s++) {
		if (!h->held[s].len || i-- > 0)
			continue;
		(void)strbuf_add(line->bytes, h->held[s].buf, h->held[s].len);
		line->stream = s;
		return;
	}
}

/* The bytes from `offset` on, `*n` of them; NULL at an error. */
static const char *read_piece(struct scrollback *sb, size_t rank,
			      uint64_t offset, size_t *n, struct err *err)
{
	const struct spill_text *text = &sb->hosts[rank]->text;
	uint64_t left = spill_length(text) - offset;

	if (sb->piece_of != rank || offset < sb->piece_at ||
	    offset - sb->piece_at >= sb->piece_len) {
		sb->piece_of = SIZE_MAX;
		sb->piece_at = offset;
		sb->piece_len = left < PIECE ? (size_t)left : PIECE;
		if (!left || spill_read(sb->spill, text, offset, sb->piece,
					sb->piece_len, err))
			return NULL;
		sb->piece_of = rank;
	}
	*n = sb->piece_len - (size_t)(offset - sb->piece_at);
	return sb->piece + (offset - sb->piece_at);
}

/* Make `at_line` the line `number`. */
static int seek(struct scrollback *sb, size_t rank, uint64_t number,
		struct err *err)
{
	struct host *h = sb->hosts[rank];
	uint64_t i = number / h->stride;

	if (h->at_line > number || h->at_line < i * h->stride) {
		h->at_line = i * h->stride;
		h->at_offset = h->notes[i];
	}
	while (h->at_line < number) {
		size_t n;
		const char *piece = read_piece(sb, rank, h->at_offset, &n, err);
		const char *p = piece, *end;

		if (!piece)
			return -1;
		end = piece + n;
		/* A line longer than the piece: its end is in the next. */
		while (h->at_line < number && p < end) {
			const char *newline =
				memchr(p, '\n', (size_t)(end - p));

			h->at_line += newline != NULL;
			p = newline ? newline + 1 : end;
		}
		h->at_offset += (uint64_t)(p - piece);
	}
	return 0;
}

int scrollback_read(struct scrollback *sb, size_t rank, uint64_t number,
		    struct scrollback_line *line, struct err *err)
{
	struct host *h = sb->hosts[rank];
	uint64_t offset;
	const char *newline = NULL;

	assert(number < scrollback_lines(sb, rank));
	strbuf_reset(line->bytes);
	line->goes_on = false;
	if (number >= h->lines) {
		read_held(h, number - h->lines, line);
		return 0;
	}
	if (seek(sb, rank, number, err))
		return -1;
	offset = h->at_offset;
	while (!newline) {
		size_t n;
		const char *piece = read_piece(sb, rank, offset, &n, err);

		if (!piece)
			return -1;
		newline = memchr(piece, '\n', n);
		if (newline)
			n = (size_t)(newline - piece);
		(void)strbuf_add(line->bytes, piece, n);
		offset += n + (newline != NULL);
	}
	line->stream = (line->bytes->buf[0] | 0x20) == letters[STREAM_ERR]
			       ? STREAM_ERR
			       : STREAM_OUT;
	line->goes_on = line->bytes->buf[0] < 'a';
	strbuf_consume(line->bytes, 1);
	h->at_line = number + 1;
	h->at_offset = offset;
	return 0;
}
