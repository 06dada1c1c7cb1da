/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between the programs that share a connection.
 *
 * A kind is a row: its number and its fields in their order.  Both directions
 * walk the same rows.
 */
#include "wire/mux.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/be32.h"
#include "base/gettext.h"

#include "base/banned.h"

#define FIELDS_MAX 10

enum field_type {
	FIELD_END,
	FIELD_NUMBER,
	FIELD_TEXT,
	FIELD_TEXTS,	/* all that are left */
	FIELD_RESERVED, /* a string that says nothing */
};

struct field {
	enum field_type type;
	size_t at; /* in struct mux_msg */
};

struct row {
	uint32_t number;
	struct field fields[FIELDS_MAX + 1];
};

#define AT(f) offsetof(struct mux_msg, f)
#define NUMBER(f)                                                              \
	{                                                                      \
		FIELD_NUMBER, AT(f)                                            \
	}
#define TEXT(f)                                                                \
	{                                                                      \
		FIELD_TEXT, AT(f)                                              \
	}
#define TEXTS(f)                                                               \
	{                                                                      \
		FIELD_TEXTS, AT(f)                                             \
	}
#define RESERVED                                                               \
	{                                                                      \
		FIELD_RESERVED, 0                                              \
	}

static const struct row rows[MUX_NKINDS] = {
	/* clang-format off */
	[MUX_HELLO]         = { 0x00000001, { NUMBER(number) } },
	[MUX_NEW_SESSION]   = { 0x10000002, { NUMBER(id), RESERVED, NUMBER(tty), NUMBER(x11), NUMBER(agent),
	                                      NUMBER(subsystem), NUMBER(escape), TEXT(term), TEXT(command), TEXTS(env) } },
	[MUX_ALIVE_CHECK]   = { 0x10000004, { NUMBER(id) } },
	[MUX_TERMINATE]     = { 0x10000005, { NUMBER(id) } },
	[MUX_OPEN_FORWARD]  = { 0x10000006, { NUMBER(id), NUMBER(number), TEXT(listen_host), NUMBER(listen_port),
	                                      TEXT(connect_host), NUMBER(connect_port) } },
	[MUX_CLOSE_FORWARD] = { 0x10000007, { NUMBER(id), NUMBER(number), TEXT(listen_host), NUMBER(listen_port),
	                                      TEXT(connect_host), NUMBER(connect_port) } },
	[MUX_NEW_STDIO]     = { 0x10000008, { NUMBER(id), RESERVED, TEXT(connect_host), NUMBER(connect_port) } },
	[MUX_STOP]          = { 0x10000009, { NUMBER(id) } },
	[MUX_PROXY]         = { 0x1000000f, { NUMBER(id) } },
	[MUX_OK]            = { 0x80000001, { NUMBER(id) } },
	[MUX_DENIED]        = { 0x80000002, { NUMBER(id), TEXT(reason) } },
	[MUX_FAILURE]       = { 0x80000003, { NUMBER(id), TEXT(reason) } },
	[MUX_EXIT]          = { 0x80000004, { NUMBER(id), NUMBER(number) } },
	[MUX_ALIVE]         = { 0x80000005, { NUMBER(id), NUMBER(number) } },
	[MUX_OPENED]        = { 0x80000006, { NUMBER(id), NUMBER(number) } },
	[MUX_REMOTE_PORT]   = { 0x80000007, { NUMBER(id), NUMBER(number) } },
	[MUX_TTY_FAILED]    = { 0x80000008, { NUMBER(id) } },
	[MUX_PROXIED]       = { 0x8000000f, { NUMBER(id) } },
	/* clang-format on */
};

static const struct field *field_at(enum mux_kind kind, size_t i)
{
	const struct field *f = &rows[kind].fields[i];

	return f->type == FIELD_END ? NULL : f;
}

static enum mux_kind find_kind(uint32_t number)
{
	for (int i = MUX_HELLO; i < MUX_NKINDS; i++)
		if (rows[i].number == number)
			return (enum mux_kind)i;
	return MUX_UNKNOWN;
}

void mux_msg_release(struct mux_msg *m)
{
	free(m->term);
	free(m->command);
	free(m->listen_host);
	free(m->connect_host);
	free(m->reason);
	strvec_release(&m->env);
	*m = (struct mux_msg){ 0 };
}

/* ---- to bytes ---- */

static void put_number(struct strbuf *out, uint32_t v)
{
	char *p = strbuf_extend(out, 4);

	if (p)
		be32_put(p, v);
}

