/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forwardings of ssh_config(5): what listens, and what it leads to.
 */
#include "conf/sshforward.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/banned.h"

#define MAX_FIELDS 4

/* A field between colons. */
struct field {
	char *text;
	bool is_path;
};

struct fields {
	struct field v[MAX_FIELDS];
	size_t n;
};

int port_parse(const char *word)
{
	const char *number = word + strspn(word, " \t");
	const struct servent *service;
	uint64_t port;

	if (parse_uint(number + (*number == '+'), 0, 65535, &port) == 0)
		return (int)port;
	service = getservbyname(word, "tcp");
	return service ? ntohs((uint16_t)service->s_port) : -1;
}

static void fields_release(struct fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].text);
	f->n = 0;
}

/*
 * Read up to the next colon; NULL when brackets or a backslash are open.  A
 * slash makes it a path, but not after a backslash.
 */
static const char *read_field(const char *s, struct strbuf *out, bool *is_path)
{
	if (*s == '[') {
		size_t n = strcspn(s + 1, "]");
		const char *end = s + 1 + n;

		if (*end != ']' || (end[1] && end[1] != ':'))
			return NULL;
		(void)strbuf_add(out, s + 1, n);
		*is_path = memchr(s, '/', n + 1) != NULL;
		return end + 1;
	}
	for (; *s && *s != ':'; s++) {
		*is_path |= *s == '/';
		if (*s == '\\' && !*++s)
			return NULL;
		(void)strbuf_addch(out, *s);
	}
	return s;
}

static int read_fields(const char *s, struct fields *f)
{
	for (;;) {
		bool is_path = false;
		struct strbuf text;

		if (f->n == MAX_FIELDS)
			return -1;
		strbuf_init(&text, strlen(s) + 1);
		s = read_field(s, &text, &is_path);
		if (!s) {
			strbuf_release(&text);
			return -1;
		}
		f->v[f->n].is_path = is_path;
		f->v[f->n++].text = strbuf_detach(&text, NULL);
		if (!*s)
			return 0;
		s++;
	}
}

static char *take(struct field *field)
{
	char *text = field->text;

	field->text = NULL;
	return text;
}

/* "port", "path" or "host:port". */
static void take_listener(struct fields *f, size_t n, struct sshforward *out)
{
	if (n == 1 && f->v[0].is_path) {
		out->listen_path = take(&f->v[0]);
		return;
	}
	out->listen_port = port_parse(f->v[n - 1].text);
	if (n == 2)
		out->listen_host = take(&f->v[0]);
}

/* The same for where it leads, behind `at` fields; a port needs a host. */
static int take_target(struct fields *f, size_t at, struct sshforward *out)
{
	if (f->n - at == 1) {
		if (!f->v[at].is_path)
			return -1;
		out->connect_path = take(&f->v[at]);
		return 0;
	}
	out->connect_host = take(&f->v[at]);
	out->connect_port = port_parse(f->v[at + 1].text);
	return 0;
}

/* How many of the fields are the listener's. */
static size_t listener_fields(const struct fields *f, bool alone)
{
	if (alone)
		return f->n;
	switch (f->n) {
	case 2:
		return 1;
	case 3:
		return !f->v[0].is_path && f->v[2].is_path ? 2 : 1;
	case 4:
		return 2;
	default:
		return 0;
	}
}

static bool is_remote(enum sshforward_kind kind)
{
	return kind == SSHFORWARD_REMOTE || kind == SSHFORWARD_REMOTE_DYNAMIC;
}

static bool is_sound(const struct sshforward *f)
{
	const size_t max_path = sizeof(((struct sockaddr_un *)0)->sun_path);

	if (!f->listen_path && f->listen_port < 0)
		return false;
	if (f->connect_host && f->connect_port < 1)
		return false;
	if (f->listen_host && strlen(f->listen_host) >= NI_MAXHOST)
		return false;
	if (f->connect_host && strlen(f->connect_host) >= NI_MAXHOST)
		return false;
	if (f->listen_path && strlen(f->listen_path) >= max_path)
		return false;
	return !f->connect_path || strlen(f->connect_path) < max_path;
}

