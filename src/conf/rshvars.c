/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables of the environment in values of the configuration.
 */
#include "conf/rshvars.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/banned.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS	"0123456789"

static size_t name_length(const char *s)
{
	return *s && strchr(DIGITS, *s) ? 0 : strspn(s, LETTERS DIGITS);
}

struct vars {
	rshvars_get_fn *get;
	void *arg;
	struct strbuf *out;
};

static int too_long(const struct vars *v, struct err *err)
{
	return err_set(err, ERR_CONFIG, _("the value is longer than %zu bytes"),
		       v->out->max);
}

/* The variable of `n` bytes at `name`; `instead` NULL: it has to be set. */
static int add_value(const struct vars *v, const char *name, size_t n,
		     const char *instead, size_t len, struct err *err)
{
	char *copy = xstrndup(name, n);
	const char *value = v->get(v->arg, copy);
	int rc = 0;

	if (instead && (!value || !*value)) {
		rc = strbuf_add(v->out, instead, len) ? too_long(v, err) : 0;
	} else if (!value) {
		(void)err_set(
			err, ERR_CONFIG,
			_("the variable '%s' is not set; set it, or write ${%s:-text}"),
			copy, copy);
		rc = 1;
	} else if (strbuf_addstr(v->out, value)) {
		rc = too_long(v, err);
	}
	free(copy);
	return rc;
}

/* What stands behind "${"; `*s` is moved behind its "}". */
static int add_braced(const struct vars *v, const char **s, struct err *err)
{
	const char *name = *s;
	size_t n = name_length(name);
	const char *end = strchr(name, '}');
	const char *instead = NULL;
	size_t len = 0;

	if (!end)
		return err_set(err, ERR_CONFIG, _("'${' has no '}'"));
	if (n && strncmp(name + n, ":-", 2) == 0) {
		instead = name + n + 2;
		len = (size_t)(end - instead);
	} else if (!n || name + n != end) {
		return err_set(
			err, ERR_CONFIG,
			_("bad '${%.*s}': expected ${NAME} or ${NAME:-text}"),
			(int)(end - name < 80 ? end - name : 80), name);
	}
	*s = end + 1;
	return add_value(v, name, n, instead, len, err);
}

int rshvars_expand(const char *text, rshvars_get_fn *get, void *arg,
		   struct strbuf *out, struct err *err)
{
	const struct vars v = { get, arg, out };
	int rc = 0;

	while (*text && rc == 0) {
		size_t n = strcspn(text, "$");

		if (strbuf_add(out, text, n))
			return too_long(&v, err);
		text += n;
		if (!*text)
			break;
		text++;
		n = name_length(text);
		if (*text == '{') {
			text++;
			rc = add_braced(&v, &text, err);
		} else if (n) {
			rc = add_value(&v, text, n, NULL, 0, err);
			text += n;
		} else {
			text += *text == '$';
			rc = strbuf_addch(out, '$') ? too_long(&v, err) : 0;
		}
	}
	return rc;
}
