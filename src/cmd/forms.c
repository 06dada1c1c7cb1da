/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which form of output a command line asks for.
 */
#include "cmd/forms.h"

#include <string.h>

#include "base/gettext.h"
#include "cmd/launch.h"
#include "cmd/settings.h"
#include "cmd/sinks.h"

#include "base/banned.h"

/* What may go to standard output, of which there is one. */
static int choose_form(const struct settings *s, bool json,
		       struct launch_style *style, struct err *err)
{
	const struct {
		const char *name;
		enum output_form form;
		bool given;
	} forms[] = {
		{ "--stream", FORM_STREAM, s->stream == 1 },
		{ "--group", FORM_GROUP, s->group },
		{ "--json", FORM_JSON, json },
	};
	const char *first = NULL;

	style->form = s->stream ? FORM_STREAM : FORM_NONE;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!forms[i].given)
			continue;
		if (first)
			return err_set(
				err, ERR_USAGE,
				_("'%s' and '%s' both want standard output; leave one out"),
				first, forms[i].name);
		first = forms[i].name;
		style->form = forms[i].form;
	}
	return 0;
}

int forms_choose(const struct settings *s, struct launch_style *style,
		 struct err *err)
{
	bool json;

	if (sinks_json_place(style, s->json, &json, err) ||
	    choose_form(s, json, style, err))
		return -1;
	if (s->diff && !s->group)
		return err_set(err, ERR_USAGE, _("'--diff' needs '--group'"));
	style->diff = s->diff;
	style->output_dir = s->output_dir;
	style->failed_to = s->failed_to;
	return 0;
}
