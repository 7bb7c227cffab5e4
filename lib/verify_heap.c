// SPDX-License-Identifier: MIT
/*
 * Verifying the heap: a first pass from head to head finds where objects begin
 * and proves that nothing lies between them; a second one proves what is in
 * them, since references lead forward as well as back.
 */
#include <unistr.h>

#include "canonical.h"
#include "dict.h"
#include "verify.h"
#include "word.h"

#define PROGRESS_BYTES (16u << 20)

/* ----------------------------------------------------------- positions */

const struct stele_heap *stele_verify_bit(const struct stele_verify *v,
					  uint64_t pos, uint64_t *bit)
{
	for (uint32_t i = 0; i < v->seg->nr_heaps; i++) {
		const struct stele_heap *heap = &v->seg->heaps[i];

		if (pos < heap->off || pos - heap->off >= heap->len)
			continue;
		*bit = v->first_bit[i] + (pos - heap->off) / 8;
		return heap;
	}
	return NULL;
}

bool stele_verify_is_start(const struct stele_verify *v, uint64_t pos)
{
	uint64_t bit;

	return !(pos & 7) && stele_verify_bit(v, pos, &bit) &&
	       v->starts[bit / 64] >> bit % 64 & 1;
}

/* ---------------------------------------------------- first pass: heads */

static unsigned flags_of_kind(unsigned kind)
{
	switch (kind) {
	case STELE_FMT_KIND_RUN:
		return 0;
	case STELE_FMT_KIND_BIGINT:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_NEGATIVE;
	case STELE_FMT_KIND_STR:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_ASCII;
	case STELE_FMT_KIND_ARRAY:
		return STELE_FMT_OBJ_F_IDENTITY |
		       0xfu << STELE_FMT_OBJ_ELEM_SHIFT;
	case STELE_FMT_KIND_RECORD:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_ROW;
	default:
		return STELE_FMT_OBJ_F_IDENTITY;
	}
}

/* Why stele_object_size() refused the object at pos. */
static int refused(struct stele_verify *v, uint64_t pos)
{
	uint64_t head = stele_load(v->seg, pos);
	unsigned kind = STELE_FMT_HEAD_KIND(head);

	if (kind > STELE_FMT_KIND_RECORD && kind <= STELE_FMT_KIND_USER)
		return stele_fail_at(v->err, -STELE_E_FEATURE, pos,
				     STELE_I_OBJECT_KIND,
				     "an object of kind %u, unknown to this "
				     "library",
				     kind);
	if (kind > STELE_FMT_KIND_USER)
		return stele_verify_broken(v, pos, STELE_I_OBJECT_KIND);
	if (kind == STELE_FMT_KIND_PAD)
		return stele_verify_broken(v, pos, STELE_I_OBJECT_PAD);
	if (kind == STELE_FMT_KIND_RECORD &&
	    STELE_FMT_HEAD_COUNT(head) >= v->schema->head->nr_records)
		return stele_verify_broken(v, pos, STELE_I_RECORD_SCHEMA);
	if (kind == STELE_FMT_KIND_ARRAY &&
	    stele_type_of_element(STELE_FMT_HEAD_FLAGS(head) >>
				  STELE_FMT_OBJ_ELEM_SHIFT) < 0)
		return stele_verify_broken(v, pos, STELE_I_ARRAY_ELEMENT);
	return stele_verify_broken(v, pos, STELE_I_OBJECT_BOUNDS);
}

/* Where in a heap the first pass is. */
struct marking {
	const struct stele_heap *heap;
	uint64_t bit; /* of the heap's first word */
	uint64_t pads; /* padding words right before */
	uint64_t nr_objects;
};

/* Whether an object is an ARRAY that is aligned and was to be. */
static bool is_aligned_array(uint64_t pos, uint64_t head)
{
	unsigned element = STELE_FMT_HEAD_FLAGS(head) >>
			   STELE_FMT_OBJ_ELEM_SHIFT;

	return STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_ARRAY &&
	       STELE_FMT_HEAD_COUNT(head) *
			       stele_type_width(
				       stele_type_of_element(element)) >=
		       64 &&
	       (pos + 8) % 64 == 0;
}

