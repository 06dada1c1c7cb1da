/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where what is put lands.
 */
#include "op/landing.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/manifest.h"
#include "op/copy.h"

#include "base/banned.h"

static bool fits(const struct copy_spec *spec, enum landing there)
{
	const struct manifest *m = spec->manifest;
	bool folder = m->n && m->v[0].kind == MANIFEST_FOLDER;
	size_t len = strlen(spec->dest);
	bool slash = len && spec->dest[len - 1] == '/';

	switch (there) {
	case LANDING_FOLDER:
		return true;
	case LANDING_OTHER:
		break;
	case LANDING_FILE:
		return m->nsources < 2 && !spec->needs_folder && !slash &&
		       !folder;
	case LANDING_MISSING:
		return m->nsources < 2 && !spec->needs_folder &&
		       (!slash || folder);
	}
	return false;
}

char **landing_paths(const struct copy_spec *spec, enum landing there)
{
	const struct manifest *m = spec->manifest;
	bool below = there == LANDING_FOLDER;
	char **paths;

	if (!fits(spec, there))
		return NULL;
	paths = xcalloc(m->nsources + 1, sizeof(*paths));
	for (size_t i = 0; i < m->nsources; i++)
		paths[i] = copy_join(spec->dest, below ? m->names[i] : "");
	return paths;
}

void landing_free(const struct copy_spec *spec, char **paths)
{
	for (size_t i = 0; paths && i < spec->manifest->nsources; i++)
		free(paths[i]);
	free(paths);
}
