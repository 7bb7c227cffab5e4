/* SPDX-License-Identifier: MIT */
/*
 * A bound on the processor's time: what takes longer ends the program.  Elapsed
 * time would measure the machine's other work as well.
 */
#ifndef SECONDS_H
#define SECONDS_H

#include <sys/time.h>

static inline void seconds_begin(long seconds)
{
	setitimer(ITIMER_VIRTUAL,
		  &(struct itimerval){ .it_value.tv_sec = seconds }, NULL);
}

static inline void seconds_end(void)
{
	seconds_begin(0);
}

#endif /* SECONDS_H */
