/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of targets as pdsh reads them: items, their prefixes, and what is left
 * when all is read.
 */
#include "conf/pdshlist.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/text.h"
#include "conf/hostlist.h"
#include "conf/hostlist_pattern.h"
#include "conf/pdshlist_ere.h"
#include "conf/spec.h"
#include "base/banned.h"

#define SHOWN_MAX 200u /* bytes of an item in a message */

struct filter {
	struct regex *re;
	bool exclude;
};

struct pdshlist {
	const struct pdshlist_env *env;
	struct pdsh_host *v;
	size_t n, cap;
	struct strvec users;	/* named so far, which hosts point to */
	struct strvec excluded; /* host names */
	struct filter *filters;
	size_t nfilters, filters_cap;
	size_t bytes_left; /* of files */
	bool any;
};

/* One text that is read, and the file it is from. */
struct reading {
	struct pdshlist *l;
	struct scan scan;
	struct file *file; /* NULL: the command line */
};

/* A file of "^FILE" or WCOLL, and what it includes. */
struct file {
	const char *path;   /* the one that is read now */
	const char *first;  /* the one it began with */
	struct strvec seen; /* paths, the first one too */
	unsigned int depth;
	bool exclude;
};

struct pdshlist *pdshlist_new(const struct pdshlist_env *env)
{
	struct pdshlist *l = xcalloc(1, sizeof(*l));

	l->env = env;
	l->bytes_left = HOSTLIST_MAX_FILES;
	return l;
}

void pdshlist_free(struct pdshlist *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].name);
	for (size_t i = 0; i < l->nfilters; i++)
		regex_free(l->filters[i].re);
	free(l->v);
	free(l->filters);
	strvec_release(&l->users);
	strvec_release(&l->excluded);
	free(l);
}

bool pdshlist_any(const struct pdshlist *l)
{
	return l->any;
}

size_t pdshlist_count(const struct pdshlist *l)
{
	return l->n;
}