/* One head that is not padding. */
static int mark_object(struct stele_verify *v, struct marking *m, uint64_t pos,
		       uint64_t head)
{
	unsigned kind = STELE_FMT_HEAD_KIND(head);
	unsigned flags = STELE_FMT_HEAD_FLAGS(head);
	uint64_t bit = m->bit + (pos - m->heap->off) / 8;

	if (flags & ~flags_of_kind(kind))
		return stele_verify_broken(v, pos, STELE_I_OBJECT_FLAGS);
	if (m->pads && (m->pads > 7 || !is_aligned_array(pos, head)))
		return stele_verify_broken(v, pos - 8, STELE_I_OBJECT_PAD);
	m->pads = 0;
	m->nr_objects++;
	if (kind == STELE_FMT_KIND_RECORD && flags & STELE_FMT_OBJ_F_ROW)
		v->nr_rows++;
	v->starts[bit / 64] |= 1ull << bit % 64;
	return 0;
}

static int mark_heap(struct stele_verify *v, struct marking *m)
{
	uint64_t end = m->heap->off + m->heap->len, reported = m->heap->off;
	uint64_t pos = m->heap->off, head, size;
	int rc = 0;

	for (; pos < end; pos += size) {
		if (stele_object_size(v->seg, pos, &head, &size))
			return refused(v, pos);
		if (size > end - pos)
			return stele_verify_broken(v, pos,
						   STELE_I_OBJECT_BOUNDS);
		if (head)
			rc = mark_object(v, m, pos, head);
		else
			m->pads++;
		if (!rc && pos - reported >= PROGRESS_BYTES) {
			rc = stele_verify_progress(v, (pos - reported) / 4);
			reported = pos;
		}
		if (rc)
			return rc;
	}
	return m->pads ? stele_verify_broken(v, end - 8, STELE_I_OBJECT_PAD) :
			 0;
}

static bool types_have_items(const struct stele_schema *schema)
{
	for (uint32_t i = 0; i < schema->head->nr_types; i++)
		if (schema->types[i].kind == STELE_TYPE_LIST ||
		    schema->types[i].kind == STELE_TYPE_DICT)
			return true;
	return false;
}

static int allocate(struct stele_verify *v)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < v->seg->nr_heaps; i++) {
		v->first_bit[i] = bits;
		bits += v->seg->heaps[i].len / 8;
	}
	v->starts = calloc(bits / 64 + 1, sizeof(*v->starts));
	v->nr_keyed =
		calloc(v->schema->head->nr_tables + 1ull, sizeof(*v->nr_keyed));
	if (types_have_items(v->schema))
		v->typed = calloc(bits / 128 + 1, sizeof(*v->typed));
	if (!v->starts || !v->nr_keyed ||
	    (types_have_items(v->schema) && !v->typed))
		return stele_fail(v->err, -ENOMEM,
				  "no memory for verifying %llu bytes",
				  (unsigned long long)v->seg->len);
	return 0;
}

int stele_verify_mark(struct stele_verify *v)
{
	const struct stele_fmt_header *h = &v->seg->header;
	uint32_t heap = 0;
	int rc = allocate(v);

	for (uint32_t i = 0; !rc && i < h->nr_sections; i++) {
		struct marking m = { .heap = &v->seg->heaps[heap],
				     .bit = v->first_bit[heap] };

		if (h->section[i].kind != STELE_FMT_SECTION_HEAP)
			continue;
		rc = mark_heap(v, &m);
		if (!rc && m.nr_objects != h->section[i].nr_items)
			rc = stele_verify_broken(v, h->section[i].off,
						 STELE_I_SECTION_ITEMS);
		heap++;
	}
	if (!rc && v->nr_rows != h->nr_rows)
		rc = stele_verify_broken(
			v, offsetof(struct stele_fmt_header, nr_rows),
			STELE_I_HEADER_ROWS);
	return rc;
}

/* ------------------------------------------------- second pass: contents */

static int verify_number(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t bits = stele_load(v->seg, pos + 8), word;
	bool smaller;
	double f;

	if (STELE_FMT_HEAD_COUNT(head))
		return stele_verify_broken(v, pos, STELE_I_OBJECT_COUNT);
	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_I64:
		smaller = stele_word_int((int64_t)bits, &word);
		break;
	case STELE_FMT_KIND_U64:
		smaller = bits <= INT64_MAX;
		break;
	default:
		memcpy(&f, &bits, sizeof(f));
		smaller = stele_word_f64(f, &word);
	}
	if (smaller)
		return stele_verify_broken(v, pos, STELE_I_NUMBER_SPELLING);
	return 0;
}

static int verify_bigint(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	bool negative = STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_NEGATIVE;

	if (count > STELE_FMT_BIGINT_MAX)
		return stele_verify_broken(v, pos, STELE_I_OBJECT_COUNT);
	if (count < 8 || !v->seg->base[pos + 8 + count - 1] ||
	    (count == 8 &&
	     (!negative || stele_load(v->seg, pos + 8) <= 1ull << 63)))
		return stele_verify_broken(v, pos, STELE_I_NUMBER_SPELLING);
	return 0;
}