static void put_text(struct strbuf *out, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n > MUX_PACKET_MAX) {
		out->full = true;
		return;
	}
	put_number(out, (uint32_t)n);
	(void)strbuf_add(out, text ? text : "", n);
}

static void put_field(struct strbuf *out, const struct mux_msg *m,
		      const struct field *f)
{
	const void *at = (const char *)m + f->at;
	const struct strvec *list = at;

	switch (f->type) {
	case FIELD_NUMBER:
		put_number(out, *(const uint32_t *)at);
		break;
	case FIELD_TEXT:
		put_text(out, *(char *const *)at);
		break;
	case FIELD_RESERVED:
		put_text(out, NULL);
		break;
	case FIELD_TEXTS:
		for (size_t i = 0; i < list->n; i++)
			put_text(out, list->v[i]);
		break;
	case FIELD_END:
		break;
	}
}

int mux_put(struct strbuf *out, const struct mux_msg *m)
{
	const struct field *f;
	size_t start = out->len;
	size_t len;

	put_number(out, 0);
	put_number(out, rows[m->kind].number);
	for (size_t i = 0; (f = field_at(m->kind, i)); i++)
		put_field(out, m, f);
	len = out->len - start;
	if (out->full || len - 4 > MUX_PACKET_MAX) {
		strbuf_truncate(out, start);
		out->full = false;
		return -1;
	}
	be32_put(out->buf + start, (uint32_t)(len - 4));
	return 0;
}

/* ---- from bytes ---- */

/* What is left to read of a packet. */
struct bytes {
	const char *p;
	size_t n;
};

static int get_number(struct bytes *b, uint32_t *v)
{
	if (b->n < 4)
		return -1;
	*v = be32_get(b->p);
	b->p += 4;
	b->n -= 4;
	return 0;
}

/* A new string; one with a NUL in it is none that we could pass on. */
static int get_text(struct bytes *b, char **text)
{
	uint32_t n;

	if (get_number(b, &n) || n > b->n || memchr(b->p, '\0', n))
		return -1;
	*text = xstrndup(b->p, n);
	b->p += n;
	b->n -= n;
	return 0;
}

static int skip_text(struct bytes *b)
{
	uint32_t n;

	if (get_number(b, &n) || n > b->n)
		return -1;
	b->p += n;
	b->n -= n;
	return 0;
}

static int get_texts(struct bytes *b, struct strvec *list)
{
	char *text;

	while (b->n) {
		if (list->n == MUX_ENV_MAX)
			return 0;
		if (get_text(b, &text))
			return -1;
		strvec_push_take(list, text);
	}
	return 0;
}

static int get_field(struct bytes *b, struct mux_msg *m, const struct field *f)
{
	void *at = (char *)m + f->at;

	switch (f->type) {
	case FIELD_NUMBER:
		return get_number(b, at);
	case FIELD_TEXT:
		return get_text(b, at);
	case FIELD_RESERVED:
		return skip_text(b);
	case FIELD_TEXTS:
		return get_texts(b, at);
	case FIELD_END:
		break;
	}
	return 0;
}

/* Names and values of what a later version can; there is none we know. */
static int skip_extensions(struct bytes *b)
{
	while (b->n)
		if (skip_text(b))
			return -1;
	return 0;
}

static int get_fields(struct bytes *b, struct mux_msg *m)
{
	const struct field *f;

	if (m->kind == MUX_UNKNOWN)
		return get_number(b, &m->id);
	for (size_t i = 0; (f = field_at(m->kind, i)); i++)
		if (get_field(b, m, f))
			return -1;
	return m->kind == MUX_HELLO ? skip_extensions(b) : 0;
}

ssize_t mux_get(const void *buf, size_t n, struct mux_msg *m, struct err *err)
{
	struct bytes b = { buf, n };
	uint32_t len, number = 0;

	*m = (struct mux_msg){ 0 };
	if (get_number(&b, &len))
		return 0;
	if (len > MUX_PACKET_MAX || len < 4)
		return err_set(
			err, ERR_PROTOCOL,
			_("a packet of %u bytes in the sharing of a connection"),
			len);
	if (len > b.n)
		return 0;
	b.n = len;
	(void)get_number(&b, &number);
	m->kind = find_kind(number);
	if (get_fields(&b, m)) {
		mux_msg_release(m);
		return err_set(
			err, ERR_PROTOCOL,
			_("a malformed message (0x%08x) in the sharing of a connection"),
			number);
	}
	return (ssize_t)len + 4;
}
