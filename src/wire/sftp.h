/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_SFTP_H
#define RSH_WIRE_SFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * SFTP version 3 (draft-ietf-secsh-filexfer-02) as bytes: requests out, replies
 * in.  What is sent when, and what an answer means, is not known here.
 */
#define SFTP_PROTOCOL 3

/** The longest packet either side may send, without its length field. */
#define SFTP_PACKET_MAX ((size_t)256 << 10)

/** The longest handle (draft, 6.3). */
#define SFTP_HANDLE_MAX ((size_t)256)

/** The numbers of the draft; the SFTP_X_ ones are extensions of OpenSSH. */
enum sftp_type {
	SFTP_INIT = 1,
	SFTP_VERSION = 2,
	SFTP_OPEN = 3,
	SFTP_CLOSE = 4,
	SFTP_READ = 5,
	SFTP_WRITE = 6,
	SFTP_LSTAT = 7,
	SFTP_FSTAT = 8,
	SFTP_SETSTAT = 9,
	SFTP_FSETSTAT = 10,
	SFTP_OPENDIR = 11,
	SFTP_READDIR = 12,
	SFTP_REMOVE = 13,
	SFTP_MKDIR = 14,
	SFTP_RMDIR = 15,
	SFTP_REALPATH = 16,
	SFTP_STAT = 17,
	SFTP_RENAME = 18,
	SFTP_READLINK = 19,
	SFTP_SYMLINK = 20,
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_DATA = 103,
	SFTP_NAME = 104,
	SFTP_ATTRS = 105,
	SFTP_EXTENDED = 200,
	SFTP_EXTENDED_REPLY = 201,

	SFTP_X_POSIX_RENAME = 256,
	SFTP_X_FSYNC,
	SFTP_X_HARDLINK,
	SFTP_X_LSETSTAT,
	SFTP_X_LIMITS,
	SFTP_X_STATVFS,
	SFTP_X_COPY_DATA,
	SFTP_X_END,
};

/** The bit of an extension in a set of them. */
#define SFTP_X_BIT(type) (1u << ((type)-SFTP_X_POSIX_RENAME))

enum sftp_code {
	SFTP_OK = 0,
	SFTP_EOF = 1,
	SFTP_NO_SUCH_FILE = 2,
	SFTP_PERMISSION_DENIED = 3,
	SFTP_FAILURE = 4,
	SFTP_BAD_MESSAGE = 5,
	SFTP_NO_CONNECTION = 6,
	SFTP_CONNECTION_LOST = 7,
	SFTP_OP_UNSUPPORTED = 8,
};

/** How SFTP_OPEN opens. */
enum {
	SFTP_FOR_READING = 0x01,
	SFTP_FOR_WRITING = 0x02,
	SFTP_APPEND = 0x04,
	SFTP_CREATE = 0x08,
	SFTP_TRUNCATE = 0x10,
	SFTP_EXCLUSIVE = 0x20,
};

/** Which of the attributes there are. */
enum {
	SFTP_HAS_SIZE = 0x01,
	SFTP_HAS_OWNER = 0x02,
	SFTP_HAS_MODE = 0x04,
	SFTP_HAS_TIMES = 0x08,
};

struct sftp_attrs {
	uint32_t has;
	uint64_t size;
	uint32_t uid, gid;
	uint32_t mode;	       /* with the type of the file, as in stat(2) */
	uint32_t atime, mtime; /* seconds */
};

/** Bytes of somebody else's. */
struct sftp_bytes {
	const void *p;
	size_t n;
};

/** A request; which members count is up to its type. */
struct sftp_request {
	enum sftp_type type;
	struct sftp_bytes handle;
	struct sftp_bytes path;
	/* RENAME, SYMLINK, HARDLINK: the new name.  COPY_DATA: the handle. */
	struct sftp_bytes to;
	struct sftp_bytes data;
	uint64_t offset, to_offset;
	uint64_t len; /* READ: at most 32 bits; COPY_DATA */
	uint32_t flags;
	struct sftp_attrs attrs;
};

/**
 * Append a request as a packet.  SFTP_INIT has no id.  0, or -1 when it would
 * pass the ceiling of `out` or be longer than a packet may be.
 */
int sftp_request_format(struct strbuf *out, uint32_t id,
			const struct sftp_request *rq);

/** Bytes that a WRITE has besides its data, its length field included. */
size_t sftp_write_overhead(size_t handle_len);

/** A reply; its bytes are borrowed from the reader, and not checked. */
struct sftp_reply {
	enum sftp_type type;
	uint32_t id;		   /* not of VERSION */
	uint32_t version;	   /* VERSION */
	unsigned int extensions;   /* VERSION: those known, SFTP_X_BIT */
	uint32_t code;		   /* STATUS: may be none of enum sftp_code */
	struct sftp_bytes message; /* STATUS; may be empty */
	struct sftp_bytes data;	   /* HANDLE, DATA, EXTENDED_REPLY */
	uint32_t count;		   /* NAME: how many */
	struct sftp_bytes names;   /* NAME: for sftp_name_next() */
	struct sftp_attrs attrs;   /* ATTRS */
};

/** One of a NAME reply: a file name, or what READLINK and REALPATH found. */
struct sftp_name {
	struct sftp_bytes name;
	struct sftp_attrs attrs;
};

/** limits@openssh.com: 0 where the server sets none. */
struct sftp_limits {
	uint64_t packet, read, write, handles;
};

/** statvfs@openssh.com: what is left for who asks; UINT64_MAX: not known. */
struct sftp_room {
	uint64_t bytes, files;
};

/** What came in and is not a whole packet yet.  Zeroed is not valid. */
struct sftp_reader {
	struct strbuf buf;
	size_t at; /* of the first byte not used yet */
};

void sftp_reader_init(struct sftp_reader *r);
void sftp_reader_release(struct sftp_reader *r);

/**
 * Add bytes, of which no call may bring more than SFTP_PACKET_MAX.  All
 * replies there are must have been taken.
 */
void sftp_reader_add(struct sftp_reader *r, const void *p, size_t n);

/**
 * The next reply: 1 with `*reply`, which is good until bytes are added; 0 when
 * more bytes are needed; -1 with ERR_PROTOCOL for what no server should send,
 * after which nothing can be read any more.
 */
int sftp_reader_next(struct sftp_reader *r, struct sftp_reply *reply,
		     struct err *err);

/** The next name of a NAME reply; false after the last. */
bool sftp_name_next(struct sftp_reply *reply, struct sftp_name *name);

/** Whether the data of an EXTENDED_REPLY is one of limits@openssh.com. */
bool sftp_limits_parse(const struct sftp_reply *reply,
		       struct sftp_limits *limits);

/** The same of one of statvfs@openssh.com. */
bool sftp_room_parse(const struct sftp_reply *reply, struct sftp_room *room);

/** What a code says, for a message; never NULL. */
const char *sftp_code_text(uint32_t code);

/** The name and version of an extension, as in VERSION; static. */
const char *sftp_extension_name(enum sftp_type type);
const char *sftp_extension_version(enum sftp_type type);

#endif /* RSH_WIRE_SFTP_H */
