/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SSHFORWARD_H
#define RSH_CONF_SSHFORWARD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

enum sshforward_kind {
	SSHFORWARD_DYNAMIC,	   /* [host:]port, here, for SOCKS */
	SSHFORWARD_LOCAL,	   /* from here */
	SSHFORWARD_REMOTE,	   /* from there */
	SSHFORWARD_REMOTE_DYNAMIC, /* [host:]port, there, for SOCKS */
};

/**
 * A forwarding of ssh_config(5), or of -D, -L and -R, taken apart.  Of each
 * end either the path or the port is set.  Strings are owned.
 */
struct sshforward {
	char *listen_host; /* NULL: not given; "" and "*": any */
	char *listen_path;
	int listen_port;    /* 0: one is chosen where it listens */
	char *connect_host; /* NULL: by SOCKS */
	char *connect_path;
	int connect_port;
};

/**
 * Take apart `text`: the fields of the option or, of a configuration line,
 * its words joined by a colon.  In brackets a field may hold colons; a
 * backslash takes the meaning from a character; a field with a slash is a
 * path.  0, or -1 with ERR_CONFIG and `out` zeroed.
 */
int sshforward_parse(const char *text, enum sshforward_kind kind,
		     struct sshforward *out, struct err *err);
void sshforward_release(struct sshforward *f);

/** As ssh -G shows it: "[host]:port [host]:port"; a new string. */
char *sshforward_text(const struct sshforward *f, enum sshforward_kind kind);

/** The other way round. */
int sshforward_read(const char *shown, enum sshforward_kind kind,
		    struct sshforward *out, struct err *err);
/**
 * Whether `permit`, the words of PermitRemoteOpen, let somebody on the far side
 * connect there: "any", "none", or some HOST:PORT, either of which may be "*".
 * No words permit all.
 */
bool sshforward_permits(const struct strvec *permit, const char *host,
			unsigned int port);

/** A port, or the name of a service; -1 when it is neither.  0 is a port. */
int port_parse(const char *word);

#endif /* RSH_CONF_SSHFORWARD_H */