struct pdsh_host *pdshlist_get(const struct pdshlist *l, size_t i)
{
	assert(i < l->n);
	return &l->v[i];
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where the item at hand ends: a comma within brackets is part of it. */
static size_t item_end(const struct scan *s)
{
	long level = 0;
	size_t i = s->at;

	for (; i < s->len && (level || s->text[i] != ','); i++) {
		if (s->text[i] == '[')
			level++;
		else if (s->text[i] == ']')
			level--;
	}
	return i;
}

/* The item as text, without blanks around. */
static char *item_text(const struct scan *s, size_t end)
{
	size_t start = s->at;

	while (start < end && is_blank(s->text[start]))
		start++;
	while (end > start && is_blank(s->text[end - 1]))
		end--;
	return xstrndup(s->text + start, end - start);
}

/* Hosts */

/* One copy of each user, for as long as the list lives. */
static const char *keep_user(struct pdshlist *l, const char *user, size_t len)
{
	const char *last = l->users.n ? l->users.v[l->users.n - 1] : NULL;

	if (last && strlen(last) == len && !memcmp(last, user, len))
		return last;
	strvec_push_take(&l->users, xstrndup(user, len));
	return l->users.v[l->users.n - 1];
}

/* What the hosts of one item have in common. */
struct item {
	const char *rcmd;
	const char *user;
	bool exclude;
};

static void take_name(struct pdshlist *l, const struct item *item,
		      const char *name, size_t len)
{
	struct pdsh_host *h;

	if (item->exclude) {
		strvec_push_take(&l->excluded, xstrndup(name, len));
		return;
	}
	l->v = grow_array(l->v, &l->cap, l->n, sizeof(*l->v));
	h = &l->v[l->n++];
	*h = (struct pdsh_host){
		.name = xstrndup(name, len),
		.user = item->user,
		.rcmd = item->rcmd,
	};
}

/*
 * A word of hosts.  Its user is that of the words after it in the same item,
 * too.
 */
static int parse_word(struct reading *r, struct item *item)
{
	struct pdshlist *l = r->l;
	struct pattern names = { 0 };
	struct scan *s = &r->scan;
	size_t start = s->at;
	struct err why = { 0 };
	int rc = -1;

	if (pattern_compile(&names, s, HOSTLIST_MAX_HOSTS - l->n)) {
		if (memchr(s->text + start, '[', s->len - start))
			err_prefix(s->err, "Invalid range: ");
		goto out;
	}
	pattern_first(&names);
	do {
		const char *name = names.name;
		size_t len = names.name_len;
		struct dest_view view;

		if (dest_split(name, len, true, &view, &why)) {
			scan_fail(s, start, "%s", why.msg);
			goto out;
		}
		if (view.user) {
			item->user = keep_user(l, view.user, view.user_len);
			len -= view.user_len + 1;
			name += view.user_len + 1;
		}
		if (*name == '/') {
			scan_fail(s, start,
				  _("expected a name, as a regular expression "
				    "is an item of its own"));
			goto out;
		}
		take_name(l, item, name, len);
	} while (pattern_next(&names));
	if (!item->exclude)
		l->any = true;
	rc = 0;
out:
	err_release(&why);
	pattern_release(&names);
	return rc;
}

static bool all_digits(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return n > 0;
}

static const char *find_rcmd(const struct pdshlist *l, const char *name,
			     size_t len)
{
	for (const char *const *w = l->env->rcmds; *w; w++)
		if (strlen(*w) == len && !memcmp(*w, name, len))
			return *w;
	return NULL;
}

/*
 * "TYPE:" in front of hosts.  A colon may as well stand before a port, or in
 * an address: then it is no prefix.
 */
static int parse_rcmd(struct reading *r, struct item *item, size_t end)
{
	struct scan *s = &r->scan;
	const char *text = s->text + s->at;
	size_t left = end - s->at;
	size_t len = 0;
	const char *rest;
	char *shown;

	while (len < left && !strchr(":@[ \t", text[len]))
		len++;
	if (len + 1 >= left || text[len] != ':' || text[len + 1] == ':')
		return 0;
	rest = text + len + 1;
	left -= len + 1;
	item->rcmd = find_rcmd(r->l, text, len);
	if (item->rcmd) {
		s->at += len + 1;
		return 0;
	}
	while (left && is_blank(rest[left - 1]))
		left--;
	if (all_digits(rest, left) || memchr(rest, ':', left))
		return 0;
	shown = text_vis_dup(text, len, SHOWN_MAX);
	err_set(s->err, ERR_USAGE, "No such rcmd module \"%s\"", shown);
	free(shown);
	return -1;
}

static int parse_hosts(struct reading *r, struct item *item)
{
	struct scan *s = &r->scan;
	size_t end = item_end(s);

	if (parse_rcmd(r, item, end))
		return -1;
	while (s->at < end) {
		struct item word = *item;

		if (is_blank(scan_peek(s))) {
			s->at++;
			continue;
		}
		/* A name never begins so; pdsh gave it to ssh as an option. */
		if (scan_peek(s) == '-' && !item->exclude) {
			s->at++;
			word.exclude = true;
		}
		if (parse_word(r, &word))
			return -1;
		item->user = word.user;
	}
	return 0;
}

/* Filters */

static int parse_filter(struct reading *r, bool exclude)
{
	struct pdshlist *l = r->l;
	struct scan *s = &r->scan;
	size_t end = item_end(s);
	char *text = item_text(s, end);
	size_t len = strlen(text);
	struct err why = { 0 };
	struct regex *re;
	int rc = 0;

	if (len > 1 && text[len - 1] == '/')
		text[len - 1] = '\0';
	re = ere_compile(text + 1, &why);
	if (re) {
		l->filters = grow_array(l->filters, &l->filters_cap,
					l->nfilters, sizeof(*l->filters));
		l->filters[l->nfilters++] = (struct filter){ re, exclude };
	} else {
		char *shown =
			text_vis_dup(text + 1, strlen(text + 1), SHOWN_MAX);

		rc = err_set(s->err, ERR_USAGE,
			     exclude ? "Error excluding pattern \"%s\": %s"
				     : "Error matching pattern \"%s\": %s",
			     shown, why.msg);
		free(shown);
	}
	s->at = end;
	err_release(&why);
	free(text);
	return rc;
}

/* Files */

static int read_file(struct pdshlist *l, struct file *f, const char *path,
		     struct err *err);

/* "^FILE" in a list: a file that begins anew. */
static int start_file(struct pdshlist *l, const char *path, bool exclude,
		      struct err *err)
{
	struct file f = { .path = path, .first = path, .exclude = exclude };
	int rc;

