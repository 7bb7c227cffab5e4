// SPDX-License-Identifier: MIT
/*
 * SQLite: sorted input in one transaction, no journal; read with one prepared
 * statement inside one transaction from a cache that holds the whole file. The
 * cache is in the heap, hence on huge pages when malloc is told so.
 */
#include "die.h"
#include "peer.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct sqlite {
	sqlite3 *handle;
	sqlite3_stmt *select;
	uint64_t number; /* the integer last found */
};

static void check(sqlite3 *handle, int err, const char *what)
{
	if (err != SQLITE_OK && err != SQLITE_DONE && err != SQLITE_ROW)
		die("sqlite: %s: %s", what, sqlite3_errmsg(handle));
}

static void run(sqlite3 *handle, const char *sql)
{
	check(handle, sqlite3_exec(handle, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *prepare(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *stmt;

	check(handle, sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL), sql);
	return stmt;
}

static void sqlite_version(char *to, size_t size)
{
	snprintf(to, size, "%s", sqlite3_libversion());
}

static void insert(sqlite3 *handle, sqlite3_stmt *stmt,
		   const struct dataset *set, uint64_t i)
{
	uint64_t words[BENCH_STR_VALUE / 8];
	char text[BENCH_KEY_MAX];
	size_t len;

	if (set->kind == BENCH_U64) {
		sqlite3_bind_int64(stmt, 1, dataset_key_u64(set, i));
		sqlite3_bind_int64(stmt, 2, dataset_value_u64(set, i));
	} else {
		len = dataset_key_str(set, i, text);
		dataset_value_str(set, i, words);
		sqlite3_bind_blob(stmt, 1, text, len, SQLITE_STATIC);
		sqlite3_bind_blob(stmt, 2, words, sizeof(words), SQLITE_STATIC);
	}
	check(handle, sqlite3_step(stmt), "insert");
	sqlite3_reset(stmt);
}

static void sqlite_build(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	const uint32_t *order = dataset_sorted(set);
	sqlite3_stmt *stmt;
	sqlite3 *handle;
	uint64_t i, first = 0;

	unlink(args->path);
	check(NULL, sqlite3_open(args->path, &handle), args->path);
	run(handle, "PRAGMA journal_mode=OFF");
	run(handle, "PRAGMA synchronous=OFF");
	run(handle, set->kind == BENCH_U64 ?
			    "CREATE TABLE t(k INTEGER PRIMARY KEY, v INTEGER)" :
			    "CREATE TABLE t(k BLOB PRIMARY KEY, v BLOB) "
			    "WITHOUT ROWID");
	run(handle, "BEGIN");
	stmt = prepare(handle, "INSERT INTO t VALUES(?, ?)");
	/* Its integers are signed: the upper half of the keys comes first. */
	if (set->kind == BENCH_U64)
		while (first < set->count &&
		       dataset_key_u64(set, order[first]) >> 63 == 0)
			first++;
	for (i = 0; i < set->count; i++)
		insert(handle, stmt, set, order[(first + i) % set->count]);
	sqlite3_finalize(stmt);
	run(handle, "COMMIT");
	sqlite3_close(handle);
	file_sync(args->path);
}

static void *sqlite_open(const struct peer_args *args)
{
	struct sqlite *db = calloc(1, sizeof(*db));
	char sql[64];

	if (!db)
		die("sqlite: no memory");
	check(NULL,
	      sqlite3_open_v2(args->path, &db->handle,
			      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL),
	      args->path);
	/* In KiB when negative. */
	snprintf(sql, sizeof(sql), "PRAGMA cache_size=-%llu",
		 (unsigned long long)file_bytes(args->path) / 512);
	run(db->handle, sql);
	run(db->handle, "PRAGMA locking_mode=EXCLUSIVE");
	run(db->handle, "BEGIN");
	db->select = prepare(db->handle, "SELECT v FROM t WHERE k=?");
	return db;
}

static void sqlite_warm(void *opaque)
{
	struct sqlite *db = opaque;

	run(db->handle, "SELECT sum(length(v)) FROM t");
}

static inline const void *sqlite_find_u64(void *opaque, const void *key,
					  size_t len)
{
	struct sqlite *db = opaque;
	uint64_t k;
	int err;

	memcpy(&k, key, len);
	sqlite3_reset(db->select);
	sqlite3_bind_int64(db->select, 1, k);
	err = sqlite3_step(db->select);
	if (err == SQLITE_ROW) {
		db->number = sqlite3_column_int64(db->select, 0);
		return &db->number;
	}
	check(db->handle, err, "select");
	return NULL;
}

static inline const void *sqlite_find_str(void *opaque, const void *key,
					  size_t len)
{
	struct sqlite *db = opaque;
	int err;

	sqlite3_reset(db->select);
	sqlite3_bind_blob(db->select, 1, key, len, SQLITE_STATIC);
	err = sqlite3_step(db->select);
	if (err == SQLITE_ROW)
		return sqlite3_column_blob(db->select, 0);
	check(db->handle, err, "select");
	return NULL;
}

static struct tally sqlite_get(void *db, const struct queries *q,
			       enum bench_mode mode)
{
	if (q->kind == BENCH_U64)
		return find_queries(db, q, mode, BENCH_U64, sqlite_find_u64);
	return find_queries(db, q, mode, BENCH_STR, sqlite_find_str);
}

static uint64_t sqlite_bytes(void *db, const struct peer_args *args)
{
	(void)db;
	return file_bytes(args->path);
}

static void sqlite_close(void *opaque)
{
	struct sqlite *db = opaque;

	sqlite3_finalize(db->select);
	sqlite3_close(db->handle);
	free(db);
}

const struct peer peer_sqlite = {
	.name = "sqlite",
	.version = sqlite_version,
	.sorts = true,
	.build = sqlite_build,
	.open = sqlite_open,
	.warm = sqlite_warm,
	.get = sqlite_get,
	.bytes = sqlite_bytes,
	.close = sqlite_close,
};
