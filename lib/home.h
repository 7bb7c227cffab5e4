/* SPDX-License-Identifier: MIT */
/*
 * Homes by name: where a segment is found.
 */
#ifndef STELE_HOME_H
#define STELE_HOME_H

#include <stele/segment.h>

/*
 * Open the segment of a name, or of a path where there is a slash, for reading.
 * *path is what was opened; path and descriptor are the caller's.  -ENOENT
 * tells where was looked; a place that cannot be looked at ends the search.
 */
int stele_home_find(const char *name, char **path, int *fd,
		    struct stele_error *err);

#endif /* STELE_HOME_H */
