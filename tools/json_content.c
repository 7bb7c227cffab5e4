/* SPDX-License-Identifier: MIT */
/*
 * Values that hold others: lists, tuples, sets, arrays, dicts, and the bytes of
 * user types.  Each is printed plainly where its type is declared and it is not
 * shared, else as an object that says what it is.
 */
#include "element.h"
#include "json_out.h"
#include "scalar_out.h"
#include "text_key.h"

struct printed {
	struct json_out *json;
	const struct stele_value *value;
	const struct stele_type_info *type; /* NULL: carries its type */
	uint32_t number; /* of the type */
	uint64_t id; /* 0: not shared */
};

/* Whether the type is one that the text need not say. */
static bool is_declared(const struct printed *p)
{
	return p->type && p->type->type == p->value->type;
}

/* {"$id":1,"$type":"TYPE", as far as it must be said. */
static void print_head(const struct printed *p, const char *type,
		       const char *element)
{
	FILE *out = p->json->out;

	putc_unlocked('{', out);
	if (p->id)
		fprintf(out, "\"$id\":%llu,", (unsigned long long)p->id);
	fprintf(out, element ? "\"$type\":\"%s<%s>\"," : "\"$type\":\"%s\",",
		type, element);
}

/* ------------------------------------------------------ list, tuple, set */

static int item_type(const struct printed *p, uint64_t i, uint32_t *type)
{
	bool nullable;

	*type = JSON_OUT_ANY;
	if (!is_declared(p))
		return 0;
	if (p->value->type != STELE_TYPE_TUPLE) {
		*type = p->type->item;
		return 0;
	}
	return stele_schema_tuple_item(p->json->schema, p->number, (uint32_t)i,
				       type, &nullable);
}

static int print_items(const struct printed *p)
{
	struct json_out *json = p->json;
	struct stele_value item;
	uint32_t type;
	int rc = 0;

	putc_unlocked('[', json->out);
	for (uint64_t i = 0; !rc && i < p->value->len; i++) {
		if (i)
			putc_unlocked(',', json->out);
		rc = stele_value_item(p->value, i, &item);
		if (!rc)
			rc = item_type(p, i, &type);
		if (rc)
			return json_refused(json, rc);
		rc = json_value(json, &item, type);
	}
	putc_unlocked(']', json->out);
	return rc;
}

static int print_list(const struct printed *p)
{
	/* a list is what an array of JSON is */
	bool plain = !p->id &&
		     (p->value->type == STELE_TYPE_LIST || is_declared(p));
	int rc;

	if (plain)
		return print_items(p);
	print_head(p, stele_type_name(p->value->type), NULL);
	fputs_unlocked("\"items\":", p->json->out);
	rc = print_items(p);
	putc_unlocked('}', p->json->out);
	return rc;
}

/* --------------------------------------------------------------- arrays */

/* Elements of one type behind each other. */
static int print_elements(struct json_out *json, enum stele_type type,
			  const char *at, uint64_t nr)
{
	size_t width = stele_type_width(type);
	struct stele_value element;
	int rc = json_spend(json, nr * width);

	putc_unlocked('[', json->out);
	for (uint64_t i = 0; !rc && i < nr; i++) {
		if (i)
			putc_unlocked(',', json->out);
		element_read(json->segment, type, at + i * width, &element);
		rc = json_scalar(json, &element, false);
	}
	putc_unlocked(']', json->out);
	return rc;
}

static int print_array(const struct printed *p)
{
	struct json_out *json = p->json;
	bool plain = !p->id && is_declared(p);
	const void *elements;
	int rc = stele_value_elements(p->value, &elements);

	if (rc)
		return json_refused(json, rc);
	if (!plain) {
		print_head(p, "array", stele_type_name(p->value->element));
		fputs_unlocked("\"items\":", json->out);
	}
	rc = print_elements(json, p->value->element, elements, p->value->len);
	if (!plain)
		putc_unlocked('}', json->out);
	return rc;
}

