/* SPDX-License-Identifier: MIT */
/*
 * The mutator of heaps: besides bytes it changes words to references and to
 * values at an edge, changes heads, copies objects, makes new ones, and then
 * mostly puts sets in order and indexes right, for no chance would.
 */
#ifndef MUTATE_HEAP_H
#define MUTATE_HEAP_H

#ifdef STELE_FUZZER

#include "canonical.h"
#include "heap.h"
#include "index.h"
#include "random.h"
#include "word.h"

#define MUTATE_OBJECTS 512u
#define MUTATE_ITEMS 64u /* of a set or dict that is put right */
#define MUTATE_KEY 256u /* bytes of a key in such a set */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);

/* A heap that is being changed; its image is not sealed. */
struct mutation {
	struct specimen image;
	uint8_t *heap; /* in it */
	uint64_t len;
	uint64_t room;
	struct random random;
	uint64_t objects[MUTATE_OBJECTS]; /* positions */
	size_t nr_objects;
};

static uint64_t mutate_get(const struct mutation *m, uint64_t pos)
{
	uint64_t word;

	memcpy(&word, m->image.bytes + pos, sizeof(word));
	return word;
}

static void mutate_put(struct mutation *m, uint64_t pos, uint64_t word)
{
	memcpy(m->image.bytes + pos, &word, sizeof(word));
}

static uint64_t mutate_below(struct mutation *m, uint64_t n)
{
	return random_below(&m->random, n);
}

static void mutate_find_objects(struct mutation *m)
{
	struct stele_segment seg = heap_peek(&m->image, m->len);
	uint64_t pos = HEAP_BEGIN, head, size;

	m->nr_objects = 0;
	for (; pos < seg.len && m->nr_objects < MUTATE_OBJECTS; pos += size) {
		if (stele_object_size(&seg, pos, &head, &size))
			return;
		if (STELE_FMT_HEAD_KIND(head))
			m->objects[m->nr_objects++] = pos;
	}
}

static uint64_t mutate_pick(struct mutation *m)
{
	return m->objects[mutate_below(m, m->nr_objects)];
}

/* ---------------------------------------------------------------- words */

static const uint64_t mutate_edges[] = {
	STELE_FMT_UNSET,
	STELE_FMT_NULL,
	STELE_FMT_FALSE,
	STELE_FMT_TRUE,
	STELE_FMT_ZERO,
	STELE_FMT_MINUS_ZERO,
	STELE_FMT_INF,
	STELE_FMT_MINUS_INF,
	STELE_FMT_NAN,
	STELE_FMT_MAX_CONSTANT + 8,
	STELE_FMT_MIN_REF - 8,
	0x0000000000000001ull, /* 0 */
	0x0000000000000009ull, /* 1 */
	0xfffffffffffffff9ull, /* -1 */
	0x7ffffffffffffff9ull, /* the largest */
	0x8000000000000001ull, /* the least */
	0x0000000000000002ull, /* "" */
	0x000000000000610aull, /* "a" */
	0x6766656463626138ull + 2, /* "abcdefg" */
	0x000000000000ff0aull, /* no UTF-8 */
	0x0000000000000005ull, /* no bytes */
	0x0000000000ff000dull, /* one byte too long */
	0x0000000000000006ull, /* 1970-01-01 */
	0x000000000000000eull, /* the same, 00:00:00 */
	0x0000000000000016ull, /* 00:00:00 */
	0x000000000000001eull, /* no time at all */
	0x8000000000000006ull,
	0x800000000000000eull,
	0x8000000000000016ull,
	0x800000000000001eull,
	0x3ff0000000000000ull << 4 | 3, /* 1.0 */
	UINT64_MAX,
	UINT64_MAX - 7,
};

