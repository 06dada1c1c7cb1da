/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_RESULT_JSON_H
#define RSH_OUT_RESULT_JSON_H

#include "base/strbuf.h"
#include "model/observer.h"

/** Version of all JSON that is written; see docs/json.md. */
#define RESULT_JSON_VERSION 1

/** Append the members of a result, from "host" on, without braces. */
void result_json(struct strbuf *sb, const struct target *t,
		 const struct result *r);

/** Append the members of the summary of a run, without braces. */
void result_json_summary(struct strbuf *sb, const struct job_stats *st);

#endif /* RSH_OUT_RESULT_JSON_H */
