/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A local script, run on hosts through the input of what interprets it.
 */
#include "cmd/script.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "model/command.h"

#include "base/banned.h"

#define LINE_MAX_BYTES 255 /* of "#!", as the kernel has it */

/* Who reads a script from its input, and what it has to be told. */
static const struct {
	const char *name;
	bool version; /* "python3.11" is one, too */
	bool shell;   /* -s --, else - */
} interpreters[] = {
	/* clang-format off */
	{ "sh",     false, true  }, { "bash",  false, true  },
	{ "dash",   false, true  }, { "ash",   false, true  },
	{ "ksh",    false, true  }, { "mksh",  false, true  },
	{ "zsh",    false, true  }, { "python", true, false },
	{ "perl",   true,  false }, { "ruby",  true,  false },
	{ "lua",    true,  false }, { "node",  false, false },
	/* clang-format on */
};

static int find_interpreter(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]);
	     i++) {
		size_t len = strlen(interpreters[i].name);

		if (strncmp(name, interpreters[i].name, len) != 0)
			continue;
		if (!name[len] ||
		    (interpreters[i].version &&
		     !name[len + strspn(name + len, "0123456789.")]))
			return (int)i;
	}
	return -1;
}

static int unknown(const char *path, const char *line, struct err *err)
{
	char *visible = text_vis_dup(line, strlen(line), 100);

	err_set(err, ERR_USAGE,
		_("'%s' begins with '#!%s', which is not known to read a script from its input"),
		path, visible);
	free(visible);
	return -1;
}

/* The words after "#!", without env(1) and its -S. */
static int read_words(const char *path, const char *line, struct strvec *words,
		      struct err *err)
{
	struct strvec all = { 0 };
	size_t first = 0;
	const char *slash;
	bool known;

	strvec_split(&all, line, " \t\r");
	slash = all.n ? strrchr(all.v[0], '/') : NULL;
	if (slash && !strcmp(slash, "/env"))
		first = all.n > 1 && !strcmp(all.v[1], "-S") ? 2 : 1;
	known = first < all.n && find_interpreter(all.v[first]) >= 0;
	for (size_t i = first; known && i < all.n; i++) {
		/* More can only be options, else there is no saying what. */
		known = i == first || *all.v[i] == '-' || *all.v[i] == '+';
		strvec_push(words, all.v[i]);
	}
	strvec_release(&all);
	return known ? 0 : unknown(path, line, err);
}

static int interpreter(int fd, const char *path, struct strvec *words,
		       struct err *err)
{
	char line[LINE_MAX_BYTES + 1];
	ssize_t n = pread(fd, line, LINE_MAX_BYTES, 0);

	if (n < 0)
		return err_set_errno(err, ERR_USAGE,
				     _("cannot read script '%s'"), path);
	line[n] = '\0';
	if (strncmp(line, "#!", 2) != 0) {
		strvec_push(words, "sh");
		return 0;
	}
	line[strcspn(line, "\n")] = '\0';
	return read_words(path, line + 2, words, err);
}

static int open_script(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st)) {
		err_set_errno(err, ERR_USAGE, _("cannot read script '%s'"),
			      path);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_USAGE,
			_("cannot read script '%s': it is no regular file"),
			path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

int script_plan(struct plan *plan, const char *path, int n, char **words,
		struct err *err)
{
	struct op_spec *spec = &plan->spec;
	struct strbuf command = STRBUF_INIT(COMMAND_MAX);
	int fd = open_script(path, err);
	bool shell;

	if (fd < 0)
		return -1;
	if (interpreter(fd, path, &spec->argv, err)) {
		close(fd);
		return -1;
	}
	shell = interpreters[find_interpreter(spec->argv.v[0])].shell;
	strvec_push(&spec->argv, shell ? "-s" : "-");
	if (shell)
		strvec_push(&spec->argv, "--");
	for (int i = 0; i < n; i++)
		strvec_push(&spec->argv, words[i]);
	for (size_t i = 0; i < spec->argv.n; i++) {
		if (i)
			(void)strbuf_addstr(&command, " ");
		command_quote(&command, spec->argv.v[i]);
	}
	if (command.full) {
		close(fd);
		strbuf_release(&command);
		return err_set(err, ERR_USAGE,
			       _("the command is longer than %zu bytes"),
			       COMMAND_MAX);
	}
	spec->command = strbuf_detach(&command, NULL);
	spec->input_fd = fd;
	spec->want_stdin = true;
	return 0;
}