/* ------------------------------------------------- arrays of several axes */

/*
 * How many elements are stored, and whether they are dense in C order.  False:
 * they are not what shape and strides reach, as they are in no whole segment.
 */
static bool count_stored(const struct stele_ndarray *array, uint64_t *nr,
			 bool *dense)
{
	uint64_t width = stele_type_width(array->element), last = 0;
	uint64_t stride = width;

	*nr = 1;
	*dense = true;
	for (uint32_t i = array->nr_axes; i-- > 0;) {
		uint64_t len = array->shape[i];

		if (!len) {
			*nr = 0;
			*dense = true;
			return true;
		}
		if (len == 1)
			continue;
		*dense = *dense && (uint64_t)array->strides[i] == stride;
		stride *= len; /* what overflows has met a stride of 0 before */
		if (!array->strides[i])
			continue;
		last += (uint64_t)array->strides[i] * (len - 1);
		if (__builtin_mul_overflow(*nr, len, nr))
			return false;
	}
	return *nr <= last / width + 1;
}

static int print_ndarray(const struct printed *p)
{
	FILE *out = p->json->out;
	struct stele_ndarray array;
	uint64_t nr;
	bool dense;
	int rc = stele_value_ndarray(p->value, &array);

	if (rc)
		return json_refused(p->json, rc);
	if (!count_stored(&array, &nr, &dense))
		return json_fail(p->json, -STELE_E_FORMAT,
				 "an ndarray of which the strides do not lead "
				 "to its data");
	if (p->id || !is_declared(p))
		print_head(p, "ndarray", stele_type_name(array.element));
	else
		putc_unlocked('{', out);
	fputs_unlocked("\"shape\":[", out);
	for (uint32_t i = 0; i < array.nr_axes; i++)
		fprintf(out, i ? ",%llu" : "%llu",
			(unsigned long long)array.shape[i]);
	fputs_unlocked("],\"items\":", out);
	rc = print_elements(p->json, array.element, array.data, nr);
	if (!dense) {
		fputs_unlocked(",\"strides\":[", out);
		for (uint32_t i = 0; i < array.nr_axes; i++)
			fprintf(out, i ? ",%lld" : "%lld",
				(long long)array.strides[i]);
		putc_unlocked(']', out);
	}
	putc_unlocked('}', out);
	return rc;
}

/* ---------------------------------------------------------------- dicts */

static int print_key(struct json_out *json, const struct stele_value *key)
{
	struct stele_str name = { key->u.ptr, key->len };
	uint64_t points;
	int rc = json_spend(json, key->len);

	if (!rc && key->type == STELE_TYPE_STR) {
		rc = stele_value_code_points(key, &points);
		if (rc)
			return json_refused(json, rc);
		json_name(json, name);
		return 0;
	}
	/* integers of a declared dict */
	putc_unlocked('"', json->out);
	if (!rc)
		rc = json_value(json, key, JSON_OUT_ANY);
	fputs_unlocked("\":", json->out);
	return rc;
}

static int print_members(const struct printed *p, const char *before)
{
	struct json_out *json = p->json;
	struct stele_value key, item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < p->value->len; i++) {
		rc = stele_value_pair(p->value, i, &key, &item);
		if (rc)
			return json_refused(json, rc);
		fputs_unlocked(before, json->out);
		before = ",";
		rc = print_key(json, &key);
		if (!rc)
			rc = json_value(json, &item,
					is_declared(p) ? p->type->item :
							 JSON_OUT_ANY);
	}
	return rc;
}

