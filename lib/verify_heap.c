// SPDX-License-Identifier: MIT
/*
 * Verifying the heap: a first pass from head to head finds where objects begin
 * and proves that nothing lies between them; a second one proves what is in
 * them, since references lead forward as well as back; a third one, where there
 * are any, keys that are made of other objects, once those are proved.
 */
#include "ndarray.h"
#include "verify.h"

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
	case STELE_FMT_KIND_DECIMAL:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_NEGATIVE |
		       STELE_FMT_OBJ_F_INFINITE | STELE_FMT_OBJ_F_NAN;
	case STELE_FMT_KIND_STR:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_ASCII;
	case STELE_FMT_KIND_DICT:
	case STELE_FMT_KIND_SET:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_SALTED;
	case STELE_FMT_KIND_ARRAY:
		return STELE_FMT_OBJ_F_IDENTITY |
		       0xfu << STELE_FMT_OBJ_ELEM_SHIFT;
	case STELE_FMT_KIND_RECORD:
		return STELE_FMT_OBJ_F_IDENTITY | STELE_FMT_OBJ_F_ROW;
	default:
		return STELE_FMT_OBJ_F_IDENTITY;
	}
}

static bool is_known(unsigned kind)
{
	return kind >= STELE_FMT_KIND_RUN && kind <= STELE_FMT_KIND_USER &&
	       kind != 16;
}

/* Why stele_object_size() refused the object at pos. */
static int refused(struct stele_verify *v, uint64_t pos)
{
	uint64_t head = stele_load(v->seg, pos);
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	unsigned kind = STELE_FMT_HEAD_KIND(head);

	switch (kind) {
	case STELE_FMT_KIND_PAD:
		return stele_verify_broken(v, pos, STELE_I_OBJECT_PAD);
	case STELE_FMT_KIND_RECORD:
		if (count >= v->schema->head->nr_records)
			return stele_verify_broken(v, pos,
						   STELE_I_RECORD_SCHEMA);
		break;
	case STELE_FMT_KIND_BIGINT:
		if (count > STELE_FMT_BIGINT_MAX)
			return stele_verify_broken(v, pos,
						   STELE_I_OBJECT_COUNT);
		break;
	case STELE_FMT_KIND_DECIMAL:
		if (count > STELE_FMT_DECIMAL_MAX)
			return stele_verify_broken(v, pos,
						   STELE_I_OBJECT_COUNT);
		break;
	case STELE_FMT_KIND_NDARRAY:
		if (count > STELE_FMT_NDARRAY_AXES)
			return stele_verify_broken(v, pos,
						   STELE_I_OBJECT_COUNT);
		break;
	default:
		if (!is_known(kind))
			return stele_verify_broken(v, pos, STELE_I_OBJECT_KIND);
	}
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
		if (stele_type_nr_parts(&schema->types[i]))
			return true;
	return false;
}

/* For each record the declared tables over it. */
static int chain_tables(struct stele_verify *v)
{
	const struct stele_fmt_schema_head *head = v->schema->head;

	v->nr_keyed = calloc(head->nr_tables + 1ull, sizeof(*v->nr_keyed));
	v->first_table =
		calloc(head->nr_records + 1ull, sizeof(*v->first_table));
	v->next_table = calloc(head->nr_tables + 1ull, sizeof(*v->next_table));
	if (!v->nr_keyed || !v->first_table || !v->next_table)
		return -ENOMEM;
	for (uint32_t i = head->nr_tables; i--;) {
		uint32_t *first = &v->first_table[v->schema->tables[i].record];

		v->next_table[i] = *first;
		*first = i + 1;
	}
	return 0;
}

static int allocate(struct stele_verify *v)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < v->seg->nr_heaps; i++) {
		v->first_bit[i] = bits;
		bits += v->seg->heaps[i].len / 8;
	}
	v->starts = calloc(bits / 64 + 1, sizeof(*v->starts));
	if (types_have_items(v->schema))
		v->typed = calloc(bits / 128 + 1, sizeof(*v->typed));
	if (!v->starts || (types_have_items(v->schema) && !v->typed) ||
	    chain_tables(v))
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

int stele_verify_words(struct stele_verify *v, uint64_t pos, uint64_t nr)
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

