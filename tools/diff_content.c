/* SPDX-License-Identifier: MIT */
/*
 * Rows that no key tells apart, as two heaps without an order: those of the
 * second are kept by a hash of their content, and each of the first takes one
 * away that is the same.  What is left on either side is the difference.
 *
 * Equal values hash alike; the hash looks at 4096 values of a row, shared out
 * evenly among what it holds, so that it depends on no order that equality does
 * not know.  Rows that differ only in others hash alike, too; where there are
 * too many of them, this gives up.
 */
#include "diff.h"

#include <errno.h>
#include <stdlib.h>

#define ROW_VALUES 4096u /* looked at for a hash */
#define TEXT_BYTES 4096u
#define MAX_TRIES 256u /* rows of one hash that are not the same */
#define SOME 0x2545f4914f6cdd1du /* for what has no hash of its own */

struct lone_row {
	uint64_t hash;
	uint64_t pos;
	uint32_t record;
	uint32_t next; /* of its slot: number + 1 */
	uint8_t flags;
	bool taken;
};

struct diff_heap {
	struct lone_row *rows;
	uint32_t *slots; /* number + 1 */
	uint32_t nr;
	uint32_t room; /* a power of two: of rows and slots */
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	return h ^ h >> 29;
}

/* ---------------------------------------------------------------- hash */

static uint64_t hash_of(struct diff *diff, const struct diff_value *v,
			uint64_t budget);

/* Of what can be a key, as equality has it; a part of a long text. */
static uint64_t hash_scalar(const struct stele_value *value)
{
	struct stele_value part = *value;
	uint64_t hash;

	if ((part.type == STELE_TYPE_STR || part.type == STELE_TYPE_BYTES) &&
	    part.len > TEXT_BYTES)
		part.len = TEXT_BYTES;
	if (stele_value_hash(&part, 0, &hash))
		return SOME;
	return part.len == value->len ? hash : mix(hash, value->len);
}

static uint64_t hash_str(struct stele_str text)
{
	const struct stele_value value = { .type = STELE_TYPE_BYTES,
					   .len = text.len,
					   .u.ptr = text.ptr };

	return hash_scalar(&value);
}

/* The next index in the order of the axes; false behind the last. */
static bool step(const struct stele_ndarray *array, uint64_t *index)
{
	for (uint32_t i = array->nr_axes; i-- > 0;) {
		if (++index[i] < array->shape[i])
			return true;
		index[i] = 0;
	}
	return false;
}

static uint64_t hash_ndarray(const struct stele_value *value, uint64_t budget)
{
	uint64_t index[STELE_NDARRAY_AXES] = { 0 }, hash = SOME;
	struct stele_ndarray array;
	struct stele_value element;

	if (stele_value_ndarray(value, &array))
		return SOME;
	for (uint32_t i = 0; i < array.nr_axes; i++)
		hash = mix(hash, array.shape[i]);
	do {
		if (!budget-- || stele_ndarray_at(value, index, &element))
			break;
		hash = mix(hash, hash_scalar(&element));
	} while (step(&array, index));
	return hash;
}

static uint64_t hash_user(const struct stele_value *value)
{
	struct stele_str name, bytes;

	if (stele_value_user(value, &name, &bytes))
		return SOME;
	return mix(hash_str(name), hash_str(bytes));
}

/* Lists, tuples, sets and arrays: in their order; of a long one both ends. */
static uint64_t hash_items(struct diff *diff, const struct diff_value *v,
			   uint64_t budget)
{
	uint64_t len = v->value.len, hash = mix(v->value.type, len);
	uint64_t nr = len < budget ? len : budget;
	struct diff_value item;

	for (uint64_t i = 0; i < nr; i++) {
		if (diff_item_of(diff, v, i < nr / 2 ? i : len - nr + i, &item))
			return SOME;
		hash = mix(hash, hash_of(diff, &item, (budget - 1) / nr));
	}
	return hash;
}

/* In any order. */
static uint64_t hash_dict(struct diff *diff, const struct diff_value *v,
			  uint64_t budget)
{
	uint64_t len = v->value.len, sum = mix(STELE_TYPE_DICT, len);
	struct diff_value key, item;

	if (len > budget || diff_dict_types(diff, v, &key, &item))
		return sum;
	for (uint64_t i = 0; i < len; i++) {
		if (stele_value_pair(&v->value, i, &key.value, &item.value))
			return SOME;
		sum += mix(hash_scalar(&key.value),
			   hash_of(diff, &item, (budget - 1) / len));
	}
	return sum;
}

/* Set fields, in any order, each by its number on the first side. */
static uint64_t hash_record(struct diff *diff, const struct diff_value *v,
			    uint64_t budget)
{
	const struct diff_record *record =
		&diff->sides[v->side].records[v->value.record];
	uint64_t sum = STELE_TYPE_RECORD, nr = 0;
	struct diff_value field;

	for (unsigned pass = 0; pass < 2 && nr < budget; pass++) {
		for (uint32_t i = 0; i < record->info.nr_fields; i++) {
			if (diff_field_of(diff, v, i, &field))
				return SOME;
			if (field.value.type == STELE_TYPE_UNSET)
				continue;
			if (pass)
				sum += mix(v->side ? record->fields[i].other :
						     i,
					   hash_of(diff, &field,
						   (budget - 1) / nr));
			else
				nr++;
		}
	}
	return mix(sum, nr);
}