static int print_pairs(const struct printed *p)
{
	struct json_out *json = p->json;
	bool declared = is_declared(p);
	struct stele_value key, item;
	int rc = 0;

	putc_unlocked('[', json->out);
	for (uint64_t i = 0; !rc && i < p->value->len; i++) {
		rc = stele_value_pair(p->value, i, &key, &item);
		if (rc)
			return json_refused(json, rc);
		fputs_unlocked(i ? ",[" : "[", json->out);
		rc = json_value(json, &key,
				declared ? p->type->key : JSON_OUT_ANY);
		putc_unlocked(',', json->out);
		if (!rc)
			rc = json_value(json, &item,
					declared ? p->type->item :
						   JSON_OUT_ANY);
		putc_unlocked(']', json->out);
	}
	putc_unlocked(']', json->out);
	return rc;
}

/* Whether all keys are text; of a declared dict its type says so. */
static int is_object(const struct printed *p, bool *all)
{
	struct stele_type_info type;
	struct stele_value key, item;
	int rc = 0;

	if (is_declared(p)) {
		rc = stele_schema_type(p->json->schema, p->type->key, &type);
		*all = !rc && text_key_suits(type.type);
		return rc ? json_refused(p->json, rc) : 0;
	}
	*all = true;
	for (uint64_t i = 0; *all && i < p->value->len; i++) {
		rc = stele_value_pair(p->value, i, &key, &item);
		if (rc)
			return json_refused(p->json, rc);
		*all = key.type == STELE_TYPE_STR;
	}
	return 0;
}

static int print_dict(const struct printed *p)
{
	FILE *out = p->json->out;
	bool as_object;
	int rc = is_object(p, &as_object);

	if (rc)
		return rc;
	if (!as_object && !p->id && is_declared(p))
		return print_pairs(p);
	if (!as_object) {
		print_head(p, "dict", NULL);
		fputs_unlocked("\"pairs\":", out);
		rc = print_pairs(p);
	} else {
		putc_unlocked('{', out);
		if (p->id)
			fprintf(out, "\"$id\":%llu", (unsigned long long)p->id);
		rc = print_members(p, p->id ? "," : "");
	}
	putc_unlocked('}', out);
	return rc;
}

/* ----------------------------------------------------------- user types */

static int print_user(const struct printed *p)
{
	FILE *out = p->json->out;
	struct stele_value text = { .type = STELE_TYPE_STR };
	struct stele_str name, bytes;
	uint64_t points;
	int rc = stele_value_user(p->value, &name, &bytes);

	if (!rc) {
		text.u.ptr = name.ptr;
		text.len = name.len;
		rc = stele_value_code_points(&text, &points);
	}
	if (rc)
		return json_refused(p->json, rc);
	if (!p->id && is_declared(p)) {
		putc_unlocked('"', out);
		scalar_print_bytes(out, bytes.ptr, bytes.len);
		putc_unlocked('"', out);
		return 0;
	}
	putc_unlocked('{', out);
	if (p->id)
		fprintf(out, "\"$id\":%llu,", (unsigned long long)p->id);
	fputs_unlocked("\"$type\":\"user ", out);
	json_escaped(out, name.ptr, name.len);
	fputs_unlocked("\",\"value\":\"", out);
	scalar_print_bytes(out, bytes.ptr, bytes.len);
	fputs_unlocked("\"}", out);
	return 0;
}

static int print_content(const struct printed *p)
{
	switch (p->value->type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
		return print_list(p);
	case STELE_TYPE_ARRAY:
		return print_array(p);
	case STELE_TYPE_NDARRAY:
		return print_ndarray(p);
	case STELE_TYPE_DICT:
		return print_dict(p);
	case STELE_TYPE_USER:
		return print_user(p);
	default:
		return json_fail(p->json, -STELE_E_FORMAT,
				 "a value of unknown type");
	}
}

int json_content(struct json_out *json, const struct stele_value *value,
		 const struct stele_type_info *type, uint32_t number)
{
	struct printed p = { json, value, type, number, 0 };
	bool untyped = json->untyped, done;
	int rc = json_identity(json, value, false, &p.id, &done);

	if (rc || done)
		return rc;
	json->untyped = untyped || p.id;
	rc = print_content(&p);
	json->untyped = untyped;
	return rc;
}
