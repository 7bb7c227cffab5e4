// SPDX-License-Identifier: MIT
/*
 * Items as rows of SQLite: one prepared statement for each way of reading, in
 * one transaction, from a cache that holds the whole file.
 */
#include "items.h"
#include "die.h"
#include "peer.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct sqlite {
	sqlite3 *handle;
	sqlite3_stmt *scan;
	sqlite3_stmt *lookup;
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

static void version(char *to, size_t size)
{
	snprintf(to, size, "%s", sqlite3_libversion());
}

static void insert(sqlite3 *handle, sqlite3_stmt *stmt,
		   const struct items *items, uint64_t i)
{
	char name[BENCH_KEY_MAX];
	struct item item;

	item_make(items, i, name, &item);
	sqlite3_bind_int64(stmt, 1, (int64_t)item.id);
	sqlite3_bind_int64(stmt, 2, (int64_t)item.size);
	sqlite3_bind_double(stmt, 3, item.score);
	sqlite3_bind_int64(stmt, 4, item.count);
	sqlite3_bind_int(stmt, 5, item.day);
	sqlite3_bind_int(stmt, 6, item.kind);
	sqlite3_bind_int(stmt, 7, item.done);
	sqlite3_bind_text(stmt, 8, name, (int)item.name_len, SQLITE_STATIC);
	check(handle, sqlite3_step(stmt), "insert");
	sqlite3_reset(stmt);
}

static void build(const struct items *items)
{
	sqlite3_stmt *stmt;
	sqlite3 *handle;
	uint64_t i;

	unlink(items->path);
	check(NULL, sqlite3_open(items->path, &handle), items->path);
	run(handle, "PRAGMA journal_mode=OFF");
	run(handle, "PRAGMA synchronous=OFF");
	run(handle, "CREATE TABLE t(id INTEGER PRIMARY KEY, size INTEGER, "
		    "score REAL, count INTEGER, day INTEGER, kind INTEGER, "
		    "done INTEGER, name TEXT)");
	run(handle, "BEGIN");
	stmt = prepare(handle, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
	for (i = 0; i < items->set.count; i++)
		insert(handle, stmt, items, i);
	sqlite3_finalize(stmt);
	run(handle, "COMMIT");
	sqlite3_close(handle);
}

static void *open_rows(const struct items *items)
{
	struct sqlite *db = calloc(1, sizeof(*db));
	char sql[64];

	if (!db)
		die("sqlite: no memory");
	check(NULL,
	      sqlite3_open_v2(items->path, &db->handle,
			      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL),
	      items->path);
	/* In KiB when negative. */
	snprintf(sql, sizeof(sql), "PRAGMA cache_size=-%llu",
		 (unsigned long long)file_bytes(items->path) / 512);
	run(db->handle, sql);
	run(db->handle, "PRAGMA locking_mode=EXCLUSIVE");
	run(db->handle, "BEGIN");
	db->scan = prepare(db->handle, "SELECT size FROM t");
	db->lookup = prepare(db->handle,
			     "SELECT size, count, name FROM t WHERE id=?");
	return db;
}

static uint64_t scan(void *opaque)
{
	struct sqlite *db = opaque;
	uint64_t sum = 0;
	int err;

	sqlite3_reset(db->scan);
	while ((err = sqlite3_step(db->scan)) == SQLITE_ROW)
		sum += (uint64_t)sqlite3_column_int64(db->scan, 0);
	check(db->handle, err, "scan");
	return sum;
}

static uint64_t lookup(void *opaque, const uint64_t *ids, uint64_t count)
{
	struct sqlite *db = opaque;
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++) {
		sqlite3_reset(db->lookup);
		sqlite3_bind_int64(db->lookup, 1, (int64_t)ids[i]);
		if (sqlite3_step(db->lookup) != SQLITE_ROW)
			die("sqlite: lookup: %s", sqlite3_errmsg(db->handle));
		sum += (uint64_t)sqlite3_column_int64(db->lookup, 0) +
		       (uint64_t)sqlite3_column_int64(db->lookup, 1) +
		       name_sum((const char *)sqlite3_column_text(db->lookup,
								  2),
				(uint64_t)sqlite3_column_bytes(db->lookup, 2));
	}
	return sum;
}

const struct items_peer items_sqlite = {
	.name = "sqlite",
	.version = version,
	.build = build,
	.open = open_rows,
	.scan = scan,
	.lookup = lookup,
};
