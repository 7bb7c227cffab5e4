// SPDX-License-Identifier: MIT
/*
 * stele, through its public interface alone: a real segment with one table.
 *
 *	file	opened as anybody would, by default options
 *	memfd	published once, then opened by its descriptor; asking for 2 MiB
 *		pages, or kept from them by advice that is not the library's
 *
 * Built by one thread, so that a rate is a core's.
 */
#include "die.h"
#include "pages.h"
#include "peer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <stele/stele.h>

#define TABLE "pairs"

struct stele_peer {
	struct stele_segment *segment;
	const struct stele_map *map;
	struct stele_value value; /* last found */
};

static void check(int rc, const struct stele_error *err, const char *what)
{
	if (rc)
		die("stele: %s: %s: %s", what, stele_strerror(rc), err->reason);
}

static void version(char *to, size_t size)
{
	snprintf(to, size, "%s", stele_version());
}

static void add_pair(struct stele_builder *builder, uint32_t table,
		     const struct dataset *set, uint64_t i)
{
	uint64_t words[BENCH_STR_VALUE / 8];
	struct stele_error err = { 0 };
	struct stele_cell key, value;
	char text[BENCH_KEY_MAX];
	int rc;

	if (set->kind == BENCH_U64) {
		rc = stele_builder_table_add_u64(builder, table,
						 dataset_key_u64(set, i),
						 dataset_value_u64(set, i),
						 &err);
	} else {
		key = stele_cell_str(text, dataset_key_str(set, i, text));
		dataset_value_str(set, i, words);
		value = stele_cell_of(STELE_TYPE_BYTES);
		value.u.ptr = words;
		value.len = sizeof(words);
		rc = stele_builder_table_add(builder, table, &key, &value,
					     &err);
	}
	check(rc, &err, "add");
}

static void build(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	struct stele_build_options options = {
		.size = sizeof(options),
		.threads = 1,
	};
	struct stele_table_options shape = {
		.size = sizeof(shape),
		.key = set->kind == BENCH_U64 ? STELE_TYPE_U64 : STELE_TYPE_STR,
		.value = set->kind == BENCH_U64 ? STELE_TYPE_U64 :
						  STELE_TYPE_BYTES,
	};
	struct stele_error err = { 0 };
	struct stele_builder *builder;
	uint32_t table;
	uint64_t i;

	if (args->bucket_bytes)
		shape.bucket_log2 = __builtin_ctzll(args->bucket_bytes);
	check(stele_builder_create(args->path, NULL, &options, &builder, &err),
	      &err, args->path);
	check(stele_builder_table(builder, TABLE, &shape, &table, &err), &err,
	      "table");
	for (i = 0; i < set->count; i++)
		add_pair(builder, table, set, i);
	check(stele_builder_finish(builder, NULL, &err), &err, "finish");
	stele_builder_free(builder);
}

static void open_file(const struct peer_args *args, struct stele_peer *db)
{
	struct stele_error err = { 0 };
	char path[4096];

	/* A name without a slash would be looked up elsewhere. */
	snprintf(path, sizeof(path), "%s%s",
		 strchr(args->path, '/') ? "" : "./", args->path);
	check(stele_segment_open(path, NULL, &db->segment, &err), &err, path);
}

static void open_memfd(const struct peer_args *args, struct stele_peer *db)
{
	struct stele_open_options options = {
		.size = sizeof(options),
		.flags = STELE_OPEN_F_POPULATE | STELE_OPEN_F_HUGE,
	};
	struct stele_segment_info info = { .size = sizeof(info) };
	struct stele_error err = { 0 };
	static int memfd = -1;

	if (memfd < 0) {
		open_file(args, db);
		check(stele_publish_memfd(db->segment, "bench-stele", 0, &memfd,
					  &err),
		      &err, "memfd");
		stele_segment_close(db->segment);
	}
	if (!strcmp(args->page, "4K"))
		options.flags = 0;
	check(stele_segment_open_fd(memfd, &options, &db->segment, &err), &err,
	      "memfd");
	if (!strcmp(args->page, "4K")) {
		check(stele_segment_info(db->segment, &info), &err, "info");
		pages_advise((void *)info.base, info.image_bytes, false);
	}
}

static void *open_db(const struct peer_args *args)
{
	struct stele_peer *db = calloc(1, sizeof(*db));

	if (!db)
		die("stele: no memory");
	if (!strcmp(args->home, "memfd"))
		open_memfd(args, db);
	else
		open_file(args, db);
	db->map = stele_segment_map(db->segment, TABLE);
	if (!db->map)
		die("stele: no table in %s", args->path);
	return db;
}

