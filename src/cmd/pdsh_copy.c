/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pdcp and rpdcp copy: over SFTP, so that the hosts need no pdcp.
 */
#include "cmd/pdsh_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
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

/* Of a folder with a slash behind its name pdcp sends what is in it. */
static int add_source(struct manifest *m, const char *path,
		      const struct manifest_rules *rules, struct err *err)
{
	size_t n = strlen(path);
	char *inner = n && path[n - 1] == '/' ? xasprintf("%s.", path) : NULL;
	int rc = manifest_add(m, inner ? inner : path, rules, err);

	free(inner);
	return rc;
}

/* As pdcp: links are followed; several sources need a folder, and so does one
   that is a folder. */
static int plan_put(struct pdsh_copy *c, const struct pdsh *p,
		    struct copy_spec *spec, struct err *err)
{
	const struct manifest_rules rules = { .recursive = p->recursive,
					      .tell = tell };
	int n = p->nwords - 1;

	for (int i = 0; i < n; i++)
		if (add_source(&c->manifest, p->words[i], &rules, err))
			return -1;
	if (manifest_check_names(&c->manifest, err))
		return -1;
	manifest_order(&c->manifest);
	c->blocks = blocks_new(CACHE_BYTES);
	spec->manifest = &c->manifest;
	spec->blocks = c->blocks;
	spec->dest = copydest_theirs(p->words[n], err);
	spec->needs_folder =
		n > 1 ||
		(c->manifest.n && c->manifest.v[0].kind == MANIFEST_FOLDER);
	return spec->dest ? 0 : -1;
}

/* Each name gets its host's behind it, which is without user and port where
   that is enough. */
static int plan_get(const struct pdsh *p, struct targets *ts,
		    struct copy_spec *spec, struct err *err)
{
	int n = p->nwords - 1;

	for (int i = 0; i < n; i++) {
		const char *path = copydest_theirs(p->words[i], err);

		if (!path)
			return -1;
		strvec_push(&spec->sources, *path ? path : ".");
	}
	targets_label(ts, LABEL_WHOLE);
	for (size_t i = 0; i < ts->n; i++) {
		struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);

		(void)strbuf_addch(&name, '.');
		outdir_name(&name, ts->v[i].label, strlen(ts->v[i].label), i,
			    false, "");
		strvec_push_take(&spec->suffixes, strbuf_detach(&name, NULL));
	}
	targets_label(ts, pdsh_labels(p));
	spec->into = p->words[n];
	return 0;
}

/* Why there is no copy: somebody has asked for another client. */
static int refuse(const struct target *t, struct err *err)
{
	const char *variable = pdsh_ssh_variable();

	if (variable)
		return err_set(
			err, ERR_USAGE,
			_("copying is for the built-in client only; unset %s"),
			variable);
	return err_set(
		err, ERR_USAGE,
		_("copying is for the built-in client only, and '%s' is to be reached by another"),
		t->name);
}

int pdsh_copy_plan(struct pdsh_copy *c, const struct pdsh *p, struct plan *plan,
		   struct err *err)
{
	struct copy_spec *spec = &plan->spec.copy;

	for (size_t i = 0; i < plan->targets.n; i++)
		if (driver_find(plan->driver) != &driver_libssh ||
		    plan->targets.v[i].driver)
			return refuse(&plan->targets.v[i], err);
	spec->recursive = p->recursive;
	spec->keep = p->preserve;
	plan->spec.kind = p->kind == PDSH_PCP ? OP_PUT : OP_GET;
	if (p->kind == PDSH_PCP)
		return plan_put(c, p, spec, err);
	return plan_get(p, &plan->targets, spec, err);
}

int pdsh_copy_code(const struct pdsh_copy *c, int code)
{
	return code ? code : c->manifest.left_out.n ? PDSH_FAILED : 0;
}

void pdsh_copy_release(struct pdsh_copy *c)
{
	manifest_release(&c->manifest);
	blocks_free(c->blocks);
	c->blocks = NULL;
}
