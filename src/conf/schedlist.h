/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SCHEDLIST_H
#define RSH_CONF_SCHEDLIST_H

#include "base/err.h"
#include "base/strbuf.h"

struct groups;

/**
 * The hosts a scheduler has given to the job we run in, from its environment,
 * and the machines file: sources that have no groups but all their hosts,
 * "@slurm" for short.
 *
 *	slurm	 SLURM_JOB_NODELIST, else SLURM_NODELIST
 *	pbs	 the file PBS_NODEFILE
 *	lsf	 the file LSB_DJOB_HOSTFILE, else LSB_MCPU_HOSTS, LSB_HOSTS
 *	sge	 the file PE_HOSTFILE
 *	pmi	 the file I_MPI_HYDRA_HOST_FILE, HYDRA_HOST_FILE,
 *		 PRTE_MCA_prte_default_hostfile,
 *		 OMPI_MCA_orte_default_hostfile, the first that is set
 *	machines the file /etc/machines
 */
void schedlist_add(struct groups *g);

#define SCHEDLIST_MACHINES "/etc/machines"

/** How hosts stand in a text; for schedlist_parse(). */
enum schedlist_form {
	SCHEDLIST_FOLDED, /* Slurm: "n[1-3,07],m1" */
	SCHEDLIST_WORDS,  /* "n1 n1 n2" */
	SCHEDLIST_PAIRS,  /* "n1 4 n2 4": and how many slots */
	SCHEDLIST_LINES,  /* the first word of each line, up to a ":" */
};

/**
 * Append the hosts in `text` as a host list; one that follows itself once.
 * A host can be nothing but a name of letters, digits and ".", "_", "-".  -1
 * with ERR_CONFIG, and the line if there are any.
 */
int schedlist_parse(enum schedlist_form form, const char *text,
		    struct strbuf *out, struct err *err);

#endif /* RSH_CONF_SCHEDLIST_H */