static inline const void *find_u64(void *opaque, const void *key, size_t len)
{
	struct stele_peer *db = opaque;
	uint64_t k;
	int rc;

	memcpy(&k, key, len);
	rc = stele_map_get_u64(db->map, k, &db->value);
	if (!rc)
		return &db->value.u.u;
	if (rc != -STELE_E_ABSENT)
		die("stele: get: %s", stele_strerror(rc));
	return NULL;
}

static inline const void *find_str(void *opaque, const void *key, size_t len)
{
	struct stele_peer *db = opaque;
	int rc = stele_map_get_str(db->map, key, len, &db->value);

	if (!rc && db->value.len == BENCH_STR_VALUE)
		return db->value.u.ptr;
	if (rc != -STELE_E_ABSENT)
		die("stele: get: %s", stele_strerror(rc));
	return NULL;
}

static struct tally batch_u64(struct stele_peer *db, const struct queries *q)
{
	struct stele_value values[BENCH_BATCH];
	struct tally tally = { 0, 0 };
	uint64_t i, k, n;
	int rc;

	for (i = 0; i < q->count; i += n) {
		n = q->count - i < BENCH_BATCH ? q->count - i : BENCH_BATCH;
		rc = stele_map_get_many_u64(db->map, q->u64 + i, n, values);
		if (rc)
			die("stele: get_many: %s", stele_strerror(rc));
		for (k = 0; k < n; k++) {
			if (values[k].type == STELE_TYPE_ABSENT)
				continue;
			tally.found++;
			tally.sum += values[k].u.u;
		}
	}
	return tally;
}

static struct tally batch_str(struct stele_peer *db, const struct queries *q)
{
	struct stele_value values[BENCH_BATCH];
	struct stele_str keys[BENCH_BATCH];
	struct tally tally = { 0, 0 };
	uint64_t i, k, n;
	int rc;

	for (i = 0; i < q->count; i += n) {
		n = q->count - i < BENCH_BATCH ? q->count - i : BENCH_BATCH;
		for (k = 0; k < n; k++) {
			keys[k].ptr = q->str[i + k].key;
			keys[k].len = q->str[i + k].len;
		}
		rc = stele_map_get_many_str(db->map, keys, n, values);
		if (rc)
			die("stele: get_many: %s", stele_strerror(rc));
		for (k = 0; k < n; k++) {
			if (values[k].type == STELE_TYPE_ABSENT)
				continue;
			tally.found++;
			tally.sum += value_sum(values[k].u.ptr, BENCH_STR);
		}
	}
	return tally;
}

static struct tally get(void *db, const struct queries *q, enum bench_mode mode)
{
	if (mode == BENCH_BATCHED)
		return q->kind == BENCH_U64 ? batch_u64(db, q) :
					      batch_str(db, q);
	if (q->kind == BENCH_U64)
		return find_queries(db, q, mode, BENCH_U64, find_u64);
	return find_queries(db, q, mode, BENCH_STR, find_str);
}

static uint64_t bytes(void *db, const struct peer_args *args)
{
	(void)db;
	return file_bytes(args->path);
}

static void shape(void *opaque, char *to, size_t size)
{
	struct stele_segment_info info = { .size = sizeof(info) };
	struct stele_map_info map = { .size = sizeof(map) };
	struct stele_peer *db = opaque;

	if (stele_segment_info(db->segment, &info) ||
	    stele_map_info(db->map, &map))
		die("stele: info failed");
	snprintf(to, size,
		 "\"sealed\": %llu, \"image\": %llu, \"table\": %llu, "
		 "\"bucket\": %llu, \"fill\": %.4f, \"max_probe\": %u",
		 (unsigned long long)info.len_bytes,
		 (unsigned long long)info.image_bytes,
		 (unsigned long long)(map.index_bytes + map.data_bytes),
		 (unsigned long long)map.bucket_bytes, map.fill, map.max_probe);
}

static void close_db(void *opaque)
{
	struct stele_peer *db = opaque;

	stele_segment_close(db->segment);
	free(db);
}

const struct peer peer_stele = {
	.name = "stele",
	.version = version,
	.build = build,
	.open = open_db,
	.get = get,
	.bytes = bytes,
	.shape = shape,
	.close = close_db,
};
