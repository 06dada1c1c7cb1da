/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host's name in full: CanonicalDomains one after the other, then what DNS
 * says the name stands for, as far as CanonicalizePermittedCNAMEs allows.
 *
 * Notes: a name server is not trusted.  What it calls canonical ends up in
 * patterns and in known_hosts, so it is taken only if it is a domain name and
 * a rule of the user's fits.
 */
#include "conf/sshcanon.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/match.h"
#include "base/text.h"
#include "base/banned.h"

#define MAX_NAME ((size_t)253) /* bytes, RFC 1035 */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool is_domain(const char *s)
{
	if (!is_alnum(*s) || strlen(s) > MAX_NAME + 1)
		return false;
	for (; *s; s++)
		if ((!is_alnum(*s) && !strchr("._-", *s)) ||
		    (*s == '.' && s[1] == '.'))
			return false;
	return true;
}

/* As ssh: what can be an address only, even a wrong one, is no name. */
static bool is_address(const char *host)
{
	return strpbrk(host, "%:") || !host[strspn(host, "0123456789.")];
}

static int count_dots(const char *host)
{
	int n = 0;

	for (; *host; host++)
		n += *host == '.';
	return n;
}

/* Whether the name is for ssh to look up, and not for a proxy. */
static bool is_direct(const struct ssh_opts *o)
{
	return !o->proxy_command && !o->proxy_jump;
}

static enum sshcanon_step lost(const char *host, const char *why,
			       struct err *err)
{
	(void)err_set(err, ERR_RESOLVE, _("could not resolve hostname %s: %s"),
		      host, why);
	return SSHCANON_LOST;
}

/* Look up `name`; `*cname` is what DNS calls it, if that can be a name. */
static enum sshconf_name look_up(const struct sshcanon *names,
				 const struct ssh_opts *o, const char *name,
				 const char **cname)
{
	enum sshconf_name found;

	*cname = NULL;
	found = names->look_up(names->arg, name, o->address_family, cname);
	if (*cname && !is_domain(*cname)) {
		char *text = text_vis_dup(*cname, strlen(*cname), MAX_NAME);

		log_verbose(_("'%s' cannot be the name of host '%s'"), text,
			    name);
		free(text);
		*cname = NULL;
	}
	return found;
}

/* What `name` becomes when a rule lets it be called `cname`; owned. */
static char *follow(const struct ssh_opts *o, const char *name,
		    const char *cname)
{
	const struct strvec *rules = &o->canonicalize_permitted_cnames;
	char *full = cname ? xstrdup(cname) : xstrdup("");
	size_t n = strlen(full);
	bool allowed = false;

	if (n && full[n - 1] == '.')
		full[n - 1] = '\0';
	for (size_t i = 0; *full && !allowed && i < rules->n; i++) {
		const char *colon = strchr(rules->v[i], ':');
		char *sources;

		if (!colon)
			continue;
		sources = xstrndup(rules->v[i], (size_t)(colon - rules->v[i]));
		allowed = match_list(sources, name, true) == MATCH_POSITIVE &&
			  match_list(colon + 1, full, true) == MATCH_POSITIVE;
		free(sources);
	}
	if (allowed)
		return full;
	free(full);
	return xstrdup(name);
}

/* Try `full`, which ends with a dot; DONE with `*out` NULL: no such name. */
static enum sshcanon_step try_name(const struct sshcanon *names,
				   const struct ssh_opts *o, const char *full,
				   char **out, struct err *err)
{
	const char *cname;
	char *name;

	switch (look_up(names, o, full, &cname)) {
	case SSHCONF_NAME_OPEN:
		return SSHCANON_OPEN;
	case SSHCONF_NAME_LATE:
		return lost(full, _("no answer in time"), err);
	case SSHCONF_NAME_ABSENT:
		return SSHCANON_DONE;
	case SSHCONF_NAME_FOUND:
		break;
	}
	name = xstrndup(full, strlen(full) - 1);
	*out = follow(o, name, cname);
	free(name);
	return SSHCANON_DONE;
}

/* Each domain in its turn, or the name itself if it ends with a dot. */
static enum sshcanon_step try_domains(const struct sshcanon *names,
				      const struct ssh_opts *o,
				      const char *host, char **out,
				      struct err *err)
{
	const struct strvec *domains = &o->canonical_domains;
	const char *why = _("it is in none of the CanonicalDomains");
	enum sshcanon_step step = SSHCANON_DONE;
	size_t n = strlen(host);

	if (n && host[n - 1] == '.') {
		why = _("there is no such name");
		step = try_name(names, o, host, out, err);
	} else if (count_dots(host) > o->canonicalize_max_dots) {
		return SSHCANON_DONE;
	} else {
		for (size_t i = 0;
		     step == SSHCANON_DONE && !*out && i < domains->n; i++) {
			char *full = xasprintf("%s.%s.", host, domains->v[i]);

			step = try_name(names, o, full, out, err);
			free(full);
		}
	}
	if (step == SSHCANON_DONE && !*out && !o->canonicalize_fallback_local)
		return lost(host, why, err);
	return step;
}

/* The name as the system finds it; a rule may let it stand for another. */
static enum sshcanon_step try_alias(const struct sshcanon *names,
				    const struct ssh_opts *o, const char *host,
				    char **out, struct err *err)
{
	const char *cname;

	switch (look_up(names, o, host, &cname)) {
	case SSHCONF_NAME_OPEN:
		return SSHCANON_OPEN;
	case SSHCONF_NAME_LATE:
		return lost(host, _("no answer in time"), err);
	case SSHCONF_NAME_ABSENT:
		if (is_direct(o))
			return lost(host, _("there is no such name"), err);
		return SSHCANON_DONE;
	case SSHCONF_NAME_FOUND:
		break;
	}
	*out = follow(o, host, cname);
	return SSHCANON_DONE;
}

enum sshcanon_step sshcanon_name(const struct sshcanon *names,
				 const struct ssh_opts *o, const char *host,
				 char **out, struct err *err)
{
	enum sshcanon_step step;

	*out = NULL;
	if (!names->look_up || o->canonicalize_hostname == CANONICALIZE_NO ||
	    is_address(host))
		return SSHCANON_DONE;
	if (!is_direct(o) && o->canonicalize_hostname != CANONICALIZE_ALWAYS)
		return SSHCANON_DONE;
	step = try_domains(names, o, host, out, err);
	if (step == SSHCANON_DONE && !*out &&
	    o->canonicalize_permitted_cnames.n)
		step = try_alias(names, o, host, out, err);
	return step;
}
