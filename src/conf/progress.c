/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress in the output of programs.
 *
 * What these programs print is found in their manuals and by running them;
 * dates (2024/11/30), versions (1.2/3.4), addresses (10.0.0.0/8) and paths
 * are no progress.
 */
#include "conf/progress.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/match.h"
#include "base/banned.h"

/* A rule that hit the limits of base/match.c so often is put aside. */
#define PATIENCE 8

struct row {
	const char *of;	  /* the programs, for the reader */
	const char *with; /* a line has one of these, or it is not tried */
	const char *pattern;
};

#define SIZE(name) "(?<" name ">\\d+(?:\\.\\d+)? ?[kKMGT]?)i?B?"

static const struct row builtin[] = {
	/* clang-format off */
	{ "apt-get: the whole, before the part in brackets", "%",
	  "^\\s*(?<percent>\\d{1,3})% \\[" },
	{ "apt, cmake, pytest, dpkg: [ 45%], ... 45%", "%",
	  "(?:\\[|\\.\\.\\. ?)\\s*(?<percent>\\d{1,3})%" },
	{ "rsync: bytes, then how much of all", "%",
	  "^\\s*[\\d,.]+[KMGT]?\\s+(?<percent>\\d{1,3})%\\s" },
	{ "git, tqdm, wget, scp, pv and all the others with a percent sign", "%",
	  "(?<![\\w.,/+-])(?<percent>\\d{1,3}(?:[.,]\\d+)?) ?%(?!\\w)" },
	{ "curl: twelve columns, the first one of them", ":",
	  "^\\s*(?<percent>\\d{1,3})\\s+[\\d.]+[kMGTP]?\\s+\\d{1,3}\\s+[\\d.]+[kMGTP]?"
	  "\\s+\\d{1,3}\\s+[\\d.]+[kMGTP]?(?:\\s+[\\d.]+[kMGTP]?){2}(?:\\s+[\\d:-]{7,9}){3}" },
	{ "docker pull: 12.3MB/45.6MB", "/",
	  "(?:Downloading|Extracting|Pushing|\\])\\s.*?" SIZE("done") "/" SIZE("total") },
	{ "pip: 12.3/45.6 MB", "/",
	  "(?<![\\w./-])(?<done>\\d+(?:\\.\\d+)?)/(?<total>\\d+(?:\\.\\d+)?) [kKMG]i?B\\b" },
	{ "docker build, ninja, dnf, cargo, yarn: 3/10", "/",
	  "(?<![\\w./:+-])(?<done>\\d{1,9}) ?/ ?(?<total>\\d{1,9})(?![\\w/-]|[.,]\\d)" },
	{ "three of ten", "o",
	  "(?<![\\w./:+-])(?<done>\\d{1,9}) (?:out )?of (?<total>\\d{1,9})(?![\\w/-]|[.,]\\d)" },
	/* clang-format on */
};

#define NBUILTIN (sizeof(builtin) / sizeof(builtin[0]))

struct rule {
	struct regex *re;
	const char *with; /* or NULL: any line */
	unsigned int percent, done, total;
	unsigned int slow; /* times it took too long */
};

struct progress_rules {
	struct rule own[PROGRESS_RULES_MAX];
	size_t nadded;
	struct rule builtin[NBUILTIN];
};

static int compile(struct rule *rule, const char *pattern, const char *with,
		   struct err *err)
{
	*rule = (struct rule){ .re = regex_compile(pattern, err),
			       .with = with };
	if (!rule->re)
		return -1;
	rule->percent = regex_find_group(rule->re, "percent");
	rule->done = regex_find_group(rule->re, "done");
	rule->total = regex_find_group(rule->re, "total");
	if (rule->percent || (rule->done && rule->total))
		return 0;
	regex_free(rule->re);
	rule->re = NULL;
	return err_set(
		err, ERR_USAGE,
		_("the pattern needs a group '(?<percent>...)', or '(?<done>...)' and '(?<total>...)', among its first %d groups"),
		REGEX_GROUPS);
}

