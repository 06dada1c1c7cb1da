/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies of SFTP from bytes.
 *
 * Notes: nothing is copied out of the buffer, and no count of a server makes
 * us allocate.  A reply has to end where its last part ends; only VERSION and
 * the replies of extensions may go on.
 */
#include "wire/sftp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/be32.h"
#include "base/gettext.h"
#include "base/text.h"

#include "base/banned.h"

#define LENGTH_FIELD   ((size_t)4)
#define GREETING_SHOWN ((size_t)64)
#define ATTR_EXTENDED  0x80000000u
#define ATTR_KNOWN                                                             \
	(SFTP_HAS_SIZE | SFTP_HAS_OWNER | SFTP_HAS_MODE | SFTP_HAS_TIMES |     \
	 ATTR_EXTENDED)

/* What is left to read; `bad` once something was not there. */
struct bytes {
	const unsigned char *p;
	size_t n;
	bool bad;
};

static const unsigned char *take(struct bytes *b, size_t n)
{
	const unsigned char *p = b->p;

	if (b->bad || b->n < n) {
		b->bad = true;
		return NULL;
	}
	b->p += n;
	b->n -= n;
	return p;
}

static uint32_t get_u32(struct bytes *b)
{
	const unsigned char *p = take(b, 4);

	return p ? be32_get(p) : 0;
}

static uint64_t get_u64(struct bytes *b)
{
	uint64_t high = get_u32(b);

	return high << 32 | get_u32(b);
}

static struct sftp_bytes get_string(struct bytes *b)
{
	size_t n = get_u32(b);
	const unsigned char *p = take(b, n);

	return (struct sftp_bytes){ p ? p : (const unsigned char *)"",
				    p ? n : 0 };
}

static struct sftp_bytes get_rest(struct bytes *b)
{
	return (struct sftp_bytes){ b->p, b->n };
}

/* A flag we do not know has a length we do not know. */
static struct sftp_attrs get_attrs(struct bytes *b)
{
	struct sftp_attrs a = { 0 };
	uint32_t has = get_u32(b);

	if (has & ~ATTR_KNOWN) {
		b->bad = true;
		return a;
	}
	a.has = has & ~ATTR_EXTENDED;
	if (has & SFTP_HAS_SIZE)
		a.size = get_u64(b);
	if (has & SFTP_HAS_OWNER) {
		a.uid = get_u32(b);
		a.gid = get_u32(b);
	}
	if (has & SFTP_HAS_MODE)
		a.mode = get_u32(b);
	if (has & SFTP_HAS_TIMES) {
		a.atime = get_u32(b);
		a.mtime = get_u32(b);
	}
	/* Each takes 8 bytes at least, so a lie about the count ends soon. */
	for (uint32_t n = has & ATTR_EXTENDED ? get_u32(b) : 0; n && !b->bad;
	     n--) {
		(void)get_string(b);
		(void)get_string(b);
	}
	return a;
}

static void get_name(struct bytes *b, struct sftp_name *name)
{
	name->name = get_string(b);
	(void)get_string(b); /* as ls -l shows it */
	name->attrs = get_attrs(b);
}

bool sftp_name_next(struct sftp_reply *reply, struct sftp_name *name)
{
	struct bytes b = { reply->names.p, reply->names.n, false };

	if (!reply->count)
		return false;
	reply->count--;
	get_name(&b, name);
	assert(!b.bad);
	reply->names = get_rest(&b);
	return true;
}

/* All of them are read once, so that what is kept can be trusted. */
static void get_names(struct bytes *b, struct sftp_reply *reply)
{
	reply->count = get_u32(b);
	reply->names = get_rest(b);
	for (uint32_t n = reply->count; n && !b->bad; n--) {
		struct sftp_name name;

		get_name(b, &name);
	}
}