static int verify_record(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint32_t record = (uint32_t)STELE_FMT_HEAD_COUNT(head);
	int rc = stele_verify_record(v, pos, record);

	if (!rc && STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW)
		rc = stele_verify_row_keys(v, pos, record);
	return rc;
}

/* Where the payload of an object ends; 0 of a kind that has no fill. */
static uint64_t end_of(const struct stele_verify *v, uint64_t pos,
		       uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	unsigned element;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_RUN:
	case STELE_FMT_KIND_BIGINT:
	case STELE_FMT_KIND_BYTES:
		return pos + 8 + count;
	case STELE_FMT_KIND_DECIMAL:
		return pos + 12 + count;
	case STELE_FMT_KIND_STR:
	case STELE_FMT_KIND_USER:
		return pos + 16 + count;
	case STELE_FMT_KIND_ARRAY:
		element = STELE_FMT_HEAD_FLAGS(head) >>
			  STELE_FMT_OBJ_ELEM_SHIFT;
		return pos + 8 +
		       count * stele_type_width(stele_type_of_element(element));
	case STELE_FMT_KIND_NDARRAY:
		return stele_ndarray_data_at(pos, (uint32_t)count) +
		       stele_load(v->seg,
				  pos + 8 +
					  offsetof(struct stele_fmt_ndarray,
						   data_bytes));
	default:
		return 0;
	}
}

static int verify_fill(struct stele_verify *v, uint64_t pos, uint64_t head,
		       uint64_t size)
{
	uint64_t end = end_of(v, pos, head), zero;

	if (!end)
		return 0;
	zero = stele_verify_zeros(v, end, pos + size);
	if (zero < pos + size)
		return stele_verify_broken(v, zero, STELE_I_OBJECT_FILL);
	return 0;
}

static int verify_content(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	int rc;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_PAD:
		return 0;
	case STELE_FMT_KIND_LIST:
	case STELE_FMT_KIND_TUPLE:
		return stele_verify_words(v, pos + 8, count);
	case STELE_FMT_KIND_SET:
	case STELE_FMT_KIND_DICT:
		if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_DICT)
			count *= 2;
		rc = stele_verify_words(v, pos + 8, count);
		return rc ? rc : stele_verify_index(v, pos, false);
	case STELE_FMT_KIND_ARRAY:
	case STELE_FMT_KIND_NDARRAY:
		return stele_verify_array(v, pos, head);
	case STELE_FMT_KIND_RECORD:
		return verify_record(v, pos, head);
	default:
		return stele_verify_scalar(v, pos, head);
	}
}

static int verify_object(struct stele_verify *v, uint64_t pos, uint64_t head,
			 uint64_t size)
{
	int rc = verify_fill(v, pos, head, size);

	return rc ? rc : verify_content(v, pos, head);
}

/* Of the keys that the second pass left to the third. */
static int verify_nested(struct stele_verify *v, uint64_t pos, uint64_t head,
			 uint64_t size)
{
	unsigned kind = STELE_FMT_HEAD_KIND(head);

	(void)size;
	return kind == STELE_FMT_KIND_DICT || kind == STELE_FMT_KIND_SET ?
		       stele_verify_index(v, pos, true) :
		       0;
}

static int visit(struct stele_verify *v, const struct stele_heap *heap,
		 int (*verify)(struct stele_verify *v, uint64_t pos,
			       uint64_t head, uint64_t size))
{
	uint64_t pos = heap->off, end = pos + heap->len, reported = pos;
	uint64_t head, size;
	int rc = 0;

	for (; !rc && pos < end; pos += size) {
		/* the bytes may have changed since the first pass */
		if (stele_object_size(v->seg, pos, &head, &size) ||
		    size > end - pos)
			return refused(v, pos);
		rc = verify(v, pos, head, size);
		if (!rc && pos - reported >= PROGRESS_BYTES) {
			rc = stele_verify_progress(v, (pos - reported) / 4);
			reported = pos;
		}
	}
	return rc;
}

int stele_verify_objects(struct stele_verify *v)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < v->seg->nr_heaps; i++)
		rc = visit(v, &v->seg->heaps[i], verify_object);
	for (uint32_t i = 0; !rc && v->nested_keys && i < v->seg->nr_heaps; i++)
		rc = visit(v, &v->seg->heaps[i], verify_nested);
	return rc;
}
