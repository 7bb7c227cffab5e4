/* SPDX-License-Identifier: MIT */
/*
 * An encoding says what a key is equal to; the declared type says how that is
 * written: the integer 7 under an f64 as 7.0, under a decimal as "7", and the
 * row under a reference as its key.  What does not suit its declared type, as in
 * broken bytes, says its own.
 */
#include "key_out.h"

#include <math.h>
#include <string.h>

#include "scalar_out.h"

/* A double is up to 53 bits times 5 to the 1074th over ten to that. */
#define SCRATCH_BYTES 328u

/* A scalar in the form of its declared type. */
struct scalar {
	struct stele_value value;
	uint8_t magnitude[SCRATCH_BYTES]; /* that it may point to */
};

/* ------------------------------------------------------------- numbers */

static bool is_integer(enum stele_type type)
{
	return type == STELE_TYPE_I64 || type == STELE_TYPE_U64 ||
	       type == STELE_TYPE_BIGINT;
}

/* The double that an integer is, exactly where it was encoded of one. */
static double double_of(const struct stele_value *v)
{
	double f = 0;

	if (v->type == STELE_TYPE_I64)
		return (double)v->u.i;
	if (v->type == STELE_TYPE_U64)
		return (double)v->u.u;
	for (uint64_t i = v->len; i-- > 0;)
		f = f * 256 + (uint8_t)v->u.ptr[i];
	return v->flags & STELE_VALUE_F_NEGATIVE ? -f : f;
}

static void set_magnitude(struct scalar *s, uint64_t u, bool negative)
{
	memcpy(s->magnitude, &u, sizeof(u));
	s->value.u.ptr = (const char *)s->magnitude;
	s->value.len = sizeof(u);
	s->value.flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
}

