// SPDX-License-Identifier: MIT
/*
 * Walking values, records, roots and rows.
 */
#include "walk.h"

#include <string.h>

#define MAX_TOUCHES 512u
#define MAX_ITEMS 64u /* of one list, dict or array */
#define MAX_DIGITS 2000u
#define ROW_STEPS 600u
#define EQUAL_EVERY 61u /* calls */

/* --------------------------------------------------------------- calls */

void walk_fault(struct walk *w, int rc, const char *what)
{
	if (!w->strict || w->fault)
		return;
	w->fault = what;
	w->fault_code = rc;
}

bool walk_called(struct walk *w, int rc, const char *what)
{
	w->calls++;
	if (w->steps)
		w->steps--;
	switch (rc) {
	case -STELE_E_FORMAT:
	case -STELE_E_FEATURE:
	case -STELE_E_UTF8:
		w->refused++;
		walk_fault(w, rc, what);
	}
	return rc == 0;
}

/* Such a call succeeds wherever the bytes are not broken. */
static bool must(struct walk *w, int rc, const char *what)
{
	if (rc && rc != -STELE_E_FORMAT && rc != -STELE_E_FEATURE)
		walk_fault(w, rc, what);
	return walk_called(w, rc, what);
}

/* The first bytes, the last, and some between. */
void walk_touch(struct walk *w, const void *p, uint64_t len)
{
	const volatile uint8_t *bytes = p;
	uint64_t step = len / MAX_TOUCHES + 1;

	for (uint64_t i = 0; i < len; i += step)
		w->sum += bytes[i];
	if (len)
		w->sum += bytes[len - 1];
}

/* -------------------------------------------------------------- values */

static void walk_str(struct walk *w, const struct stele_value *value)
{
	uint64_t points;

	walk_touch(w, value->u.ptr, value->len);
	if (value->type == STELE_TYPE_STR && value->len < 65536)
		must(w, stele_value_code_points(value, &points),
		     "stele_value_code_points");
}

static void walk_digits(struct walk *w, const struct stele_value *value)
{
	char text[MAX_DIGITS];
	size_t len = 0, size;

	if (value->type == STELE_TYPE_BIGINT ||
	    value->type == STELE_TYPE_DECIMAL) {
		walk_touch(w, value->u.ptr, value->len);
		if (value->len > sizeof(text) / 3 && value->len < 41000)
			return; /* quadratic: not thousands of times */
	}
	size = value->len % 7 ? sizeof(text) : value->len;
	walk_called(w, stele_value_digits(value, text, size, &len),
		    "stele_value_digits");
}

static void walk_list(struct walk *w, const struct stele_value *list,
		      unsigned depth)
{
	struct stele_value item;

	for (uint64_t i = 0; i < list->len && walk_goes_on(w); i++) {
		if (i == MAX_ITEMS)
			i = list->len - 1;
		if (must(w, stele_value_item(list, i, &item),
			 "stele_value_item"))
			walk_value(w, &item, depth);
	}
	if (stele_value_item(list, list->len, &item) != -STELE_E_ABSENT)
		walk_fault(w, 0, "stele_value_item behind the last");
}

/* What is in a set can be found there. */
static void walk_set(struct walk *w, const struct stele_value *set,
		     unsigned depth)
{
	struct stele_value item;

	walk_list(w, set, depth);
	for (uint64_t i = 0; i < set->len && walk_goes_on(w); i++) {
		if (i == MAX_ITEMS)
			i = set->len - 1;
		if (must(w, stele_value_item(set, i, &item),
			 "stele_value_item"))
			must(w, stele_value_contains(set, &item),
			     "stele_value_contains");
	}
}

/* The element that lies farthest, if there is any. */
static void walk_ndarray(struct walk *w, const struct stele_value *value)
{
	uint64_t last[STELE_NDARRAY_AXES], off = 0;
	struct stele_ndarray array;
	struct stele_value element;
	int rc;

	if (!must(w, stele_value_ndarray(value, &array), "stele_value_ndarray"))
		return;
	for (uint32_t i = 0; i < array.nr_axes; i++) {
		if (!array.shape[i]) {
			walk_called(w, stele_ndarray_at(value, last, &element),
				    "stele_ndarray_at");
			return;
		}
		last[i] = array.shape[i] - 1;
		off += last[i] * (uint64_t)array.strides[i];
	}
	walk_touch(w, array.data, off + stele_type_width(array.element));
	/* the bytes may change meanwhile, but not those of a strict walk */
	rc = stele_ndarray_at(value, last, &element);
	if (must(w, rc, "stele_ndarray_at") && element.type == STELE_TYPE_UUID)
		walk_touch(w, element.u.ptr, element.len);
}

