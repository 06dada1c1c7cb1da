/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which forms of output a run has.
 */
#include "cmd/sinks.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "job/job.h"
#include "out/sink_dir.h"
#include "out/sink_group.h"
#include "out/sink_json.h"
#include "out/sink_ping.h"
#include "out/sink_text.h"

#include "base/banned.h"

#define NKINDS 6

struct sinks {
	struct sinks_conf conf;
	struct observer *observers[NKINDS]; /* NULL: not asked for */
	int json_fd;			    /* of --json=FILE, or -1 */
};

/* One form of output: all that is known of it here. */
struct sink_kind {
	bool (*wanted)(const struct launch_style *style);
	struct observer *(*open)(struct sinks *sinks, struct err *err);
	int (*flush)(struct observer *o);
	void (*free)(struct observer *o);
	/* Where messages go that would go to stderr; or NULL. */
	sinks_log_fn *log;
	/* What is for a terminal waits; NULL: nothing is written before flush.
	 */
	void (*hold)(struct observer *o, bool hold);
	int (*cramped)(struct observer *o);
};

int sinks_json_fd(const char *arg)
{
	return arg && *arg ? output_standard(arg) : STDOUT_FILENO;
}

int sinks_json_place(struct launch_style *style, const char *arg,
		     bool *on_stdout, struct err *err)
{
	const int fd = sinks_json_fd(arg);

	*on_stdout = arg && fd == STDOUT_FILENO;
	style->json_file = fd < 0 ? arg : NULL;
	if (fd != STDERR_FILENO)
		return 0;
	return err_set(
		err, ERR_USAGE,
		_("JSON cannot go to '%s', which is standard error: messages go there"),
		arg);
}

/* A file or folder of the user's has no reader that could leave. */
static void file_failed(void *arg, const char *text, bool gone)
{
	const struct sinks *sinks = arg;

	(void)gone;
	sinks->conf.failed(sinks->conf.arg, text, false);
}

static bool wants_stream(const struct launch_style *style)
{
	return style->form == FORM_STREAM;
}

static struct observer *open_stream(struct sinks *sinks, struct err *err)
{
	const struct launch_style *style = sinks->conf.style;
	const struct sink_text_conf conf = {
		.loop = sinks->conf.loop,
		.pool = sinks->conf.pool,
		.ntargets = sinks->conf.plan->targets.n,
		.fds = { STDOUT_FILENO, STDERR_FILENO },
		.raw = style->keep_raw,
		.labels = style->labels,
		.keep_unfinished = style->keep_unfinished,
		.colour = { style->colour[0], style->colour[1] },
		.vis = { !style->keep_raw && isatty(STDOUT_FILENO),
			 !style->keep_raw && isatty(STDERR_FILENO) },
		.failed = sinks->conf.failed,
		.arg = sinks->conf.arg,
	};

	(void)err;
	return sink_text_new(&conf);
}

static bool wants_group(const struct launch_style *style)
{
	return style->form == FORM_GROUP;
}

static struct observer *open_group(struct sinks *sinks, struct err *err)
{
	const struct launch_style *style = sinks->conf.style;
	const struct sink_group_conf conf = {
		.loop = sinks->conf.loop,
		.pool = sinks->conf.pool,
		.targets = &sinks->conf.plan->targets,
		.fds = { STDOUT_FILENO, STDERR_FILENO },
		.diff = style->diff,
		.colour = { style->colour[0], style->colour[1] },
		.vis = { isatty(STDOUT_FILENO), isatty(STDERR_FILENO) },
		.failed = sinks->conf.failed,
		.arg = sinks->conf.arg,
	};

	(void)err;
	return sink_group_new(&conf);
}

static bool wants_ping(const struct launch_style *style)
{
	return style->form == FORM_PING;
}

static struct observer *open_ping(struct sinks *sinks, struct err *err)
{
	const struct sink_ping_conf conf = {
		.loop = sinks->conf.loop,
		.pool = sinks->conf.pool,
		.fd = STDOUT_FILENO,
		.failed = sinks->conf.failed,
		.arg = sinks->conf.arg,
	};

	(void)err;
	return sink_ping_new(&conf);
}

static bool wants_json(const struct launch_style *style)
{
	return style->form == FORM_JSON;
}

static struct observer *open_json(struct sinks *sinks, struct err *err)
{
	const struct sink_json_conf conf = {
		.loop = sinks->conf.loop,
		.pool = sinks->conf.pool,
		.ntargets = sinks->conf.plan->targets.n,
		.fd = STDOUT_FILENO,
		.name = "stdout",
		.command = sinks->conf.plan->spec.command,
		.failed = sinks->conf.failed,
		.arg = sinks->conf.arg,
	};

