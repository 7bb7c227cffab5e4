/* SPDX-License-Identifier: MIT */
/*
 * An empty folder for each test, and what may be asked about it.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];

static inline int make_folder(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/stele-test-XXXXXX",
		 base ? base : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static inline const char *at(const char *name)
{
	static char path[4][1024];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

/* Counts, and with `remove` unlinks, what is in the folder. */
static inline unsigned entries(bool remove)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		n++;
		if (remove && unlinkat(dirfd(dir), entry->d_name, 0))
			unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
	return n;
}

static inline int remove_folder(void **state)
{
	(void)state;
	entries(true);
	return rmdir(folder);
}

static inline void put_file(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static inline bool holds(const char *name, const void *bytes, size_t len)
{
	uint8_t *p = malloc(len + 1);
	FILE *f = fopen(at(name), "r");
	bool same;

	if (!f) {
		free(p);
		return false;
	}
	same = fread(p, 1, len + 1, f) == len && !memcmp(p, bytes, len);
	fclose(f);
	free(p);
	return same;
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif /* FOLDER_H */