static bool is_ascii(const uint8_t *p, uint64_t len)
{
	uint8_t bits = 0;

	for (uint64_t i = 0; i < len; i++)
		bits |= p[i];
	return !(bits & 0x80);
}

static int verify_run(struct stele_verify *v, uint64_t pos, uint64_t len)
{
	if (len < STELE_FMT_ASCII_MIN || len > STELE_FMT_RUN_MAX ||
	    !is_ascii(v->seg->base + pos + 8, len))
		return stele_verify_broken(v, pos, STELE_I_RUN_BYTES);
	return 0;
}

static int verify_str(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t len = STELE_FMT_HEAD_COUNT(head), points;
	const uint8_t *text = v->seg->base + pos + 16;
	bool ascii = is_ascii(text, len);
	struct stele_value value = { .type = STELE_TYPE_STR,
				     .len = len,
				     .u.ptr = (const char *)text };

	if (len <= STELE_FMT_SHORT_MAX || (ascii && len <= STELE_FMT_ASCII_MAX))
		return stele_verify_broken(v, pos, STELE_I_STR_SPELLING);
	if (ascii != !!(STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ASCII))
		return stele_verify_broken(v, pos, STELE_I_STR_ASCII);
	if (stele_value_code_points(&value, &points))
		return stele_verify_broken(v, pos, STELE_I_STR_UTF8);
	if (points != stele_load(v->seg, pos + 8))
		return stele_verify_broken(v, pos, STELE_I_STR_COUNT);
	return 0;
}

/* `nr` words at pos, none of them unset. */
static int verify_words(struct stele_verify *v, uint64_t pos, uint64_t nr)
{
	int rc = 0;

	for (uint64_t i = 0; !rc && i < nr; i++, pos += 8) {
		uint64_t word = stele_load(v->seg, pos);

		if (word == STELE_FMT_UNSET)
			return stele_verify_broken(v, pos, STELE_I_WORD_UNSET);
		rc = stele_verify_word(v, pos, word);
	}
	return rc;
}

static int verify_array(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t nr = STELE_FMT_HEAD_COUNT(head), data = pos + 8;
	int type = stele_type_of_element(STELE_FMT_HEAD_FLAGS(head) >>
					 STELE_FMT_OBJ_ELEM_SHIFT);
	size_t width = stele_type_width(type);
	struct stele_value value;

	if (nr * width >= 64 && data % 64)
		return stele_verify_broken(v, pos, STELE_I_ARRAY_ALIGN);
	if (type != STELE_TYPE_BOOL && type != STELE_TYPE_DATE &&
	    type != STELE_TYPE_DATETIME)
		return 0;
	for (uint64_t i = 0; i < nr; i++, data += width) {
		stele_value_raw(v->seg, type, v->seg->base + data, &value);
		if (type == STELE_TYPE_BOOL ?
			    v->seg->base[data] > 1 :
			    !stele_verify_time(type, value.u.i))
			return stele_verify_broken(v, data,
						   STELE_I_ARRAY_VALUE);
	}
	return 0;
}

/* The slots of an index that are taken are as many as the pairs. */
static bool index_is_full(const struct stele_verify *v, uint64_t pos,
			  uint64_t nr)
{
	const uint32_t *slots =
		(const void *)(v->seg->base + pos + 8 + 16 * nr);
	uint64_t nr_slots = stele_dict_index_bytes(nr) / 4, taken = 0;

	for (uint64_t i = 0; i < nr_slots; i++)
		taken += slots[i] != 0;
	return !nr_slots || taken == nr;
}

/*
 * Pairs enter an index in order, each at the first free slot of its search: so
 * on the way to a pair lie only pairs before it.
 */
static bool came_in_order(const struct stele_value *dict,
			  const struct stele_value *key, uint64_t pair)
{
	const struct stele_segment *seg = dict->segment;
	uint64_t index = dict->u.pos + 8 + 16 * dict->len, hash;
	uint64_t nr_slots = stele_dict_index_bytes(dict->len) / 4;

	if (!nr_slots)
		return true;
	if (stele_canonical_hash(key, seg->header.hash_seed, &hash))
		return false;
	for (uint64_t i = 0; i < nr_slots; i++) {
		uint64_t at = ((hash >> 32) + i) & (nr_slots - 1);
		const uint32_t *slot =
			(const void *)(seg->base + index + 4 * at);
		uint64_t number = *slot & (nr_slots - 1);

		if (!number || number > pair)
			return number == pair + 1;
	}
	return false;
}

