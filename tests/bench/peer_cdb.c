// SPDX-License-Identifier: MIT
/* tinycdb: a constant hash file, read through its own mapping. */
#include "die.h"
#include "pages.h"
#include "peer.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void cdb_version(char *to, size_t size)
{
	snprintf(to, size, "%.2f", TINYCDB_VERSION);
}

static void cdb_build(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	uint64_t words[BENCH_STR_VALUE / 8], number, i;
	char text[BENCH_KEY_MAX];
	const void *key;
	struct cdb_make make;
	size_t len;
	int fd, err;

	unlink(args->path);
	fd = open(args->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		die("cdb: %s: %s", args->path, strerror(errno));
	err = cdb_make_start(&make, fd);
	for (i = 0; i < set->count && !err; i++) {
		if (set->kind == BENCH_U64) {
			number = dataset_key_u64(set, i);
			words[0] = dataset_value_u64(set, i);
			key = &number;
			len = sizeof(number);
		} else {
			len = dataset_key_str(set, i, text);
			dataset_value_str(set, i, words);
			key = text;
		}
		err = cdb_make_add(&make, key, len, words,
				   dataset_value_bytes(set));
	}
	if (err || cdb_make_finish(&make) || fsync(fd))
		die("cdb: cannot build: %s", strerror(errno));
	close(fd);
}

static void *cdb_open(const struct peer_args *args)
{
	struct cdb *db = calloc(1, sizeof(*db));
	int fd = open(args->path, O_RDONLY | O_CLOEXEC);

	if (!db || fd < 0 || cdb_init(db, fd))
		die("cdb: %s: %s", args->path, strerror(errno));
	pages_advise_file(args->path, args->page);
	return db;
}

static inline const void *cdb_find_key(void *opaque, const void *key,
				       size_t len)
{
	struct cdb *db = opaque;

	return cdb_find(db, key, len) > 0 ? cdb_getdata(db) : NULL;
}

static struct tally cdb_get_all(void *db, const struct queries *q,
				enum bench_mode mode)
{
	return find_queries(db, q, mode, q->kind, cdb_find_key);
}

static uint64_t cdb_bytes(void *db, const struct peer_args *args)
{
	(void)db;
	return file_bytes(args->path);
}

static void cdb_close(void *opaque)
{
	struct cdb *db = opaque;

	close(cdb_fileno(db));
	cdb_free(db);
	free(db);
}

const struct peer peer_cdb = {
	.name = "cdb",
	.version = cdb_version,
	.build = cdb_build,
	.open = cdb_open,
	.get = cdb_get_all,
	.bytes = cdb_bytes,
	.close = cdb_close,
};