	(void)err;
	return sink_json_new(&conf);
}

static bool wants_json_file(const struct launch_style *style)
{
	return style->json_file;
}

static struct observer *open_json_file(struct sinks *sinks, struct err *err)
{
	const char *path = sinks->conf.style->json_file;
	struct sink_json_conf conf = {
		.loop = sinks->conf.loop,
		.pool = sinks->conf.pool,
		.ntargets = sinks->conf.plan->targets.n,
		.name = path,
		.command = sinks->conf.plan->spec.command,
		.failed = file_failed,
		.arg = sinks,
	};

	sinks->json_fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC,
		     0600);
	if (sinks->json_fd < 0) {
		err_set_errno(err, ERR_USAGE, _("cannot write '%s'"), path);
		return NULL;
	}
	conf.fd = sinks->json_fd;
	return sink_json_new(&conf);
}

static bool wants_dir(const struct launch_style *style)
{
	return style->output_dir;
}

static struct observer *open_dir(struct sinks *sinks, struct err *err)
{
	const struct sink_dir_conf conf = {
		.path = sinks->conf.style->output_dir,
		.targets = &sinks->conf.plan->targets,
		.command = sinks->conf.plan->spec.command,
		.failed = file_failed,
		.arg = sinks,
	};

	return sink_dir_new(&conf, err);
}

/* Files first: should the reader of stdout hang, they are complete. */
static const struct sink_kind kinds[NKINDS] = {
	/* clang-format off */
	{ wants_dir,       open_dir,       sink_dir_flush,   sink_dir_free,   NULL, NULL, NULL },
	{ wants_json_file, open_json_file, sink_json_flush,  sink_json_free,  NULL, sink_json_hold, sink_json_cramped },
	{ wants_stream,    open_stream,    sink_text_flush,  sink_text_free,  sink_text_log, sink_text_hold, sink_text_cramped },
	{ wants_group,     open_group,     sink_group_flush, sink_group_free, NULL, NULL, NULL },
	{ wants_ping,      open_ping,      sink_ping_flush,  sink_ping_free,  NULL, sink_ping_hold, sink_ping_cramped },
	{ wants_json,      open_json,      sink_json_flush,  sink_json_free,  NULL, sink_json_hold, sink_json_cramped },
	/* clang-format on */
};

struct sinks *sinks_new(const struct sinks_conf *conf, struct err *err)
{
	struct sinks *sinks = xcalloc(1, sizeof(*sinks));

	sinks->conf = *conf;
	sinks->json_fd = -1;
	for (size_t i = 0; i < NKINDS; i++) {
		if (!kinds[i].wanted(conf->style))
			continue;
		sinks->observers[i] = kinds[i].open(sinks, err);
		if (!sinks->observers[i]) {
			sinks_free(sinks);
			return NULL;
		}
	}
	return sinks;
}

void sinks_add(struct sinks *sinks, struct job *job)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (sinks->observers[i])
			job_add_observer(job, sinks->observers[i]);
}

sinks_log_fn *sinks_log(const struct sinks *sinks, void **arg)
{
	for (size_t i = 0; i < NKINDS; i++) {
		if (!sinks->observers[i] || !kinds[i].log)
			continue;
		*arg = sinks->observers[i];
		return kinds[i].log;
	}
	return NULL;
}

void sinks_take_log(struct sinks *sinks)
{
	void *arg = NULL;
	sinks_log_fn *log = sinks_log(sinks, &arg);

	if (log)
		log_set_writer(log, arg);
}

void sinks_hold(struct sinks *sinks, bool hold)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (sinks->observers[i] && kinds[i].hold)
			kinds[i].hold(sinks->observers[i], hold);
}

int sinks_cramped(const struct sinks *sinks)
{
	int error = 0;

	for (size_t i = 0; i < NKINDS && !error; i++)
		if (sinks->observers[i] && kinds[i].cramped)
			error = kinds[i].cramped(sinks->observers[i]);
	return error;
}

struct observer *sinks_stream(const struct sinks *sinks)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (kinds[i].open == open_stream)
			return sinks->observers[i];
	return NULL;
}

void sinks_flush(struct sinks *sinks)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (sinks->observers[i])
			(void)kinds[i].flush(sinks->observers[i]);
}

void sinks_free(struct sinks *sinks)
{
	if (!sinks)
		return;
	for (size_t i = 0; i < NKINDS; i++)
		if (sinks->observers[i])
			kinds[i].free(sinks->observers[i]);
	if (sinks->json_fd >= 0)
		close(sinks->json_fd);
	free(sinks);
}
