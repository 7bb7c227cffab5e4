// SPDX-License-Identifier: MIT
/*
 * LMDB, as fast as its manual tells: sorted input appended through a writable
 * map, one sync at the end; read in one transaction, without its lock file.
 */
#include "die.h"
#include "pages.h"
#include "peer.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAIRS_A_COMMIT 500000

struct lmdb {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
};

static void check(int err, const char *what)
{
	if (err)
		die("lmdb: %s: %s", what, mdb_strerror(err));
}

static void lmdb_version(char *to, size_t size)
{
	snprintf(to, size, "%d.%d.%d", MDB_VERSION_MAJOR, MDB_VERSION_MINOR,
		 MDB_VERSION_PATCH);
}

static unsigned int db_flags(const struct dataset *set)
{
	return set->kind == BENCH_U64 ? MDB_INTEGERKEY : 0;
}

static void put_pair(MDB_txn *txn, MDB_dbi dbi, const struct dataset *set,
		     uint64_t i)
{
	uint64_t words[BENCH_STR_VALUE / 8], number;
	char text[BENCH_KEY_MAX];
	MDB_val key, value = { dataset_value_bytes(set), words };

	if (set->kind == BENCH_U64) {
		number = dataset_key_u64(set, i);
		key.mv_data = &number;
		key.mv_size = sizeof(number);
		words[0] = dataset_value_u64(set, i);
	} else {
		key.mv_data = text;
		key.mv_size = dataset_key_str(set, i, text);
		dataset_value_str(set, i, words);
	}
	check(mdb_put(txn, dbi, &key, &value, MDB_APPEND), "put");
}

static void lmdb_build(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	const uint32_t *order = dataset_sorted(set);
	MDB_txn *txn = NULL;
	MDB_envinfo info;
	MDB_env *env;
	MDB_dbi dbi = 0;
	uint64_t i;

	unlink(args->path);
	check(mdb_env_create(&env), "create");
	check(mdb_env_set_mapsize(env, (64 << 20) + set->count * 128),
	      "mapsize");
	check(mdb_env_open(env, args->path,
			   MDB_NOSUBDIR | MDB_NOLOCK | MDB_WRITEMAP |
				   MDB_NOSYNC,
			   0644),
	      args->path);
	for (i = 0; i < set->count; i++) {
		if (!txn) {
			check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
			check(mdb_dbi_open(txn, NULL, db_flags(set), &dbi),
			      "dbi");
		}
		put_pair(txn, dbi, set, order[i]);
		if (i % PAIRS_A_COMMIT == PAIRS_A_COMMIT - 1 ||
		    i + 1 == set->count) {
			check(mdb_txn_commit(txn), "commit");
			txn = NULL;
		}
	}
	mdb_env_info(env, &info);
	check(mdb_env_sync(env, 1), "sync");
	mdb_env_close(env);
	/* A writable map leaves a file as long as itself. */
	if (truncate(args->path,
		     (info.me_last_pgno + 1) * sysconf(_SC_PAGESIZE)))
		die("lmdb: %s: %s", args->path, strerror(errno));
}

static void *lmdb_open(const struct peer_args *args)
{
	struct lmdb *db = calloc(1, sizeof(*db));

	if (!db)
		die("lmdb: no memory");
	check(mdb_env_create(&db->env), "create");
	check(mdb_env_open(db->env, args->path,
			   MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY | MDB_NOTLS,
			   0644),
	      args->path);
	pages_advise_file(args->path, args->page);
	check(mdb_txn_begin(db->env, NULL, MDB_RDONLY, &db->txn), "begin");
	check(mdb_dbi_open(db->txn, NULL, db_flags(&args->set), &db->dbi),
	      "dbi");
	return db;
}

/* By a scan, for reading all keys one by one takes long. */
static void lmdb_warm(void *opaque)
{
	struct lmdb *db = opaque;
	MDB_cursor *cursor;
	MDB_val key, value;
	int err;

	check(mdb_cursor_open(db->txn, db->dbi, &cursor), "cursor");
	while (!(err = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)))
		__asm__ volatile("" : : "r"(*(const char *)value.mv_data));
	if (err != MDB_NOTFOUND)
		check(err, "next");
	mdb_cursor_close(cursor);
}

static inline const void *lmdb_find(void *opaque, const void *key, size_t len)
{
	struct lmdb *db = opaque;
	MDB_val k = { len, (void *)key }, value;
	int err = mdb_get(db->txn, db->dbi, &k, &value);

	if (err == MDB_NOTFOUND)
		return NULL;
	check(err, "get");
	return value.mv_data;
}

static struct tally lmdb_get(void *db, const struct queries *q,
			     enum bench_mode mode)
{
	return find_queries(db, q, mode, q->kind, lmdb_find);
}

static uint64_t lmdb_bytes(void *db, const struct peer_args *args)
{
	(void)db;
	return file_bytes(args->path);
}

static void lmdb_close(void *opaque)
{
	struct lmdb *db = opaque;

	mdb_txn_abort(db->txn);
	mdb_env_close(db->env);
	free(db);
}

const struct peer peer_lmdb = {
	.name = "lmdb",
	.version = lmdb_version,
	.sorts = true,
	.build = lmdb_build,
	.open = lmdb_open,
	.warm = lmdb_warm,
	.get = lmdb_get,
	.bytes = lmdb_bytes,
	.close = lmdb_close,
};
