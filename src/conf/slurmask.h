/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SLURMASK_H
#define RSH_CONF_SLURMASK_H

struct groups;

/**
 * Hosts that Slurm tells by its own commands, found in PATH: nothing of Slurm
 * is linked.  Three sources, asked only as "@SOURCE:NAME":
 *
 *	slurmjob	the nodes of a job: squeue -h -j ID -o %N;
 *			"*": those of all jobs that run
 *	slurmpart	the nodes of a partition: sinfo -h -p NAME -o %N
 *	slurmfeature	the nodes that have a feature: sinfo -h -o '%f %N'
 *
 * Names have letters, digits and ".", "_", "-", "+" only and are words of
 * their own in the command, which no shell reads.
 */
void slurmask_add(struct groups *g);

#endif /* RSH_CONF_SLURMASK_H */