static void times_five(uint8_t *magnitude)
{
	unsigned carry = 0;

	for (size_t i = 0; i < SCRATCH_BYTES; i++) {
		carry += magnitude[i] * 5u;
		magnitude[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

/* m / 2^n is m * 5^n / 10^n. */
static void set_fraction(struct scalar *s, double f)
{
	int power;
	uint64_t m = (uint64_t)ldexp(frexp(fabs(f), &power), 53);

	memset(s->magnitude, 0, sizeof(s->magnitude));
	for (power -= 53; power < 0 && !(m & 1); power++)
		m >>= 1;
	set_magnitude(s, m, f < 0);
	s->value.exponent = power;
	for (; power < 0; power++)
		times_five(s->magnitude);
	s->value.len = SCRATCH_BYTES;
	while (!s->magnitude[s->value.len - 1])
		s->value.len--;
}

static void set_decimal(struct scalar *s)
{
	struct stele_value v = s->value;

	s->value.type = STELE_TYPE_DECIMAL;
	s->value.exponent = 0;
	if (v.type == STELE_TYPE_BIGINT)
		return;
	if (v.type == STELE_TYPE_I64) {
		set_magnitude(s, v.u.i < 0 ? -v.u.u : v.u.u, v.u.i < 0);
	} else if (v.type == STELE_TYPE_U64) {
		set_magnitude(s, v.u.u, false);
	} else if (isinf(v.u.f)) {
		set_magnitude(s, 0, v.u.f < 0);
		s->value.len = 0;
		s->value.flags |= STELE_VALUE_F_INFINITE;
	} else {
		set_fraction(s, v.u.f);
	}
}

/* s->value in the form of a type that is declared. */
static void suit(struct scalar *s, enum stele_type type)
{
	enum stele_type is = s->value.type;

	if (type == STELE_TYPE_DECIMAL &&
	    (is_integer(is) || is == STELE_TYPE_F64)) {
		set_decimal(s);
	} else if (type == STELE_TYPE_F32 || type == STELE_TYPE_F64) {
		if (is_integer(is))
			s->value.u.f = double_of(&s->value);
		if (is_integer(is) || is == STELE_TYPE_F64)
			s->value.type = (uint8_t)type;
	}
}

/* --------------------------------------------------------------- parts */

/* What is declared for a part. */
struct declared {
	uint32_t number; /* KEY_TYPE_NONE: nothing */
	struct stele_type_info info;
};

static struct declared declared_as(const struct json_out *json, uint32_t number)
{
	struct declared d = { number, { .type = STELE_TYPE_ANY } };

	if (stele_schema_type(json->schema, number, &d.info) ||
	    d.info.type == STELE_TYPE_ANY)
		d.number = KEY_TYPE_NONE;
	return d;
}

static bool same(struct stele_str a, struct stele_str b)
{
	return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

static int put_part(struct json_out *json, const struct stele_key *part,
		    uint32_t number);

static int check_text(struct json_out *json, struct stele_str text)
{
	const struct stele_value value = { .type = STELE_TYPE_STR,
					   .len = text.len,
					   .u.ptr = text.ptr };
	uint64_t points;
	int rc = stele_value_code_points(&value, &points);

	return rc ? json_refused(json, rc) : json_spend(json, text.len);
}

static int put_scalar(struct json_out *json, const struct stele_key *part,
		      const struct declared *d)
{
	struct scalar s;

	s.value = part->value;
	suit(&s, d->info.type);
	return json_value(json, &s.value, d->number);
}

/* The type of the i-th item. */
static uint32_t item_type(const struct json_out *json, const struct declared *d,
			  uint64_t i)
{
	uint32_t item = KEY_TYPE_NONE;
	bool nullable;

	if (d->info.type == STELE_TYPE_SET)
		return d->info.item;
	if (d->info.type == STELE_TYPE_TUPLE)
		stele_schema_tuple_item(json->schema, d->number, (uint32_t)i,
					&item, &nullable);
	return item;
}

static int put_items(struct json_out *json, const struct stele_key *part,
		     const struct declared *d)
{
	struct stele_key walk = *part, item;
	bool plain = d->info.type == part->type;
	int rc;

	if (!plain)
		fprintf(json->out, "{\"$type\":\"%s\",\"items\":",
			stele_type_name(part->type));
	putc_unlocked('[', json->out);
	while (!(rc = stele_key_next(&walk, NULL, &item))) {
		if (walk.done > 1)
			putc_unlocked(',', json->out);
		rc = put_part(json, &item,
			      plain ? item_type(json, d, walk.done - 1) :
				      KEY_TYPE_NONE);
		if (rc)
			return rc;
	}
	if (rc != -STELE_E_ABSENT)
		return json_refused(json, rc);
	fputs_unlocked(plain ? "]" : "]}", json->out);
	return 0;
}

static int put_user(struct json_out *json, const struct stele_key *part,
		    const struct declared *d)
{
	bool plain = d->info.type == STELE_TYPE_USER &&
		     same(d->info.name, part->name);
	int rc = json_spend(json, part->bytes.len);

	if (!rc)
		rc = check_text(json, part->name);
	if (rc)
		return rc;
	if (!plain) {
		fputs_unlocked("{\"$type\":\"user ", json->out);
		json_escaped(json->out, part->name.ptr, part->name.len);
		fputs_unlocked("\",\"value\":", json->out);
	}
	putc_unlocked('"', json->out);
	scalar_print_bytes(json->out, part->bytes.ptr, part->bytes.len);
	fputs_unlocked(plain ? "\"" : "\"}", json->out);
	return 0;
}

/* ------------------------------------------------------------- records */

/* The type of the field of that name, of a record or none. */
static uint32_t field_type(const struct json_out *json, uint32_t record,
			   struct stele_str name)
{
	struct stele_field_info info;
	uint32_t field;

	if (stele_schema_find_field(json->schema, record, name.ptr, name.len,
				    &field) ||
	    stele_schema_field(json->schema, record, field, &info))
		return KEY_TYPE_NONE;
	return info.type;
}

static bool is_named(const struct json_out *json, uint32_t record,
		     struct stele_str name)
{
	struct stele_record_info info;

	return !stele_schema_record(json->schema, record, &info) &&
	       same(info.name, name);
}

static int put_fields(struct json_out *json, const struct stele_key *part,
		      uint32_t record, const char *before)
{
	struct stele_key walk = *part, field;
	struct stele_str name;
	int rc;

	while (!(rc = stele_key_next(&walk, &name, &field))) {
		rc = check_text(json, name);
		if (rc)
			return rc;
		fputs_unlocked(before, json->out);
		before = ",";
		json_name(json, name);
		rc = put_part(json, &field, field_type(json, record, name));
		if (rc)
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : json_refused(json, rc);
}

static int put_record(struct json_out *json, const struct stele_key *part,
		      const struct declared *d)
{
	uint32_t record = d->info.record;
	bool plain = d->info.type == STELE_TYPE_RECORD &&
		     is_named(json, record, part->name);
	int rc = check_text(json, part->name);

	if (rc)
		return rc;
	putc_unlocked('{', json->out);
	if (!plain) {
		if (stele_schema_find_record(json->schema, part->name.ptr,
					     part->name.len, &record))
			record = UINT32_MAX;
		fputs_unlocked("\"$type\":\"record ", json->out);
		json_escaped(json->out, part->name.ptr, part->name.len);
		putc_unlocked('"', json->out);
	}
	rc = put_fields(json, part, record, plain ? "" : ",");
	putc_unlocked('}', json->out);
	return rc;
}

/* ---------------------------------------------------------- references */

/* The field of that name; -STELE_E_ABSENT. */
static int find_field(const struct stele_key *part, struct stele_str name,
		      struct stele_key *field)
{
	struct stele_key walk = *part;
	struct stele_str of;
	int rc;

	while (!(rc = stele_key_next(&walk, &of, field)))
		if (same(of, name))
			return 0;
	return rc;
}

/*
 * The key of the row that a part is, which becomes the part, and its type; of one
 * that is no row, since it was absent, the type alone.  -STELE_E_ABSENT: the row
 * has no key.
 */
static int find_row_key(const struct json_out *json, const struct declared *d,
			bool is_row, struct stele_key *part, uint32_t *type)
{
	uint32_t record = d->info.record, number;
	struct stele_field_info field;
	struct stele_type_info of;
	struct stele_key row;
	int rc = 0;

	for (uint32_t i = 0;
	     !rc && !stele_schema_table_step(json->schema, d->info.table, 0, i,
					     &number);
	     i++) {
		rc = stele_schema_field(json->schema, record, number, &field);
		if (!rc)
			rc = stele_schema_type(json->schema, field.type, &of);
		if (rc)
			return rc;
		*type = field.type;
		record = of.record;
		row = *part;
		if (is_row)
			rc = find_field(&row, field.name, part);
	}
	if (!rc && is_row && part->type == STELE_TYPE_NULL)
		rc = -STELE_E_ABSENT;
	return rc;
}

static int put_ref(struct json_out *json, const struct stele_key *part,
		   const struct declared *d)
{
	bool is_row = part->type == STELE_TYPE_RECORD &&
		      is_named(json, d->info.record, part->name);
	uint32_t type = KEY_TYPE_NONE;
	struct stele_key key = *part;
	int rc = find_row_key(json, d, is_row, &key, &type);

	if (rc == -STELE_E_ABSENT)
		return put_part(json, part, KEY_TYPE_NONE);
	return rc ? json_refused(json, rc) : put_part(json, &key, type);
}

static int put_part(struct json_out *json, const struct stele_key *part,
		    uint32_t number)
{
	const struct declared d = declared_as(json, number);
	int rc = json_spend(json, 0);

	if (rc)
		return rc;
	if (d.info.type == STELE_TYPE_REF)
		return put_ref(json, part, &d);
	switch (part->type) {
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
		return put_items(json, part, &d);
	case STELE_TYPE_RECORD:
		return put_record(json, part, &d);
	case STELE_TYPE_USER:
		return put_user(json, part, &d);
	default:
		return put_scalar(json, part, &d);
	}
}

/* ---------------------------------------------------------- whole keys */

static int put_several(struct json_out *json, const struct key_types *types,
		       const struct stele_key *key)
{
	struct stele_key walk = *key, part;
	int rc;

	if (key->type != STELE_TYPE_TUPLE || key->len != types->nr)
		return json_refused(json, -STELE_E_FORMAT);
	putc_unlocked('[', json->out);
	while (!(rc = stele_key_next(&walk, NULL, &part))) {
		if (walk.done > 1)
			putc_unlocked(',', json->out);
		rc = put_part(json, &part, types->of[walk.done - 1].number);
		if (rc)
			return rc;
	}
	putc_unlocked(']', json->out);
	return rc == -STELE_E_ABSENT ? 0 : json_refused(json, rc);
}

static int put_encoded(struct json_out *json, const struct key_types *types,
		       const struct stele_key *key)
{
	return types->nr > 1 ? put_several(json, types, key) :
			       put_part(json, key, types->of->number);
}

static int put_text(struct json_out *json, const struct stele_value *value)
{
	int rc = json_spend_value(json, value);

	if (rc)
		return rc;
	if (value->type == STELE_TYPE_STR)
		fwrite_unlocked(value->u.ptr, 1, value->len, json->out);
	else
		rc = scalar_print(json->out, value);
	return rc ? json_refused(json, rc) : 0;
}

static int put_encoded_word(struct json_out *json,
			    const struct key_types *types,
			    const struct stele_key *key)
{
	enum stele_type type = types->of->type;
	struct scalar s;

	if (types->nr > 1 || !key_type_is_text(type))
		return put_encoded(json, types, key);
	if (type == STELE_TYPE_USER && key->type == type) {
		scalar_print_bytes(json->out, key->bytes.ptr, key->bytes.len);
		return json_spend(json, key->bytes.len);
	}
	s.value = key->value;
	suit(&s, type);
	return s.value.type == type ? put_text(json, &s.value) :
				      put_encoded(json, types, key);
}

static int read_key(struct json_out *json, const struct stele_value *value,
		    struct stele_key *key, struct stele_error *err)
{
	int rc;

	json_begin(json, err);
	rc = stele_key_read(value->u.ptr, value->len, key);
	return rc ? json_refused(json, rc) : 0;
}

int key_out_json(struct json_out *json, const struct key_types *types,
		 const struct stele_value *value, struct stele_error *err)
{
	struct stele_key key;
	int rc;

	if (types->encoded) {
		rc = read_key(json, value, &key, err);
		return rc ? rc : put_encoded(json, types, &key);
	}
	json_begin(json, err);
	rc = value->type == STELE_TYPE_BYTES ? json_spend_value(json, value) :
					       0;
	if (rc)
		return rc;
	return value->type == STELE_TYPE_BYTES ?
		       json_scalar(json, value, false) :
		       json_value(json, value, JSON_OUT_ANY);
}

int key_out_word(struct json_out *json, const struct key_types *types,
		 const struct stele_value *value, struct stele_error *err)
{
	struct stele_key key;
	int rc;

	if (types->encoded) {
		rc = read_key(json, value, &key, err);
		return rc ? rc : put_encoded_word(json, types, &key);
	}
	json_begin(json, err);
	return put_text(json, value);
}

int key_out_step(struct json_out *json, const struct stele_value *value,
		 uint32_t type, struct stele_error *err)
{
	const struct key_type of = key_type_of(json->schema, type);
	bool text = type == KEY_TYPE_NONE ? value->type == STELE_TYPE_STR :
					    value->type == of.type;

	json_begin(json, err);
	if (text && key_type_is_text(value->type))
		return put_text(json, value);
	return json_value(json, value, type);
}
