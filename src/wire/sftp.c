/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of SFTP as bytes.
 *
 * A request is its type, its id and then what its row says, a letter for each
 * part in its order.
 */
#include "wire/sftp.h"

#include <assert.h>
#include <string.h>

#include "base/be32.h"
#include "base/gettext.h"

#include "base/banned.h"

/*
 * h handle    p path      t the new name, or the second handle
 * d data      a attrs     f flags, or a version, as 32 bits
 * o offset    O the second offset
 * l length as 32 bits     L length as 64 bits
 *
 * SYMLINK has its names the way OpenSSH has them, the file first, which is
 * not the draft's; everybody has followed.
 */
static const struct row {
	enum sftp_type type;
	const char *parts;
	const char *name, *version; /* of an extension */
} rows[] = {
	/* clang-format off */
	{ SFTP_OPEN,           "pfa",   NULL, NULL },
	{ SFTP_CLOSE,          "h",     NULL, NULL },
	{ SFTP_READ,           "hol",   NULL, NULL },
	{ SFTP_WRITE,          "hod",   NULL, NULL },
	{ SFTP_LSTAT,          "p",     NULL, NULL },
	{ SFTP_FSTAT,          "h",     NULL, NULL },
	{ SFTP_SETSTAT,        "pa",    NULL, NULL },
	{ SFTP_FSETSTAT,       "ha",    NULL, NULL },
	{ SFTP_OPENDIR,        "p",     NULL, NULL },
	{ SFTP_READDIR,        "h",     NULL, NULL },
	{ SFTP_REMOVE,         "p",     NULL, NULL },
	{ SFTP_MKDIR,          "pa",    NULL, NULL },
	{ SFTP_RMDIR,          "p",     NULL, NULL },
	{ SFTP_REALPATH,       "p",     NULL, NULL },
	{ SFTP_STAT,           "p",     NULL, NULL },
	{ SFTP_RENAME,         "pt",    NULL, NULL },
	{ SFTP_READLINK,       "p",     NULL, NULL },
	{ SFTP_SYMLINK,        "pt",    NULL, NULL },
	{ SFTP_X_POSIX_RENAME, "pt",    "posix-rename@openssh.com", "1" },
	{ SFTP_X_FSYNC,        "h",     "fsync@openssh.com", "1" },
	{ SFTP_X_HARDLINK,     "pt",    "hardlink@openssh.com", "1" },
	{ SFTP_X_LSETSTAT,     "pa",    "lsetstat@openssh.com", "1" },
	{ SFTP_X_LIMITS,       "",      "limits@openssh.com", "1" },
	{ SFTP_X_STATVFS,      "p",     "statvfs@openssh.com", "2" },
	{ SFTP_X_COPY_DATA,    "hoLtO", "copy-data", "1" },
	/* clang-format on */
};

static const struct row *find(enum sftp_type type)
{
	size_t i = 0;

	while (rows[i].type != type) {
		i++;
		assert(i < sizeof(rows) / sizeof(rows[0]));
	}
	return &rows[i];
}

static void put_u8(struct strbuf *out, unsigned int v)
{
	(void)strbuf_addch(out, (char)v);
}

static void put_u32(struct strbuf *out, uint32_t v)
{
	unsigned char b[4];

	be32_put(b, v);
	(void)strbuf_add(out, b, sizeof(b));
}

static void put_u64(struct strbuf *out, uint64_t v)
{
	put_u32(out, (uint32_t)(v >> 32));
	put_u32(out, (uint32_t)v);
}

static void put_string(struct strbuf *out, const void *p, size_t n)
{
	if (n > SFTP_PACKET_MAX) {
		out->full = true;
		return;
	}
	put_u32(out, (uint32_t)n);
	(void)strbuf_add(out, p, n);
}

static void put_attrs(struct strbuf *out, const struct sftp_attrs *a)
{
	put_u32(out, a->has);
	if (a->has & SFTP_HAS_SIZE)
		put_u64(out, a->size);
	if (a->has & SFTP_HAS_OWNER) {
		put_u32(out, a->uid);
		put_u32(out, a->gid);
	}
	if (a->has & SFTP_HAS_MODE)
		put_u32(out, a->mode);
	if (a->has & SFTP_HAS_TIMES) {
		put_u32(out, a->atime);
		put_u32(out, a->mtime);
	}
}

static void put_part(struct strbuf *out, const struct sftp_request *rq,
		     char part)
{
	switch (part) {
	case 'h':
		put_string(out, rq->handle.p, rq->handle.n);
		break;
	case 'p':
		put_string(out, rq->path.p, rq->path.n);
		break;
	case 't':
		put_string(out, rq->to.p, rq->to.n);
		break;
	case 'd':
		put_string(out, rq->data.p, rq->data.n);
		break;
	case 'a':
		put_attrs(out, &rq->attrs);
		break;
	case 'f':
		put_u32(out, rq->flags);
		break;
	case 'o':
		put_u64(out, rq->offset);
		break;
	case 'O':
		put_u64(out, rq->to_offset);
		break;
	case 'l':
		put_u32(out, (uint32_t)rq->len);
		break;
	default:
		assert(part == 'L');
		put_u64(out, rq->len);
	}
}

static void put_body(struct strbuf *out, uint32_t id,
		     const struct sftp_request *rq)
{
	const struct row *row = find(rq->type);

	put_u8(out, row->name ? SFTP_EXTENDED : (unsigned int)row->type);
	put_u32(out, id);
	if (row->name)
		put_string(out, row->name, strlen(row->name));
	for (const char *p = row->parts; *p; p++)
		put_part(out, rq, *p);
}

/* The length is only known at the end. */
static void put_length(struct strbuf *out, size_t start)
{
	be32_put(out->buf + start, (uint32_t)(out->len - start - 4));
}

int sftp_request_format(struct strbuf *out, uint32_t id,
			const struct sftp_request *rq)
{
	size_t start = out->len;

	out->full = false;
	put_u32(out, 0);
	if (rq->type == SFTP_INIT) {
		put_u8(out, SFTP_INIT);
		put_u32(out, SFTP_PROTOCOL);
	} else {
		put_body(out, id, rq);
	}
	if (out->full || out->len - start - 4 > SFTP_PACKET_MAX) {
		strbuf_truncate(out, start);
		return -1;
	}
	put_length(out, start);
	return 0;
}

size_t sftp_write_overhead(size_t handle_len)
{
	return 4 + 1 + 4 + (4 + handle_len) + 8 + 4;
}

const char *sftp_extension_name(enum sftp_type type)
{
	return find(type)->name;
}

const char *sftp_extension_version(enum sftp_type type)
{
	return find(type)->version;
}

const char *sftp_code_text(uint32_t code)
{
	static const char *const texts[] = {
		[SFTP_OK] = N_("no error"),
		[SFTP_EOF] = N_("there is no more"),
		[SFTP_NO_SUCH_FILE] = N_("no such file or directory"),
		[SFTP_PERMISSION_DENIED] = N_("permission denied"),
		[SFTP_FAILURE] = N_("the server says only that it failed"),
		[SFTP_BAD_MESSAGE] =
			N_("the server takes it for a bad message"),
		[SFTP_NO_CONNECTION] = N_("the server has no connection"),
		[SFTP_CONNECTION_LOST] = N_("the server has lost a connection"),
		[SFTP_OP_UNSUPPORTED] = N_("the server cannot do that"),
	};

	return code < sizeof(texts) / sizeof(texts[0])
		       ? _(texts[code])
		       : _("the server gives a reason that is not known");
}
