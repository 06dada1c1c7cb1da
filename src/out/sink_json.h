/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_JSON_H
#define RSH_OUT_SINK_JSON_H

#include <stdbool.h>

#include <stddef.h>

#include "model/observer.h"
#include "out/output.h"

struct sink_json_conf {
	struct loop *loop; /* borrowed, as is all below */
	struct bufpool *pool;
	size_t ntargets; /* ranks are below */
	int fd;
	const char *name;	/* of the descriptor, for messages */
	const char *command;	/* NULL: a login shell's */
	sink_failed_fn *failed; /* may be NULL */
	void *arg;		/* for `failed` */
};

/**
 * An observer that writes a JSON object a line: "start" at once, "output" for
 * each line that a target prints, "result" for each target, "summary" at the
 * end.  docs/json.md is the contract.
 *
 * A slow reader pauses the targets that print; after an error what comes is
 * swallowed.  O(1) memory for each target between lines.
 */
struct observer *sink_json_new(const struct sink_json_conf *conf);

/** As sink_text_flush(). */
int sink_json_flush(struct observer *o);

/** What is still queued is lost; nobody is resumed. */
void sink_json_free(struct observer *o);

/** What may come to a terminal is kept for later, or leaves now. */
void sink_json_hold(struct observer *o, bool hold);

/** See output_cramped(). */
int sink_json_cramped(struct observer *o);

#endif /* RSH_OUT_SINK_JSON_H */
