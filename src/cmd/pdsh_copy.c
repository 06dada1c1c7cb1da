/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pdcp and rpdcp copy: over SFTP, so that the hosts need no pdcp.
 */
#include "cmd/pdsh_copy.h"

#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/copydest.h"
#include "cmd/pdsh.h"
#include "io/blocks.h"
#include "out/outdir.h"
#include "ssh/driver.h"

#include "base/banned.h"

#define CACHE_BYTES ((size_t)16 << 20)

static void tell(void *arg, const char *text)
{
	(void)arg;
	log_warn("%s", text);
}

/* As pdcp: links are followed, and several sources need a folder. */
static int plan_put(struct pdsh_copy *c, const struct pdsh *p,
		    struct copy_spec *spec, struct err *err)
{
	const struct manifest_rules rules = { .recursive = p->recursive,
					      .tell = tell };
	int n = p->nwords - 1;

	for (int i = 0; i < n; i++)
		if (manifest_add(&c->manifest, p->words[i], &rules, err))
			return -1;
	if (manifest_check_names(&c->manifest, err))
		return -1;
	manifest_order(&c->manifest);
	c->blocks = blocks_new(CACHE_BYTES);
	spec->manifest = &c->manifest;
	spec->blocks = c->blocks;
	spec->dest = copydest_theirs(p->words[n], err);
	spec->needs_folder = p->recursive || n > 1;
	return spec->dest ? 0 : -1;
}

/* Each name gets its host's behind it. */
static int plan_get(const struct pdsh *p, const struct targets *ts,
		    struct copy_spec *spec, struct err *err)
{
	int n = p->nwords - 1;

	for (int i = 0; i < n; i++) {
		const char *path = copydest_theirs(p->words[i], err);

		if (!path)
			return -1;
		strvec_push(&spec->sources, *path ? path : ".");
	}
	for (size_t i = 0; i < ts->n; i++) {
		struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);

		(void)strbuf_addch(&name, '.');
		outdir_name(&name, ts->v[i].name, strlen(ts->v[i].name), i,
			    false, "");
		strvec_push_take(&spec->suffixes, strbuf_detach(&name, NULL));
	}
	spec->into = p->words[n];
	return 0;
}

int pdsh_copy_plan(struct pdsh_copy *c, const struct pdsh *p, struct plan *plan,
		   struct err *err)
{
	struct copy_spec *spec = &plan->spec.copy;

	if (driver_find(plan->driver) != &driver_libssh)
		goto other;
	for (size_t i = 0; i < plan->targets.n; i++)
		if (plan->targets.v[i].driver)
			goto other;
	spec->recursive = p->recursive;
	spec->keep = p->preserve;
	plan->spec.kind = p->kind == PDSH_PCP ? OP_PUT : OP_GET;
	if (p->kind == PDSH_PCP)
		return plan_put(c, p, spec, err);
	return plan_get(p, &plan->targets, spec, err);
other:
	return err_set(err, ERR_USAGE,
		       _("copying is for the built-in client only"));
}

void pdsh_copy_release(struct pdsh_copy *c)
{
	manifest_release(&c->manifest);
	blocks_free(c->blocks);
	c->blocks = NULL;
}