static int verify_dict(struct stele_verify *v, uint64_t pos, uint64_t nr)
{
	struct stele_value dict, key;
	uint64_t found;
	int rc;

	rc = verify_words(v, pos + 8, 2 * nr);
	if (rc)
		return rc;
	if (!index_is_full(v, pos, nr))
		return stele_verify_broken(v, pos, STELE_I_DICT_INDEX);
	/* decoded anew: the bytes may be another object's by now */
	if (stele_value_decode(v->seg, pos, NULL, &dict) ||
	    dict.type != STELE_TYPE_DICT)
		return stele_verify_broken(v, pos, STELE_I_OBJECT_BOUNDS);
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t at = pos + 8 + 16 * i;

		rc = stele_value_decode(v->seg, stele_load(v->seg, at),
					v->seg->base + at, &key);
		if (!rc)
			rc = stele_dict_search(&dict, &key, &found);
		if (rc == -STELE_E_TYPE || rc == -STELE_E_RANGE)
			return stele_verify_broken(v, at, STELE_I_DICT_KEY);
		if (rc)
			return stele_verify_broken(v, at, STELE_I_DICT_INDEX);
		if (found != i)
			return stele_verify_broken(v, at, STELE_I_DICT_UNIQUE);
		if (!came_in_order(&dict, &key, i))
			return stele_verify_broken(v, at, STELE_I_DICT_INDEX);
	}
	return 0;
}

static int verify_record(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint32_t record = (uint32_t)STELE_FMT_HEAD_COUNT(head);
	int rc = stele_verify_record(v, pos, record);

	if (!rc && STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW)
		rc = stele_verify_row_keys(v, pos, record);
	return rc;
}

/* Bytes of the payload, for the kinds that may have fill behind it. */
static int verify_fill(struct stele_verify *v, uint64_t pos, uint64_t head,
		       uint64_t size)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head), end = pos + 8, zero;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_RUN:
	case STELE_FMT_KIND_BIGINT:
	case STELE_FMT_KIND_BYTES:
		end += count;
		break;
	case STELE_FMT_KIND_STR:
		end += 8 + count;
		break;
	case STELE_FMT_KIND_ARRAY:
		end += count * stele_type_width(stele_type_of_element(
				       STELE_FMT_HEAD_FLAGS(head) >>
				       STELE_FMT_OBJ_ELEM_SHIFT));
		break;
	default:
		return 0;
	}
	zero = stele_verify_zeros(v, end, pos + size);
	if (zero != pos + size)
		return stele_verify_broken(v, zero, STELE_I_OBJECT_FILL);
	return 0;
}

static int verify_content(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_PAD:
		return 0;
	case STELE_FMT_KIND_RUN:
		return verify_run(v, pos, count);
	case STELE_FMT_KIND_I64:
	case STELE_FMT_KIND_U64:
	case STELE_FMT_KIND_F64:
		return verify_number(v, pos, head);
	case STELE_FMT_KIND_BIGINT:
		return verify_bigint(v, pos, head);
	case STELE_FMT_KIND_STR:
		return verify_str(v, pos, head);
	case STELE_FMT_KIND_BYTES:
		if (count > STELE_FMT_SHORT_MAX)
			return 0;
		return stele_verify_broken(v, pos, STELE_I_BYTES_SPELLING);
	case STELE_FMT_KIND_LIST:
		return verify_words(v, pos + 8, count);
	case STELE_FMT_KIND_DICT:
		return verify_dict(v, pos, count);
	case STELE_FMT_KIND_ARRAY:
		return verify_array(v, pos, head);
	default:
		return verify_record(v, pos, head);
	}
}

static int verify_heap(struct stele_verify *v, const struct stele_heap *heap)
{
	uint64_t pos = heap->off, end = pos + heap->len, reported = pos;
	uint64_t head, size;
	int rc = 0;

	for (; !rc && pos < end; pos += size) {
		/* the bytes may have changed since the first pass */
		if (stele_object_size(v->seg, pos, &head, &size) ||
		    size > end - pos)
			return refused(v, pos);
		rc = verify_fill(v, pos, head, size);
		if (!rc)
			rc = verify_content(v, pos, head);
		if (!rc && pos - reported >= PROGRESS_BYTES) {
			rc = stele_verify_progress(v, (pos - reported) / 2);
			reported = pos;
		}
	}
	return rc;
}

int stele_verify_objects(struct stele_verify *v)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < v->seg->nr_heaps; i++)
		rc = verify_heap(v, &v->seg->heaps[i]);
	return rc;
}
