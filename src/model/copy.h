/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_COPY_H
#define RSH_MODEL_COPY_H

#include <stdbool.h>

#include "base/strbuf.h"

struct blocks;
struct manifest;
struct rate;

/** What bytes travel by. */
enum copy_via {
	COPY_VIA_SFTP,
	COPY_VIA_TAR, /* an archive, unpacked by the host's tar(1) */
	COPY_VIA_CAT, /* one file, written by the host's cat(1) */
};

/** What is copied, and how: OP_PUT and OP_GET. */
struct copy_spec {
	enum copy_via via;
	bool has_via; /* the user could ask for another */
	bool or_sftp; /* where the host has no tar */
	bool recursive;
	bool keep;	    /* modes and times */
	bool keep_links;    /* as links; else what they lead to */
	bool dry_run;	    /* only tell */
	bool resume;	    /* go on with what an earlier one has left */
	bool verify;	    /* read again and compare, before a name is given */
	bool only_newer;    /* what is there is older, or missing */
	bool sweep;	    /* remove what the folders of the source have not */
	struct strvec skip; /* patterns of what is left out; skip_takes() */
	struct rate *rate;  /* that all hosts share; NULL: no limit; borrowed */

	bool lanes; /* OP_PUT: several channels to a host may pay */

	/* OP_PUT: what, from where it is read, and where to; borrowed. */
	const struct manifest *manifest;
	struct blocks *blocks;
	const char *dest;  /* "" for where a log-in leads to */
	bool needs_folder; /* it has to be one already */

	/* OP_GET: what, and the folder of ours it comes into. */
	struct strvec sources;
	const char *into;   /* borrowed */
	struct strvec dirs; /* the path below that, by rank; or empty */
	const char *as;	    /* the name of the one source, or NULL; borrowed */
	struct strvec suffixes; /* behind the name of a source, by rank; or
				   empty */
};

#endif /* RSH_MODEL_COPY_H */