static uint64_t mutate_word(struct mutation *m)
{
	uint64_t pos, run;

	switch (mutate_below(m, 6)) {
	case 0:
	case 1:
		if (m->nr_objects)
			return mutate_pick(m);
		return STELE_FMT_NULL;
	case 2: /* some text of a run */
		if (!m->nr_objects)
			return STELE_FMT_TRUE;
		pos = mutate_pick(m);
		run = STELE_FMT_HEAD_COUNT(mutate_get(m, pos));
		return stele_word_ascii(pos + 8 + mutate_below(m, 3),
					run < 8 ? 8 : run % 8192);
	case 3: /* a small number */
		return mutate_below(m, 32) << 3 | STELE_FMT_TAG_INT;
	case 4: /* a letter */
		return (97 + mutate_below(m, 26)) << 8 | 1 << 3 |
		       STELE_FMT_TAG_STR;
	default:
		return mutate_edges[mutate_below(
			m, sizeof(mutate_edges) / sizeof(*mutate_edges))];
	}
}

static void mutate_any_word(struct mutation *m)
{
	if (m->len)
		mutate_put(m, HEAP_BEGIN + 8 * mutate_below(m, m->len / 8),
			   mutate_word(m));
}

/* -------------------------------------------------------------- objects */

static void mutate_head(struct mutation *m)
{
	uint64_t pos, head, count;
	unsigned kind, flags;

	if (!m->nr_objects)
		return;
	pos = mutate_pick(m);
	head = mutate_get(m, pos);
	kind = STELE_FMT_HEAD_KIND(head);
	flags = STELE_FMT_HEAD_FLAGS(head);
	count = STELE_FMT_HEAD_COUNT(head);
	switch (mutate_below(m, 4)) {
	case 0:
		kind = (unsigned)mutate_below(m, STELE_FMT_KIND_USER + 2);
		break;
	case 1:
		flags ^= 1u << mutate_below(m, 8);
		break;
	case 2:
		count += mutate_below(m, 5) - 2;
		break;
	default:
		count = 1ull << mutate_below(m, 48);
	}
	mutate_put(m, pos, STELE_FMT_HEAD(kind, flags, count));
}

static void mutate_append(struct mutation *m, const uint64_t *words,
			  uint64_t nr)
{
	if (m->len + 8 * nr > m->room)
		return;
	memcpy(m->heap + m->len, words, 8 * nr);
	m->len += 8 * nr;
}

static void mutate_copy(struct mutation *m)
{
	uint64_t words[256], size, pos, head;
	struct stele_segment seg;

	if (!m->nr_objects)
		return;
	pos = mutate_pick(m);
	seg = heap_peek(&m->image, m->len);
	if (stele_object_size(&seg, pos, &head, &size) || size > sizeof(words))
		return;
	memcpy(words, m->image.bytes + pos, size);
	mutate_append(m, words, size / 8);
}

/* A collection of words by chance. */
static void mutate_make(struct mutation *m)
{
	static const uint8_t kinds[] = { STELE_FMT_KIND_LIST,
					 STELE_FMT_KIND_TUPLE,
					 STELE_FMT_KIND_SET,
					 STELE_FMT_KIND_DICT };
	unsigned kind = kinds[mutate_below(m, sizeof(kinds))];
	uint64_t nr = mutate_below(m, 14), nr_words = nr, words[128] = { 0 };

	if (kind == STELE_FMT_KIND_DICT)
		nr_words *= 2;
	words[0] = STELE_FMT_HEAD(kind, 0, nr);
	for (uint64_t i = 1; i <= nr_words; i++)
		words[i] = mutate_word(m);
	if (kind == STELE_FMT_KIND_SET || kind == STELE_FMT_KIND_DICT)
		nr_words += stele_index_bytes(nr, false) / 8;
	mutate_append(m, words, 1 + nr_words);
}

/* ------------------------------------------------------- put right again */