	if (!*path)
		return err_set(err, ERR_USAGE,
			       _("expected a file name after '^'"));
	strvec_push(&f.seen, path);
	rc = read_file(l, &f, path, err);
	strvec_release(&f.seen);
	return rc;
}

static int parse_file(struct reading *r, bool exclude)
{
	struct scan *s = &r->scan;
	size_t end = item_end(s);
	char *path;
	int rc;

	if (r->file)
		return scan_fail(s, s->at,
				 _("'^' does not stand in a file; "
				   "use #include"));
	s->at++;
	path = item_text(s, end);
	s->at = end;
	rc = start_file(r->l, path, exclude, s->err);
	free(path);
	return rc;
}

static int parse_item(struct reading *r, bool exclude)
{
	struct scan *s = &r->scan;
	struct item item = { .exclude = exclude };

	if (scan_peek(s) == '-' && !exclude) {
		s->at++;
		item.exclude = true;
		while (is_blank(scan_peek(s)))
			s->at++;
		if (scan_item_end(s))
			return scan_fail(s, s->at,
					 _("expected a name after '-'"));
	}
	if (scan_peek(s) == '^')
		return parse_file(r, item.exclude);
	if (scan_peek(s) == '/')
		return parse_filter(r, item.exclude);
	return parse_hosts(r, &item);
}

static int parse_text(struct pdshlist *l, struct file *f, const char *text,
		      size_t len, bool exclude, struct err *err)
{
	struct reading r = {
		.l = l,
		.file = f,
		.scan = { .text = text,
			  .len = len,
			  .err = err,
			  .dialect = DIALECT_PDSH },
	};

	if (len > HOSTLIST_MAX_LINE)
		return err_set(err, ERR_CONFIG,
			       _("a host list is longer than %zu bytes"),
			       HOSTLIST_MAX_LINE);
	for (;;) {
		while (r.scan.at < len && scan_item_end(&r.scan))
			r.scan.at++;
		if (r.scan.at >= len)
			return 0;
		if (parse_item(&r, exclude))
			return -1;
	}
}

/* The path of what `f` includes, by pdsh's rule. */
static char *path_of(const struct pdshlist *l, const struct file *f,
		     const char *name)
{
	bool dots = !strncmp(name, "./", 2) || !strncmp(name, "../", 3);
	const char *from = dots ? f->path : f->first;
	const char *slash = strrchr(from, '/');

	char *found = NULL;

	if (!dots && *name != '/' && l->env->find)
		found = l->env->find(l->env->arg, name);
	if (found)
		return found;
	while (!strncmp(name, "./", 2))
		name += 2;
	if (*name == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - from), from, name);
}

static void warn(const struct pdshlist *l, const char *before, const char *text,
		 const char *after)
{
	char *shown = text_vis_dup(text, strlen(text), SHOWN_MAX);
	char *line = xasprintf("warning: %s%s%s", before, shown, after);

	if (l->env->warn)
		l->env->warn(l->env->arg, line);
	free(line);
	free(shown);
}

