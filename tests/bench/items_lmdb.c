// SPDX-License-Identifier: MIT
/*
 * Items in LMDB, as programs without a format do it: the value is a C struct
 * with the name behind it, copied out of the map before it is read, for LMDB
 * does not align values.
 */
#include "items.h"
#include "die.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct stored {
	uint64_t size;
	double score;
	uint32_t count;
	int32_t day;
	uint32_t name_len;
	uint8_t kind;
	bool done;
};

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

static void version(char *to, size_t size)
{
	snprintf(to, size, "%d.%d.%d", MDB_VERSION_MAJOR, MDB_VERSION_MINOR,
		 MDB_VERSION_PATCH);
}

static void put(MDB_txn *txn, MDB_dbi dbi, const struct items *items,
		uint64_t i)
{
	char bytes[sizeof(struct stored) + BENCH_KEY_MAX];
	struct stored stored = { 0 };
	char name[BENCH_KEY_MAX];
	struct item item;
	MDB_val key, value = { 0, bytes };

	item_make(items, i, name, &item);
	stored.size = item.size;
	stored.score = item.score;
	stored.count = item.count;
	stored.day = item.day;
	stored.name_len = item.name_len;
	stored.kind = item.kind;
	stored.done = item.done;
	memcpy(bytes, &stored, sizeof(stored));
	memcpy(bytes + sizeof(stored), item.name, item.name_len);
	value.mv_size = sizeof(stored) + item.name_len;
	key.mv_data = &item.id;
	key.mv_size = sizeof(item.id);
	check(mdb_put(txn, dbi, &key, &value, MDB_APPEND), "put");
}

static void build(const struct items *items)
{
	const uint32_t *order = dataset_sorted(&items->set);
	MDB_txn *txn;
	MDB_env *env;
	MDB_dbi dbi;
	uint64_t i;

	unlink(items->path);
	check(mdb_env_create(&env), "create");
	check(mdb_env_set_mapsize(env, (64 << 20) + items->set.count * 256),
	      "mapsize");
	check(mdb_env_open(env, items->path,
			   MDB_NOSUBDIR | MDB_NOLOCK | MDB_WRITEMAP |
				   MDB_NOSYNC,
			   0644),
	      items->path);
	check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	check(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &dbi), "dbi");
	for (i = 0; i < items->set.count; i++)
		put(txn, dbi, items, order[i]);
	check(mdb_txn_commit(txn), "commit");
	check(mdb_env_sync(env, 1), "sync");
	mdb_env_close(env);
}

static void *open_items(const struct items *items)
{
	struct lmdb *db = calloc(1, sizeof(*db));

	if (!db)
		die("lmdb: no memory");
	check(mdb_env_create(&db->env), "create");
	check(mdb_env_open(db->env, items->path,
			   MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY | MDB_NOTLS,
			   0644),
	      items->path);
	check(mdb_txn_begin(db->env, NULL, MDB_RDONLY, &db->txn), "begin");
	check(mdb_dbi_open(db->txn, NULL, MDB_INTEGERKEY, &db->dbi), "dbi");
	return db;
}

static uint64_t scan(void *opaque)
{
	struct lmdb *db = opaque;
	MDB_cursor *cursor;
	MDB_val key, value;
	struct stored item;
	uint64_t sum = 0;
	int err;

	check(mdb_cursor_open(db->txn, db->dbi, &cursor), "cursor");
	while (!(err = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
		memcpy(&item, value.mv_data, sizeof(item));
		sum += item.size;
	}
	if (err != MDB_NOTFOUND)
		check(err, "next");
	mdb_cursor_close(cursor);
	return sum;
}

static uint64_t lookup(void *opaque, const uint64_t *ids, uint64_t count)
{
	struct lmdb *db = opaque;
	struct stored item;
	MDB_val key, value;
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++) {
		key.mv_data = (void *)&ids[i];
		key.mv_size = sizeof(ids[i]);
		check(mdb_get(db->txn, db->dbi, &key, &value), "get");
		memcpy(&item, value.mv_data, sizeof(item));
		sum += item.size + item.count +
		       name_sum((const char *)value.mv_data + sizeof(item),
				item.name_len);
	}
	return sum;
}

const struct items_peer items_lmdb = {
	.name = "lmdb",
	.version = version,
	.build = build,
	.open = open_items,
	.scan = scan,
	.lookup = lookup,
};
