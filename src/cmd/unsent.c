/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input that a host does not take.
 */
#include "cmd/unsent.h"

#include "base/gettext.h"
#include "base/log.h"

#include "base/banned.h"

bool unsent_room(const struct job *job, const struct target *t, bool *full)
{
	const uint64_t unsent = job_unsent(job, t);

	if (unsent > UNSENT_MAX && !*full) {
		*full = true;
		log_warn(_("%s: takes no input, which is lost"), t->label);
	} else if (unsent < UNSENT_MAX / 2) {
		*full = false;
	}
	return !*full;
}