static bool was_seen(const struct file *f, const char *path)
{
	for (size_t i = 0; i < f->seen.n; i++)
		if (!strcmp(f->seen.v[i], path))
			return true;
	return false;
}

static int include(struct pdshlist *l, struct file *f, const char *name,
		   struct err *err)
{
	const char *outer = f->path;
	char *path = path_of(l, f, name);
	int rc = -1;

	if (was_seen(f, path)) {
		warn(l, "file '", name, "' included multiple times");
		rc = 0;
	} else if (f->depth == HOSTLIST_MAX_DEPTH) {
		err_set(err, ERR_CONFIG,
			_("cannot include '%s': at most %d files within each "
			  "other"),
			name, HOSTLIST_MAX_DEPTH);
	} else {
		strvec_push(&f->seen, path);
		f->path = path;
		f->depth++;
		rc = read_file(l, f, path, err);
		f->depth--;
		f->path = outer;
	}
	free(path);
	return rc;
}

/* "#include NAME" and nothing more; another line that begins so is told of. */
static int parse_include(struct pdshlist *l, struct file *f, const char *line,
			 struct err *err)
{
	struct strvec words = { 0 };
	int rc = 0;

	strvec_split(&words, line, " \t\r\n");
	if (words.n == 2 && !strcmp(words.v[0], "#include"))
		rc = include(l, f, words.v[1], err);
	else
		warn(l, "Ignoring invalid line: ", line, "");
	strvec_release(&words);
	return rc;
}

static int parse_line(struct pdshlist *l, struct file *f, const char *line,
		      size_t len, struct err *err)
{
	static const char word[] = "#include";
	const char *comment;

	if (memchr(line, '\0', len))
		return err_set(err, ERR_CONFIG, _("a NUL is in it"));
	if (len >= sizeof(word) - 1 && !memcmp(line, word, sizeof(word) - 1)) {
		char *copy = xstrndup(line, len);
		int rc = parse_include(l, f, copy, err);

		free(copy);
		return rc;
	}
	comment = memchr(line, '#', len);
	if (comment)
		len = (size_t)(comment - line);
	return parse_text(l, f, line, len, f->exclude, err);
}

static int parse_lines(struct pdshlist *l, struct file *f, const char *path,
		       const struct strbuf *text, struct err *err)
{
	const char *line = text->buf;
	const char *end = text->buf + text->len;

	for (size_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;

		if (parse_line(l, f, line, (size_t)(stop - line), err)) {
			err_prefix(err, _("%s line %zu: "), path, number);
			return -1;
		}
		line = stop + 1;
	}
	return 0;
}

static int read_file(struct pdshlist *l, struct file *f, const char *path,
		     struct err *err)
{
	struct strbuf text = STRBUF_INIT(l->bytes_left);
	int rc = l->env->read(l->env->arg, path, l->bytes_left, &text, err);

	if (!rc) {
		l->bytes_left -= text.len;
		rc = parse_lines(l, f, path, &text, err);
	}
	strbuf_release(&text);
	return rc;
}

int pdshlist_add(struct pdshlist *l, const char *text, struct err *err)
{
	/* "-" alone, and not among others, is standard input. */
	if (!strcmp(text, "-"))
		return start_file(l, text, false, err);
	return parse_text(l, NULL, text, strlen(text), false, err);
}

int pdshlist_exclude(struct pdshlist *l, const char *text, struct err *err)
{
	return parse_text(l, NULL, text, strlen(text), true, err);
}

int pdshlist_file(struct pdshlist *l, const char *path, struct err *err)
{
	return start_file(l, path, false, err);
}

/* What is left */

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_among(const char *name, const char *const *sorted, size_t n)
{
	return n && bsearch(&name, sorted, n, sizeof(*sorted), compare);
}