/* Sort the items of a set whose keys are short. */
static void mutate_sort(struct mutation *m, const struct stele_value *set)
{
	struct {
		uint64_t word;
		size_t len;
		uint8_t key[MUTATE_KEY];
	} items[MUTATE_ITEMS], item;
	struct stele_value value;
	uint64_t nr = set->len, at;

	for (uint64_t i = 0; i < nr; i++) {
		at = stele_index_key_at(set, i);
		item.word = mutate_get(m, at);
		if (stele_index_key(set, i, &value) ||
		    stele_canonical_value(item.key, MUTATE_KEY, &item.len,
					  &value))
			return;
		for (at = i;
		     at && stele_canonical_compare(items[at - 1].key,
						   items[at - 1].len, item.key,
						   item.len) > 0;
		     at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
	for (uint64_t i = 0; i < nr; i++)
		mutate_put(m, stele_index_key_at(set, i), items[i].word);
}

static void mutate_index(struct mutation *m, const struct stele_value *value)
{
	uint32_t mask = (1u << stele_index_log2(value->len)) - 1, at, slot;
	uint8_t *slots = m->image.bytes + stele_index_slots_at(value);
	struct stele_value key;
	uint64_t hash;

	memset(slots, 0, 4ull * mask + 4);
	for (uint64_t i = 0; i < value->len; i++) {
		if (stele_index_key(value, i, &key) ||
		    stele_index_hash(value, &key, &hash))
			return;
		for (at = (uint32_t)(hash >> 32) & mask;;
		     at = (at + 1) & mask) {
			memcpy(&slot, slots + 4ull * at, sizeof(slot));
			if (!slot)
				break;
		}
		slot = ((uint32_t)hash & ~mask) | (uint32_t)(i + 1);
		memcpy(slots + 4ull * at, &slot, sizeof(slot));
	}
}

static void mutate_put_right(struct mutation *m)
{
	struct stele_segment seg;
	struct stele_value value;

	mutate_find_objects(m);
	seg = heap_peek(&m->image, m->len);
	for (size_t i = 0; i < m->nr_objects; i++) {
		if (stele_value_decode(&seg, m->objects[i], NULL, &value) ||
		    (value.type != STELE_TYPE_SET &&
		     value.type != STELE_TYPE_DICT) ||
		    value.len > MUTATE_ITEMS)
			continue;
		if (value.type == STELE_TYPE_SET)
			mutate_sort(m, &value);
		if (value.len > STELE_FMT_DICT_LINEAR)
			mutate_index(m, &value);
	}
}

/* -------------------------------------------------------------- together */

static void mutate_once(struct mutation *m)
{
	mutate_find_objects(m);
	switch (mutate_below(m, 8)) {
	case 0:
		m->len = LLVMFuzzerMutate(m->heap, m->len, m->room);
		m->len &= ~(uint64_t)7;
		return;
	case 1:
		mutate_head(m);
		return;
	case 2:
		mutate_copy(m);
		return;
	case 3:
		mutate_make(m);
		return;
	default:
		mutate_any_word(m);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	struct mutation m = { .random = { seed },
			      .room = max_size & ~(size_t)7 };
	unsigned nr;

	if (m.room < 8)
		return LLVMFuzzerMutate(data, size, max_size);
	specimen_alloc(&m.image, HEAP_BEGIN + ((m.room + 71) & ~(uint64_t)63));
	specimen_header(&m.image)->hash_seed = STELE_FMT_DEFAULT_SEED;
	m.heap = m.image.bytes + HEAP_BEGIN;
	m.len = (size < m.room ? size : m.room) & ~(size_t)7;
	memcpy(m.heap, data, m.len);
	nr = 1 + (unsigned)mutate_below(&m, 4);
	while (nr--)
		mutate_once(&m);
	if (mutate_below(&m, 4))
		mutate_put_right(&m);
	memcpy(data, m.heap, m.len);
	specimen_free(&m.image);
	return m.len;
}

#endif /* STELE_FUZZER */
#endif /* MUTATE_HEAP_H */