static uint64_t hash_of(struct diff *diff, const struct diff_value *v,
			uint64_t budget)
{
	uint32_t nr;

	if (!budget || diff_ref_key(diff, v, &nr))
		return SOME;
	if (nr)
		return hash_scalar(&diff->sides[v->side].key[0].value);
	switch (v->value.type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_ARRAY:
		return hash_items(diff, v, budget);
	case STELE_TYPE_DICT:
		return hash_dict(diff, v, budget);
	case STELE_TYPE_NDARRAY:
		return hash_ndarray(&v->value, budget);
	case STELE_TYPE_USER:
		return hash_user(&v->value);
	case STELE_TYPE_RECORD:
		/* by its key or by its content, equality knows */
		if (v->value.flags & STELE_VALUE_F_ROW)
			return SOME;
		return hash_record(diff, v, budget);
	default:
		return hash_scalar(&v->value);
	}
}

/* ---------------------------------------------------------------- heaps */

static int grow(struct diff_heap *heap)
{
	uint32_t room = heap->room ? 2 * heap->room : 1024;
	struct lone_row *rows;
	uint32_t *slots;

	if (room < heap->room)
		return -ENOMEM;
	rows = realloc(heap->rows, room * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	heap->rows = rows;
	slots = calloc(room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(heap->slots);
	heap->slots = slots;
	heap->room = room;
	for (uint32_t i = 0; i < heap->nr; i++) {
		uint32_t *slot = &slots[rows[i].hash & (room - 1)];

		rows[i].next = *slot;
		*slot = i + 1;
	}
	return 0;
}

static int add(struct diff_heap *heap, uint64_t hash,
	       const struct stele_value *row)
{
	uint32_t *slot;
	int rc = heap->nr == heap->room ? grow(heap) : 0;

	if (rc)
		return rc;
	slot = &heap->slots[hash & (heap->room - 1)];
	heap->rows[heap->nr] = (struct lone_row){ hash,	       row->u.pos,
						  row->record, *slot,
						  row->flags,  false };
	*slot = ++heap->nr;
	return 0;
}

static struct stele_value value_of(const struct diff *diff,
				   const struct lone_row *row)
{
	struct stele_value value = { .segment = diff->sides[1].segment,
				     .type = STELE_TYPE_RECORD,
				     .flags = row->flags,
				     .record = row->record };

	value.u.pos = row->pos;
	return value;
}

/* Take a row away that is the same; -STELE_E_ABSENT: there is none. */
static int take(struct diff *diff, struct diff_heap *heap, uint64_t hash,
		const struct stele_value *row)
{
	uint32_t *at, tries = 0;
	struct stele_value other;
	bool same;
	int rc;

	if (!heap->room)
		return -STELE_E_ABSENT;
	at = &heap->slots[hash & (heap->room - 1)];
	for (; *at; at = &heap->rows[*at - 1].next) {
		struct lone_row *with = &heap->rows[*at - 1];

		if (with->hash != hash)
			continue;
		other = value_of(diff, with);
		rc = diff_rows_same(diff, row, &other, &same);
		if (rc)
			return rc;
		if (same) {
			with->taken = true;
			*at = with->next;
			return 0;
		}
		if (++tries == MAX_TRIES)
			return diff_fail_by(diff, 0, -STELE_E_LIMIT,
					    "too many rows without a key are "
					    "alike to be told apart");
	}
	return -STELE_E_ABSENT;
}

/* ----------------------------------------------------------------- rows */

static int lone(struct diff *diff, const struct diff_value *row)
{
	diff->place = (struct diff_place){
		"row",
		diff->sides[row->side].records[row->value.record].info.name,
		NULL, 0, true
	};
	if (row->side)
		return diff_found(diff, DIFF_ADDED, NULL, NULL, row);
	return diff_found(diff, DIFF_REMOVED, NULL, row, NULL);
}

/* A row of the second goes into the heap, one of the first takes one out. */
static int one_row(struct diff *diff, unsigned side,
		   const struct stele_value *row)
{
	const struct diff_value v = { *row, side, JSON_OUT_ANY };
	const struct diff_record *record;
	uint64_t hash;
	int rc = diff_row_key(diff, side, row, diff->key);

	if (rc != -STELE_E_ABSENT)
		return rc;
	record = &diff->sides[side].records[row->record];
	if (record->other == DIFF_NONE)
		return lone(diff, &v);
	hash = mix(side ? record->other : row->record,
		   hash_record(diff, &v, ROW_VALUES));
	if (side) {
		rc = add(diff->heap, hash, row);
		return rc ? diff_fail(diff, side, rc) : 0;
	}
	rc = take(diff, diff->heap, hash, row);
	return rc == -STELE_E_ABSENT ? lone(diff, &v) : rc;
}

int diff_content(struct diff *diff)
{
	struct diff_heap heap = { 0 };
	struct diff_value left = { .side = 1, .type = JSON_OUT_ANY };
	int rc;

	diff->heap = &heap;
	rc = diff_each_row(diff, 1, one_row);
	if (!rc)
		rc = diff_each_row(diff, 0, one_row);
	for (uint32_t i = 0; !rc && i < heap.nr; i++) {
		if (heap.rows[i].taken)
			continue;
		left.value = value_of(diff, &heap.rows[i]);
		rc = lone(diff, &left);
	}
	free(heap.slots);
	free(heap.rows);
	return rc;
}
