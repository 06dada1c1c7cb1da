/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_TAR_FIELDS_H
#define RSH_WIRE_TAR_FIELDS_H

/*
 * Where the fields of a block of tar(1) are, and how long: for those who write
 * and read them.
 */
enum {
	TAR_AT_NAME = 0,
	TAR_AT_MODE = 100,
	TAR_AT_UID = 108,
	TAR_AT_GID = 116,
	TAR_AT_SIZE = 124,
	TAR_AT_MTIME = 136,
	TAR_AT_SUM = 148,
	TAR_AT_TYPE = 156,
	TAR_AT_LINK = 157,
	TAR_AT_MAGIC = 257,
	TAR_AT_PREFIX = 345, /* ustar */
	TAR_AT_GNU_MORE =
		482, /* of an old sparse file: more blocks tell of it */
	TAR_AT_NEXT_MORE = 504,
	TAR_LEN_NAME = 100, /* or link */
	TAR_LEN_ID = 8,	    /* or mode */
	TAR_LEN_NUMBER = 12,
	TAR_LEN_SUM = 8,
	TAR_LEN_MAGIC = 6,
	TAR_LEN_PREFIX = 155,
};

#endif /* RSH_WIRE_TAR_FIELDS_H */