struct progress_rules *progress_rules_new(void)
{
	struct progress_rules *rules = xcalloc(1, sizeof(*rules));

	for (size_t i = 0; i < NBUILTIN; i++)
		(void)compile(&rules->builtin[i], builtin[i].pattern,
			      builtin[i].with, NULL);
	return rules;
}

void progress_rules_free(struct progress_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->nadded; i++)
		regex_free(rules->own[i].re);
	for (size_t i = 0; i < NBUILTIN; i++)
		regex_free(rules->builtin[i].re);
	free(rules);
}

int progress_rules_add(struct progress_rules *rules, const char *pattern,
		       struct err *err)
{
	if (rules->nadded == PROGRESS_RULES_MAX)
		return err_set(err, ERR_USAGE, _("more than %d patterns"),
			       PROGRESS_RULES_MAX);
	if (compile(&rules->own[rules->nadded], pattern, NULL, err))
		return -1;
	rules->nadded++;
	return 0;
}

int progress_check(const char *pattern, struct err *err)
{
	struct rule rule;
	int rc = compile(&rule, pattern, NULL, err);

	regex_free(rule.re);
	return rc;
}

/* "12", "12.5", "1.5 M"; a unit is of 1000, as both sides have the same. */
static double number(const char *p, size_t n)
{
	static const char units[] = "kmgt";
	double value = 0;
	double place = 1;
	bool fraction = false;

	for (; n; p++, n--) {
		if (*p >= '0' && *p <= '9') {
			value = value * 10 + (*p - '0');
			place *= fraction ? 10 : 1;
		} else if ((*p == '.' || *p == ',') && !fraction) {
			fraction = true;
		} else {
			break;
		}
	}
	value /= place;
	for (; n && *p == ' '; n--)
		p++;
	for (size_t i = 0; n && units[i]; i++) {
		value *= 1000;
		if ((*p | 0x20) == units[i])
			return value;
	}
	return n ? -1 : value;
}

static double group(const struct rule *rule, unsigned int i, const char *text)
{
	size_t at, len;

	if (!i || !regex_group(rule->re, i, &at, &len) || !len)
		return -1;
	return number(text + at, len);
}

static int try_rule(struct rule *rule, const char *text, size_t n)
{
	double percent;
	int rc;

	if (!rule->re || rule->slow >= PATIENCE)
		return -1;
	rc = regex_match(rule->re, text, n, NULL);
	rule->slow += rc < 0;
	if (rc <= 0)
		return -1;
	percent = group(rule, rule->percent, text);
	if (percent < 0) {
		double done = group(rule, rule->done, text);
		double total = group(rule, rule->total, text);

		if (done < 0 || total <= 0)
			return -1;
		percent = done / total * 100;
	}
	return percent >= 0 && percent <= 100 ? (int)percent : -1;
}

/* What a number begins with may have been cut off with the beginning. */
static void cut(const char **line, size_t *n)
{
	const char *blank;

	if (*n <= PROGRESS_LOOK)
		return;
	*line += *n - PROGRESS_LOOK;
	blank = memchr(*line, ' ', PROGRESS_LOOK);
	*n = blank ? PROGRESS_LOOK - (size_t)(blank - *line) : 0;
	*line = blank ? blank : *line;
}

static bool has_digit(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= '0' && p[i] <= '9')
			return true;
	return false;
}

int progress_find(struct progress_rules *rules, const char *line, size_t n)
{
	int percent = -1;

	cut(&line, &n);
	for (size_t i = 0; i < rules->nadded && percent < 0; i++)
		percent = try_rule(&rules->own[i], line, n);
	if (percent >= 0 || !has_digit(line, n))
		return percent;
	for (size_t i = 0; i < NBUILTIN && percent < 0; i++)
		if (memchr(line, *rules->builtin[i].with, n))
			percent = try_rule(&rules->builtin[i], line, n);
	return percent;
}