static bool same(struct sftp_bytes s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

/* An extension of another version is another extension. */
static unsigned int extension_bit(struct sftp_bytes name,
				  struct sftp_bytes version)
{
	for (enum sftp_type t = SFTP_X_POSIX_RENAME; t < SFTP_X_END; t++)
		if (same(name, sftp_extension_name(t)) &&
		    same(version, sftp_extension_version(t)))
			return SFTP_X_BIT(t);
	return 0;
}

static void get_version(struct bytes *b, struct sftp_reply *reply)
{
	reply->version = get_u32(b);
	while (b->n && !b->bad) {
		struct sftp_bytes name = get_string(b);
		struct sftp_bytes version = get_string(b);

		if (!b->bad)
			reply->extensions |= extension_bit(name, version);
	}
}

/* Servers that leave the message out are older than the draft. */
static void get_status(struct bytes *b, struct sftp_reply *reply)
{
	reply->code = get_u32(b);
	if (!b->n)
		return;
	reply->message = get_string(b);
	if (b->n)
		(void)get_string(b); /* its language */
}

/* -1: no reply has this type. */
static int get_body(struct bytes *b, struct sftp_reply *reply)
{
	if (reply->type != SFTP_VERSION)
		reply->id = get_u32(b);
	switch ((unsigned int)reply->type) {
	case SFTP_VERSION:
		get_version(b, reply);
		return 0;
	case SFTP_STATUS:
		get_status(b, reply);
		return 0;
	case SFTP_HANDLE:
		reply->data = get_string(b);
		b->bad |= !reply->data.n || reply->data.n > SFTP_HANDLE_MAX;
		return 0;
	case SFTP_DATA:
		reply->data = get_string(b);
		return 0;
	case SFTP_NAME:
		get_names(b, reply);
		return 0;
	case SFTP_ATTRS:
		reply->attrs = get_attrs(b);
		return 0;
	case SFTP_EXTENDED_REPLY:
		reply->data = get_rest(b);
		(void)take(b, b->n);
		return 0;
	default:
		return -1;
	}
}

static int parse(struct bytes b, struct sftp_reply *reply, struct err *err)
{
	const unsigned char *type = take(&b, 1);

	*reply = (struct sftp_reply){ .type = type ? (enum sftp_type) * type
						   : SFTP_INIT };
	if (get_body(&b, reply))
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: a packet of the unknown type %u came"),
			       (unsigned int)reply->type);
	if (b.bad || b.n)
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: a damaged packet of type %u came"),
			       (unsigned int)reply->type);
	return 1;
}

/*
 * A start-up file of the shell that prints something spoils the very first
 * packet: its text is taken for a length.
 */
static int bad_length(const unsigned char *p, size_t have, size_t n,
		      struct err *err)
{
	char *text;
	int rc;

	if (p[0] < ' ')
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: a packet of %zu bytes was announced"),
			       n);
	text = text_vis_dup(p, have, GREETING_SHOWN);
	rc = err_set(
		err, ERR_PROTOCOL,
		_("SFTP: text came in place of packets, maybe of a start-up file of the shell there: \"%s\""),
		text);
	free(text);
	return rc;
}

void sftp_reader_init(struct sftp_reader *r)
{
	strbuf_init(&r->buf, LENGTH_FIELD + 2 * SFTP_PACKET_MAX);
	r->at = 0;
}

void sftp_reader_release(struct sftp_reader *r)
{
	strbuf_release(&r->buf);
	r->at = 0;
}

void sftp_reader_add(struct sftp_reader *r, const void *p, size_t n)
{
	strbuf_consume(&r->buf, r->at);
	r->at = 0;
	/* What is held is less than one packet. */
	(void)strbuf_add(&r->buf, p, n);
	assert(!r->buf.full);
}

int sftp_reader_next(struct sftp_reader *r, struct sftp_reply *reply,
		     struct err *err)
{
	const unsigned char *p = (const unsigned char *)r->buf.buf + r->at;
	size_t have = r->buf.len - r->at;
	struct bytes b = { p, have, false };
	size_t n;

	if (have < LENGTH_FIELD)
		return 0;
	n = get_u32(&b);
	if (!n || n > SFTP_PACKET_MAX)
		return bad_length(p, have, n, err);
	if (b.n < n)
		return 0;
	r->at += LENGTH_FIELD + n;
	b.n = n;
	return parse(b, reply, err);
}

bool sftp_limits_parse(const struct sftp_reply *reply,
		       struct sftp_limits *limits)
{
	struct bytes b = { reply->data.p, reply->data.n, false };

	*limits = (struct sftp_limits){ .packet = get_u64(&b),
					.read = get_u64(&b),
					.write = get_u64(&b),
					.handles = get_u64(&b) };
	return !b.bad;
}

bool sftp_room_parse(const struct sftp_reply *reply, struct sftp_room *room)
{
	struct bytes b = { reply->data.p, reply->data.n, false };
	uint64_t block, blocks, files;

	(void)get_u64(&b); /* of input and output */
	block = get_u64(&b);
	(void)get_u64(&b); /* all blocks */
	(void)get_u64(&b); /* those that are free to root */
	blocks = get_u64(&b);
	files = get_u64(&b);
	(void)get_u64(&b); /* those that are free to root */
	room->files = get_u64(&b);
	if (!files) /* it does not count them */
		room->files = UINT64_MAX;
	room->bytes = block && blocks > UINT64_MAX / block ? UINT64_MAX
							   : block * blocks;
	return !b.bad;
}