static void walk_user(struct walk *w, const struct stele_value *value)
{
	struct stele_str name, bytes;

	if (!must(w, stele_value_user(value, &name, &bytes),
		  "stele_value_user"))
		return;
	walk_touch(w, name.ptr, name.len);
	walk_touch(w, bytes.ptr, bytes.len);
}

/* Hash and equality: now and then, for they may take as long as an image is. */
static void walk_alike(struct walk *w, const struct stele_value *value)
{
	bool equal = true;
	uint64_t hash;

	if (w->calls % EQUAL_EVERY)
		return;
	walk_called(w, stele_value_hash(value, w->calls, &hash),
		    "stele_value_hash");
	if (w->before.segment)
		walk_called(w, stele_value_equal(value, &w->before, &equal),
			    "stele_value_equal");
	if (must(w, stele_value_equal(value, value, &equal),
		 "stele_value_equal") &&
	    !equal)
		walk_fault(w, 0, "stele_value_equal of one value");
	w->before = *value;
}

static void walk_array(struct walk *w, const struct stele_value *array,
		       unsigned depth)
{
	const void *elements;

	if (must(w, stele_value_elements(array, &elements),
		 "stele_value_elements"))
		walk_touch(w, elements,
			   array->len * stele_type_width(array->element));
	walk_list(w, array, depth);
}

/* What stands under a key can be found by it. */
static void find_pair(struct walk *w, const struct stele_value *dict,
		      const struct stele_value *key,
		      const struct stele_value *item)
{
	struct stele_value found;

	if (must(w, stele_value_find(dict, key, &found), "stele_value_find") &&
	    memcmp(&found.u, &item->u, sizeof(found.u)) != 0 &&
	    found.type != STELE_TYPE_STR && found.type != STELE_TYPE_BYTES)
		walk_fault(w, 0, "stele_value_find gives another item");
	if (key->type == STELE_TYPE_STR)
		must(w,
		     stele_value_find_str(dict, key->u.ptr, key->len, &found),
		     "stele_value_find_str");
}

static void walk_dict(struct walk *w, const struct stele_value *dict,
		      unsigned depth)
{
	struct stele_value key, item;

	for (uint64_t i = 0; i < dict->len && walk_goes_on(w); i++) {
		if (i == MAX_ITEMS)
			i = dict->len - 1;
		if (!must(w, stele_value_pair(dict, i, &key, &item),
			  "stele_value_pair"))
			continue;
		find_pair(w, dict, &key, &item);
		walk_value(w, &key, depth);
		walk_value(w, &item, depth);
	}
	walk_called(w, stele_value_find_str(dict, "no such key", 11, &item),
		    "stele_value_find_str");
}

/* ------------------------------------------------------------- records */

/* The typed getter that suits a field, and one that does not. */
static void walk_typed(struct walk *w, struct stele_record record,
		       uint32_t index, uint32_t number, unsigned type)
{
	struct stele_record target;
	struct stele_field field;
	struct stele_str str;
	uint64_t u;
	int64_t i;
	double f;
	bool b;

	if (!walk_called(w,
			 stele_field_resolve_at(record.segment, index, number,
						type, &field, NULL),
			 "stele_field_resolve_at"))
		return;
	walk_called(w, stele_record_get_bool(record, &field, &b), "get_bool");
	walk_called(w, stele_record_get_i64(record, &field, &i), "get_i64");
	walk_called(w, stele_record_get_u64(record, &field, &u), "get_u64");
	walk_called(w, stele_record_get_f64(record, &field, &f), "get_f64");
	walk_called(w, stele_record_get_time(record, &field, &i), "get_time");
	if (walk_called(w, stele_record_get_str(record, &field, &str),
			"get_str"))
		walk_touch(w, str.ptr, str.len);
	walk_called(w, stele_record_get_record(record, &field, &target),
		    "get_record");
}

