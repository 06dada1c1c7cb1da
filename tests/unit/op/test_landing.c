/* SPDX-License-Identifier: Apache-2.0 */
#include "op/landing.h"

#include "lib/test.h"

#include "io/manifest.h"

static char name_a[] = "a", name_b[] = "b";

static void sources_land_as_with_scp(void **state)
{
	static const struct {
		const char *name, *dest;
		enum landing there;
		size_t nsources;
		enum manifest_kind kind;
		const char *path; /* of the first; NULL: it does not fit */
	} rows[] = {
		{ "in a folder", "d", LANDING_FOLDER, 1, MANIFEST_FILE, "d/a" },
		{ "in home", "", LANDING_FOLDER, 1, MANIFEST_FILE, "a" },
		{ "two in one", "d/", LANDING_FOLDER, 2, MANIFEST_FILE, "d/a" },
		{ "over a file", "d", LANDING_FILE, 1, MANIFEST_FILE, "d" },
		{ "a folder, not", "d", LANDING_FILE, 1, MANIFEST_FOLDER,
		  NULL },
		{ "a file/", "d/", LANDING_FILE, 1, MANIFEST_FILE, NULL },
		{ "two over one", "d", LANDING_FILE, 2, MANIFEST_FILE, NULL },
		{ "new", "d", LANDING_MISSING, 1, MANIFEST_FILE, "d" },
		{ "new/", "d/", LANDING_MISSING, 1, MANIFEST_FILE, NULL },
		{ "new folder/", "d/", LANDING_MISSING, 1, MANIFEST_FOLDER,
		  "d/" },
		{ "two new", "d", LANDING_MISSING, 2, MANIFEST_FOLDER, NULL },
		{ "a device", "d", LANDING_OTHER, 1, MANIFEST_FILE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *names[] = { name_a, name_b };
		struct manifest_entry entry = { .kind = rows[i].kind };
		const struct manifest m = { .v = &entry,
					    .n = 1,
					    .names = names,
					    .nsources = rows[i].nsources };
		const struct copy_spec spec = { .manifest = &m,
						.dest = rows[i].dest };
		char **paths = landing_paths(&spec, rows[i].there);

		if (rows[i].path)
			ROW(paths && !strcmp(paths[0], rows[i].path),
			    rows[i].name);
		else
			ROW(!paths, rows[i].name);
		landing_free(&spec, paths);
	}
}

static void a_folder_that_has_to_be_is_asked_for(void **state)
{
	char *names[] = { name_a };
	struct manifest_entry entry = { .kind = MANIFEST_FILE };
	const struct manifest m = {
		.v = &entry, .n = 1, .names = names, .nsources = 1
	};
	const struct copy_spec spec = { .manifest = &m,
					.dest = "d",
					.needs_folder = true };

	(void)state;
	assert_null(landing_paths(&spec, LANDING_FILE));
	assert_null(landing_paths(&spec, LANDING_MISSING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_land_as_with_scp),
		cmocka_unit_test(a_folder_that_has_to_be_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
