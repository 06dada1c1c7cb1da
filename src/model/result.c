/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a target, and the exit code of the program.
 */
#include "model/result.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* timeout(1) has the same. */
#define VALUE_TIMEOUT	 124
#define VALUE_FAILED	 255
#define VALUE_NOT_COPIED 1
/* What pdsh -S says of a command that took too long. */
#define VALUE_PDSH_TIMEOUT 254
/* As for a program that the user interrupts. */
#define VALUE_CANCELLED (128 + SIGINT)

/* The signals of RFC 4254, section 6.10, and those that OpenSSH adds. */
static const struct {
	const char *name;
	int number;
} signals[] = {
	/* clang-format off */
	{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE",  SIGFPE  },
	{ "HUP",  SIGHUP  }, { "ILL",  SIGILL  }, { "INT",  SIGINT  },
	{ "KILL", SIGKILL }, { "PIPE", SIGPIPE }, { "QUIT", SIGQUIT },
	{ "SEGV", SIGSEGV }, { "TERM", SIGTERM }, { "USR1", SIGUSR1 },
	{ "USR2", SIGUSR2 }, { "BUS",  SIGBUS  }, { "SYS",  SIGSYS  },
	{ "TRAP", SIGTRAP }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	/* clang-format on */
};

static const char *const phases[] = {
	[PHASE_WAITING] = "waiting",
	[PHASE_CONNECTING] = "connecting",
	[PHASE_AUTHENTICATING] = "authenticating",
	[PHASE_RUNNING] = "running",
	[PHASE_DONE] = "done",
};

const char *phase_name(enum phase p)
{
	return phases[p];
}

int signal_number(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(signals[i].name, name))
			return signals[i].number;
	return 0;
}

const char *signal_name_known(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(signals[i].name, name))
			return signals[i].name;
	return "unknown";
}

const char *signal_name_of(int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].number == number)
			return signals[i].name;
	return "unknown";
}

void result_release(struct result *r)
{
	if (!r)
		return;
	err_release(&r->err);
	*r = (struct result){ 0 };
}

bool result_ok(const struct result *r)
{
	return r->outcome == OUTCOME_EXIT && r->status == 0;
}

/* A status of 256 is no success, though its low byte says so. */
static int exit_value(uint32_t status)
{
	int low = (int)(status & 0xff);

	return status && !low ? VALUE_FAILED : low;
}

int result_value(const struct result *r)
{
	int number;

	switch (r->outcome) {
	case OUTCOME_EXIT:
		return exit_value(r->status);
	case OUTCOME_SIGNAL:
		number = signal_number(r->signal);
		return number ? 128 + number : VALUE_FAILED;
	case OUTCOME_ERROR:
		if (r->err.code == ERR_COPY)
			return VALUE_NOT_COPIED;
		return r->err.code == ERR_TIMEOUT ? VALUE_TIMEOUT
						  : VALUE_FAILED;
	case OUTCOME_CANCELLED:
	case OUTCOME_SKIPPED:
		return VALUE_CANCELLED;
	case OUTCOME_NONE:
	case OUTCOME_NO_STATUS:
		return VALUE_FAILED;
	}
	return VALUE_FAILED;
}

int64_t result_step_ns(const struct result *r, enum reached to)
{
	const uint64_t *ns = r->reached_ns;

	assert(to > REACHED_BEGIN && to < NREACHED);
	return ns[to] && ns[to - 1] ? (int64_t)(ns[to] - ns[to - 1]) : -1;
}

/* What each end is called: in one word for programs, and for people. */
static const struct {
	const char *word, *text;
} outcomes[] = {
	/* clang-format off */
	[OUTCOME_NONE]	    = { "unfinished", "unfinished" },
	[OUTCOME_EXIT]	    = { "exit",	      "exit" },
	[OUTCOME_SIGNAL]    = { "signal",     "signal" },
	[OUTCOME_NO_STATUS] = { "no-status",  "no exit status" },
	[OUTCOME_ERROR]	    = { NULL,	      NULL }, /* that of the error */
	[OUTCOME_CANCELLED] = { "cancelled",  "cancelled" },
	[OUTCOME_SKIPPED]   = { "skipped",    "skipped" },
	/* clang-format on */
};

const char *result_word(const struct result *r)
{
	if (r->outcome == OUTCOME_ERROR)
		return err_name(r->err.code);
	return result_ok(r) ? "ok" : outcomes[r->outcome].word;
}

const char *result_class(const struct result *r, char *buf, size_t size)
{
	const char *text = outcomes[r->outcome].text;

	if (r->outcome == OUTCOME_ERROR || result_ok(r))
		return result_word(r);
	if (r->outcome == OUTCOME_EXIT)
		(void)snprintf(buf, size, "%s %u", text,
			       (unsigned int)r->status);
	else if (r->outcome == OUTCOME_SIGNAL)
		(void)snprintf(buf, size, "%s %s", text, r->signal);
	else
		return text;
	return buf;
}

/* As ssh: the status as it is, 255 for signals and failures. */
static int one_host_value(const struct result *r)
{
	if (r->outcome == OUTCOME_EXIT)
		return (int)(r->status & 0xff);
	if (r->outcome == OUTCOME_ERROR && r->err.code == ERR_TIMEOUT)
		return VALUE_TIMEOUT;
	if (r->outcome == OUTCOME_CANCELLED)
		return VALUE_CANCELLED;
	return VALUE_FAILED;
}

static bool all_ok(const struct result *results, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!result_ok(&results[i]))
			return false;
	return true;
}

static bool is_timeout(const struct result *r)
{
	return r->outcome == OUTCOME_ERROR && r->err.code == ERR_TIMEOUT;
}

/* `timeout` is what a command that took too long counts. */
static bool any_ok(const struct result *results, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (result_ok(&results[i]))
			return true;
	return false;
}

static int largest(const struct result *results, size_t n, int timeout)
{
	int max = 0;

	for (size_t i = 0; i < n; i++) {
		int v = is_timeout(&results[i]) ? timeout
						: result_value(&results[i]);

		if (v > max)
			max = v;
	}
	return max;
}

int exit_code(enum exit_policy policy, const struct result *results, size_t n,
	      size_t main_rank)
{
	int main_value;

	if (n == 0)
		return VALUE_FAILED;
	assert(main_rank < n);
	main_value = result_value(&results[main_rank]);
	switch (policy) {
	case EXIT_MAIN_RANK:
		return main_value;
	case EXIT_ALL:
		return all_ok(results, n) ? 0 : 1;
	case EXIT_CHECK:
		if (main_value)
			return main_value;
		return all_ok(results, n) ? 0 : 1;
	case EXIT_MAX:
		return largest(results, n, VALUE_TIMEOUT);
	case EXIT_PDSH_S:
		return largest(results, n, VALUE_PDSH_TIMEOUT);
	case EXIT_ONE:
		return one_host_value(&results[0]);
	case EXIT_PING:
		return any_ok(results, n) ? !all_ok(results, n) : VALUE_FAILED;
	case EXIT_PDSH:
		return 0;
	}
	return VALUE_FAILED;
}