static void walk_field(struct walk *w, struct stele_record record,
		       uint32_t index, uint32_t number, unsigned depth)
{
	const struct stele_schema *schema = stele_segment_schema(w->segment);
	struct stele_field_info info;
	struct stele_type_info type;
	struct stele_value value;
	struct stele_field field;

	must(w, stele_schema_field(schema, index, number, &info),
	     "stele_schema_field");
	must(w, stele_schema_type(schema, info.type, &type),
	     "stele_schema_type");
	walk_typed(w, record, index, number, type.type);
	if (must(w,
		 stele_field_resolve_at(w->segment, index, number,
					STELE_TYPE_ANY, &field, NULL),
		 "stele_field_resolve_at"))
		must(w, stele_record_get(record, &field, &value),
		     "stele_record_get");
	if (must(w, stele_record_get_at(record, number, &value),
		 "stele_record_get_at"))
		walk_value(w, &value, depth);
}

static void walk_record(struct walk *w, const struct stele_value *value,
			unsigned depth)
{
	const struct stele_schema *schema = stele_segment_schema(w->segment);
	struct stele_record_info info;
	struct stele_record record;
	uint32_t index;

	if (!must(w, stele_value_record(value, &record),
		  "stele_value_record") ||
	    !must(w, stele_record_schema(record, &index),
		  "stele_record_schema") ||
	    !must(w, stele_schema_record(schema, index, &info),
		  "stele_schema_record"))
		return;
	for (uint32_t i = 0; i < info.nr_fields && walk_goes_on(w); i++)
		walk_field(w, record, index, i, depth);
	walk_called(w,
		    stele_record_get_at(record, info.nr_fields,
					&(struct stele_value){ 0 }),
		    "stele_record_get_at");
}

void walk_value(struct walk *w, const struct stele_value *value, unsigned depth)
{
	if (depth >= WALK_DEPTH || !walk_goes_on(w))
		return;
	depth++;
	walk_alike(w, value);
	switch (value->type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_UUID:
		walk_str(w, value);
		return;
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
		walk_list(w, value, depth);
		return;
	case STELE_TYPE_SET:
		walk_set(w, value, depth);
		return;
	case STELE_TYPE_NDARRAY:
		walk_ndarray(w, value);
		return;
	case STELE_TYPE_USER:
		walk_user(w, value);
		return;
	case STELE_TYPE_ARRAY:
		walk_array(w, value, depth);
		return;
	case STELE_TYPE_DICT:
		walk_dict(w, value, depth);
		return;
	case STELE_TYPE_RECORD:
		walk_record(w, value, depth);
		return;
	default:
		walk_digits(w, value);
	}
}

/* ------------------------------------------------------------- segment */

static void walk_roots(struct walk *w)
{
	struct stele_value roots, root;

	if (!must(w, stele_segment_roots(w->segment, &roots),
		  "stele_segment_roots"))
		return;
	walk_value(w, &roots, 0);
	walk_called(w, stele_segment_root(w->segment, "all", &root),
		    "stele_segment_root");
}

/* All rows are met; as many are looked into as there are steps. */
static void walk_rows(struct walk *w)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;
	uint64_t steps = w->steps, taken;
	int rc;

	do {
		w->steps = steps;
		rc = stele_segment_next_row(w->segment, &rows, &row);
		if (!walk_called(w, rc, "stele_segment_next_row"))
			break;
		steps = w->steps;
		w->steps = steps < ROW_STEPS ? steps : ROW_STEPS;
		taken = w->steps;
		walk_value(w, &row, 0);
		steps -= taken - w->steps;
	} while (steps);
}

void walk_segment(struct walk *w, uint64_t steps)
{
	const struct stele_map *map;

	w->steps = steps;
	walk_schema(w);
	w->steps = steps;
	walk_roots(w);
	w->steps = steps;
	walk_rows(w);
	w->steps = steps;
	walk_view(w);
	for (uint32_t i = 0;
	     i < 32 && (map = stele_segment_map_at(w->segment, i)); i++) {
		w->steps = steps;
		walk_map(w, map);
	}
}
