// SPDX-License-Identifier: MIT
/*
 * RocksDB, set up for reading: sorted tables written directly and ingested, so
 * that there is one level; no compression; a Bloom filter and a hash index in
 * each block; all blocks in a cache in the heap, hence on huge pages when
 * malloc is told so.
 */
#include "die.h"
#include "peer.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>

namespace fs = std::filesystem;

struct rocks {
	std::unique_ptr<rocksdb::DB> db;
	rocksdb::ReadOptions read;
	rocksdb::PinnableSlice value;
};

static void check(const rocksdb::Status &status, const char *what)
{
	if (!status.ok())
		die("rocksdb: %s: %s", what, status.ToString().c_str());
}

static void rocks_version(char *to, size_t size)
{
	snprintf(to, size, "%d.%d.%d", ROCKSDB_MAJOR, ROCKSDB_MINOR,
		 ROCKSDB_PATCH);
}

static rocksdb::Options rocks_options(const struct dataset *set)
{
	rocksdb::BlockBasedTableOptions table;
	rocksdb::Options options;

	table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
	table.data_block_index_type =
		rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
	table.block_cache =
		rocksdb::NewLRUCache((256 << 20) + set->count * 160);
	table.format_version = 5;
	options.create_if_missing = true;
	options.compression = rocksdb::kNoCompression;
	options.max_open_files = -1;
	options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
	return options;
}

/* Its keys sort as bytes: integers are stored with the high byte first. */
static rocksdb::Slice ordered_key(uint64_t key, char *to)
{
	key = __builtin_bswap64(key);
	memcpy(to, &key, sizeof(key));
	return rocksdb::Slice(to, sizeof(key));
}

static void rocks_build(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	const uint32_t *order = dataset_sorted(set);
	rocksdb::Options options = rocks_options(set);
	std::string table = std::string(args->path) + ".sst";
	rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
	rocksdb::IngestExternalFileOptions ingest;
	uint64_t words[BENCH_STR_VALUE / 8];
	char text[BENCH_KEY_MAX];
	rocksdb::DB *db;

	fs::remove_all(args->path);
	check(writer.Open(table), "create a table");
	for (uint64_t n = 0; n < set->count; n++) {
		uint64_t i = order[n];
		rocksdb::Slice key;

		if (set->kind == BENCH_U64) {
			key = ordered_key(dataset_key_u64(set, i), text);
			words[0] = dataset_value_u64(set, i);
		} else {
			size_t len = dataset_key_str(set, i, text);

			key = rocksdb::Slice(text, len);
			dataset_value_str(set, i, words);
		}
		check(writer.Put(key,
				 rocksdb::Slice(reinterpret_cast<char *>(words),
						dataset_value_bytes(set))),
		      "put");
	}
	check(writer.Finish(), "finish a table");
	check(rocksdb::DB::Open(options, args->path, &db), args->path);
	ingest.move_files = true;
	check(db->IngestExternalFile({ table }, ingest), "ingest");
	delete db;
	fs::remove(table);
}

static void *rocks_open(const struct peer_args *args)
{
	rocks *r = new rocks;
	rocksdb::DB *db;

	check(rocksdb::DB::OpenForReadOnly(rocks_options(&args->set),
					   args->path, &db),
	      args->path);
	r->db.reset(db);
	r->read.verify_checksums = false;
	return r;
}

static void rocks_warm(void *opaque)
{
	rocks *r = static_cast<rocks *>(opaque);
	std::unique_ptr<rocksdb::Iterator> it(r->db->NewIterator(r->read));

	for (it->SeekToFirst(); it->Valid(); it->Next())
		;
	check(it->status(), "scan");
}

BENCH_INLINE const void *rocks_find(void *opaque, const rocksdb::Slice &key)
{
	rocks *r = static_cast<rocks *>(opaque);

	r->value.Reset();
	rocksdb::Status status = r->db->Get(
		r->read, r->db->DefaultColumnFamily(), key, &r->value);
	if (status.IsNotFound())
		return nullptr;
	check(status, "get");
	return r->value.data();
}

static inline const void *rocks_find_u64(void *db, const void *key, size_t)
{
	char ordered[8];
	uint64_t k;

	memcpy(&k, key, sizeof(k));
	return rocks_find(db, ordered_key(k, ordered));
}

static inline const void *rocks_find_str(void *db, const void *key, size_t len)
{
	return rocks_find(db,
			  rocksdb::Slice(static_cast<const char *>(key), len));
}

static struct tally rocks_get(void *db, const struct queries *q,
			      enum bench_mode mode)
{
	if (q->kind == BENCH_U64)
		return find_queries(db, q, mode, BENCH_U64, rocks_find_u64);
	return find_queries(db, q, mode, BENCH_STR, rocks_find_str);
}

static uint64_t rocks_bytes(void *, const struct peer_args *args)
{
	uint64_t bytes = 0;

	for (const auto &entry : fs::directory_iterator(args->path))
		if (entry.is_regular_file())
			bytes += entry.file_size();
	return bytes;
}

static void rocks_close(void *opaque)
{
	delete static_cast<rocks *>(opaque);
}

extern "C" const struct peer peer_rocksdb = {
	/* name */ "rocksdb",
	/* version */ rocks_version,
	/* sorts */ true,
	/* build */ rocks_build,
	/* open */ rocks_open,
	/* warm */ rocks_warm,
	/* get */ rocks_get,
	/* bytes */ rocks_bytes,
	/* shape */ nullptr,
	/* close */ rocks_close,
};
