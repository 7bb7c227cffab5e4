// SPDX-License-Identifier: MIT
/*
 * Items as FlatBuffers, one a buffer, all in one piece of memory; read without
 * its verifier, so nothing is checked.  It has no tables, and so no lookups.
 */
#include "items.h"

#include "die.h"

#include <cstdio>
#include <vector>

#include "record_generated.h" // made of record.fbs

namespace
{

struct Buffers {
	std::vector<uint64_t> memory; // of 8 bytes, which FlatBuffers want
	std::vector<size_t> offsets; // of each item, in words
	const Item *at_hand[ITEMS_AT_HAND];

	const Item *item(uint64_t i) const
	{
		return GetItem(&memory[offsets[i]]);
	}
};

void version(char *to, size_t size)
{
	snprintf(to, size, "%d.%d.%d", FLATBUFFERS_VERSION_MAJOR,
		 FLATBUFFERS_VERSION_MINOR, FLATBUFFERS_VERSION_REVISION);
}

void add(Buffers *db, const struct items *items, uint64_t i)
{
	flatbuffers::FlatBufferBuilder builder(256);
	char name[BENCH_KEY_MAX];
	struct item item;

	item_make(items, i, name, &item);
	builder.Finish(
		CreateItem(builder, item.id, item.size, item.score, item.count,
			   item.day, item.kind, item.done,
			   builder.CreateString(item.name, item.name_len)));
	size_t at = db->memory.size();
	db->offsets.push_back(at);
	db->memory.resize(at + (builder.GetSize() + 7) / 8);
	memcpy(&db->memory[at], builder.GetBufferPointer(), builder.GetSize());
}

void *open_buffers(const struct items *items)
{
	Buffers *db = new Buffers;

	for (uint64_t i = 0; i < items->set.count; i++)
		add(db, items, i);
	for (uint64_t i = 0; i < ITEMS_AT_HAND; i++)
		db->at_hand[i] = db->item(item_at_hand(items, i));
	return db;
}

uint64_t read_u64(void *opaque, uint64_t count)
{
	const Buffers *db = static_cast<const Buffers *>(opaque);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++)
		sum += db->at_hand[i % ITEMS_AT_HAND]->size();
	return sum;
}

uint64_t read_str(void *opaque, uint64_t count)
{
	const Buffers *db = static_cast<const Buffers *>(opaque);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		auto name = db->at_hand[i % ITEMS_AT_HAND]->name();

		sum += name_sum(name->c_str(), name->size());
	}
	return sum;
}

uint64_t scan(void *opaque)
{
	const Buffers *db = static_cast<const Buffers *>(opaque);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < db->offsets.size(); i++)
		sum += db->item(i)->size();
	return sum;
}

} // namespace

const struct items_peer items_flatbuffers = {
	"flatbuffers", version,	 nullptr, open_buffers,
	read_u64,      read_str, scan,	  nullptr,
};