/* 1: it stays, 0: it does not, -1: err. */
static int passes(const struct pdshlist *l, const char *name, struct err *err)
{
	if (is_among(name, (const char *const *)l->excluded.v, l->excluded.n))
		return 0;
	for (size_t i = 0; i < l->nfilters; i++) {
		int rc = regex_match(l->filters[i].re, name, strlen(name), err);

		if (rc < 0)
			return -1;
		if ((rc > 0) == l->filters[i].exclude)
			return 0;
	}
	return 1;
}

int pdshlist_finish(struct pdshlist *l, struct err *err)
{
	size_t kept = 0;

	if (l->excluded.n)
		qsort(l->excluded.v, l->excluded.n, sizeof(*l->excluded.v),
		      compare);
	for (size_t i = 0; i < l->n; i++) {
		int rc = passes(l, l->v[i].name, err);

		if (rc < 0)
			return -1;
		if (!rc) {
			free(l->v[i].name);
			l->v[i].name = NULL;
		}
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].name)
			l->v[kept++] = l->v[i];
	l->n = kept;
	return 0;
}

/* Keep the hosts that are in `other`, or those that are not. */
static void select_hosts(struct pdshlist *l, const struct pdshlist *other,
			 bool in)
{
	const char **names = xcalloc(other->n ? other->n : 1, sizeof(*names));
	size_t kept = 0;

	for (size_t i = 0; i < other->n; i++)
		names[i] = other->v[i].name;
	if (other->n)
		qsort(names, other->n, sizeof(*names), compare);
	for (size_t i = 0; i < l->n; i++) {
		if (is_among(l->v[i].name, names, other->n) == in)
			l->v[kept++] = l->v[i];
		else
			free(l->v[i].name);
	}
	l->n = kept;
	free(names);
}

void pdshlist_keep(struct pdshlist *l, const struct pdshlist *other)
{
	select_hosts(l, other, true);
}

void pdshlist_drop(struct pdshlist *l, const struct pdshlist *other)
{
	select_hosts(l, other, false);
}

static size_t prefix_length(const char *name)
{
	size_t len = strlen(name);

	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	return len;
}

/* By prefix, then by number, then by how it is written. */
static int compare_natural(const void *a, const void *b)
{
	const char *x = ((const struct pdsh_host *)a)->name;
	const char *y = ((const struct pdsh_host *)b)->name;
	size_t nx = prefix_length(x);
	size_t ny = prefix_length(y);
	int order = memcmp(x, y, nx < ny ? nx : ny);

	if (order || nx != ny)
		return order ? order : (nx < ny ? -1 : 1);
	for (x += nx; *x == '0'; x++)
		continue;
	for (y += ny; *y == '0'; y++)
		continue;
	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	order = strcmp(x, y);
	return order ? order
		     : strcmp(((const struct pdsh_host *)a)->name,
			      ((const struct pdsh_host *)b)->name);
}

void pdshlist_unique(struct pdshlist *l)
{
	size_t kept = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_natural);
	for (size_t i = 0; i < l->n; i++) {
		if (kept && !strcmp(l->v[kept - 1].name, l->v[i].name))
			free(l->v[i].name);
		else
			l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

void pdshlist_move(struct pdshlist *to, struct pdshlist *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct pdsh_host *h = &from->v[i];
		const struct item item = {
			.rcmd = h->rcmd,
			.user = h->user ? keep_user(to, h->user,
						    strlen(h->user))
					: NULL,
		};

		take_name(to, &item, h->name, strlen(h->name));
		free(h->name);
	}
	to->any |= from->n > 0;
	from->n = 0;
}

void pdshlist_set_user(struct pdshlist *l, struct pdsh_host *h,
		       const char *user)
{
	h->user = keep_user(l, user, strlen(user));
}

int pdshlist_set_rcmd(const struct pdshlist *l, struct pdsh_host *h,
		      const char *rcmd, struct err *err)
{
	h->rcmd = find_rcmd(l, rcmd, strlen(rcmd));
	if (h->rcmd)
		return 0;
	return err_set(err, ERR_USAGE, "No such rcmd module \"%s\"", rcmd);
}