static int take_fields(struct fields *f, enum sshforward_kind kind,
		       struct sshforward *out)
{
	bool alone =
		kind == SSHFORWARD_DYNAMIC || kind == SSHFORWARD_REMOTE_DYNAMIC;
	size_t n = listener_fields(f, alone);

	if (n < 1 || n > 2)
		return -1;
	take_listener(f, n, out);
	if (!alone && take_target(f, n, out))
		return -1;
	return is_sound(out) ? 0 : -1;
}

int sshforward_parse(const char *text, enum sshforward_kind kind,
		     struct sshforward *out, struct err *err)
{
	struct fields f = { .n = 0 };
	int rc;

	*out = (struct sshforward){ .connect_host = NULL };
	rc = read_fields(text, &f) || take_fields(&f, kind, out) ? -1 : 0;
	fields_release(&f);
	if (rc == 0)
		return 0;
	sshforward_release(out);
	return err_set(err, ERR_CONFIG, _("'%s' is no forwarding"), text);
}

void sshforward_release(struct sshforward *f)
{
	if (!f)
		return;
	free(f->listen_host);
	free(f->listen_path);
	free(f->connect_host);
	free(f->connect_path);
	*f = (struct sshforward){ .connect_host = NULL };
}

char *sshforward_text(const struct sshforward *f, enum sshforward_kind kind)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (f->listen_path)
		(void)strbuf_addstr(&out, f->listen_path);
	else if (f->listen_host)
		(void)strbuf_addf(&out, "[%s]:%d", f->listen_host,
				  f->listen_port);
	else
		(void)strbuf_addf(&out, "%d", f->listen_port);
	if (f->connect_path)
		(void)strbuf_addf(&out, " %s", f->connect_path);
	else if (f->connect_host)
		(void)strbuf_addf(&out, " [%s]:%d", f->connect_host,
				  f->connect_port);
	else if (is_remote(kind))
		(void)strbuf_addstr(&out, " [socks]:0");
	return strbuf_detach(&out, NULL);
}

/* The end of "[host]:port", "port" or a path, which may have blanks in it. */
static const char *listener_end(const char *shown)
{
	const char *at = *shown == '[' ? strchr(shown, ']') : shown;
	const char *path = strstr(shown, " /");

	if (!at)
		at = shown;
	if (*shown == '[' || strspn(shown, "0123456789") == strcspn(shown, " "))
		return at + strcspn(at, " ");
	at = strstr(shown, " [");
	if (!at || (path && path > at))
		at = path;
	return at ? at : shown + strcspn(shown, " ");
}

int sshforward_read(const char *shown, enum sshforward_kind kind,
		    struct sshforward *out, struct err *err)
{
	const char *end = listener_end(shown);
	bool alone = kind == SSHFORWARD_DYNAMIC || !*end ||
		     !strcmp(end, " [socks]:0");
	char *text = xasprintf(alone ? "%.*s" : "%.*s:%s", (int)(end - shown),
			       shown, *end ? end + 1 : "");
	int rc;

	if (alone && kind == SSHFORWARD_REMOTE)
		kind = SSHFORWARD_REMOTE_DYNAMIC;
	rc = sshforward_parse(text, kind, out, err);
	free(text);
	return rc;
}

/* "host:port" or "[host]:port" as it was checked when it was read. */
static bool permits(const char *word, const char *host, unsigned int port)
{
	const char *colon = strrchr(word, ':');
	size_t n = colon ? (size_t)(colon - word) : 0;
	bool fits;

	if (!n)
		return false;
	if (strcmp(colon + 1, "*") != 0 && port_parse(colon + 1) != (int)port)
		return false;
	if (*word == '[' && n > 1 && word[n - 1] == ']') {
		word++;
		n -= 2;
	}
	fits = n == strlen(host) && !memcmp(word, host, n);
	return fits || (n == 1 && *word == '*');
}

bool sshforward_permits(const struct strvec *permit, const char *host,
			unsigned int port)
{
	if (!permit->n || !strcmp(permit->v[0], "any"))
		return true;
	for (size_t i = 0; i < permit->n; i++)
		if (permits(permit->v[i], host, port))
			return true;
	return false;
}
