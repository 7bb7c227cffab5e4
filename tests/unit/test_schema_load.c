// SPDX-License-Identifier: MIT
/*
 * Schemas from untrusted bytes: exactly what the parser makes is accepted, all
 * else is refused with invariant and offset, and nothing crashes.
 */
#include "schema_text.h"

#include "invariant.h"

#define AT 4096u /* where the image lies in its segment */

static const char sample[] = "## R\n"
			     "record R {\n"
			     "\ta: u8? optional = 7 was x, y ## A\n"
			     "\tb: str\n"
			     "\tc: dict<str, list<R?>>\n"
			     "\td: weak t\n"
			     "\te: S\n"
			     "\tf: array<u8> = []\n"
			     "}\n"
			     "record S { n: u16? m: str = \"q\" }\n"
			     "table t: R(b)\n"
			     "## U\n"
			     "table u: R(e.n, a) multi\n"
			     "rows R\n";

static const char tuples[] = "record R {\n"
			     "\ta: tuple<u8?, tuple<>, user<U>>\n"
			     "\tb: set<user<V>?>\n"
			     "\tc: dict<tuple<uuid>, u8>\n"
			     "\td: ndarray<u8>\n"
			     "\te: bigint\n"
			     "\tf: zoned\n"
			     "}\n"
			     "table t: R(e) filter 1/256\n"
			     "table u: R(a)\n";

enum kind { HEAD, RECORD, FIELD, TYPE, TABLE, STEP, POOL };

/* One change to the sample's image, and what is said about it. */
struct change {
	enum kind kind;
	uint32_t index;
	size_t member; /* offset in the struct */
	size_t bytes;
	uint64_t value;
	enum stele_invariant invariant;
	enum kind told; /* where the error says it is */
	uint32_t told_index;
	size_t told_member;
};

#define MEMBER(type, name)                       \
	offsetof(struct stele_fmt_##type, name), \
		sizeof(((struct stele_fmt_##type *)0)->name)
#define OFF(type, name) offsetof(struct stele_fmt_##type, name)

/*
 * Types of the sample: 0 u8, 1 str, 2 R, 3 list<R?>, 4 dict, 5 weak t, 6 S,
 * 7 array<u8>, 8 u16.  Strings begin R, R, a, A, x\ny\n, 7, b.
 */
static const struct change sample_changes[] = {
	{ HEAD, 0, MEMBER(schema_head, nr_records), 3, STELE_I_SCHEMA_SIZE,
	  HEAD, 0, 0 },
	{ HEAD, 0, MEMBER(schema_head, pool_bytes), 9999, STELE_I_SCHEMA_SIZE,
	  HEAD, 0, 0 },
	{ HEAD, 0, MEMBER(schema_head, zero), 1, STELE_I_SCHEMA_ZERO, HEAD, 0,
	  OFF(schema_head, zero) },
	{ HEAD, 0, MEMBER(schema_head, root_record), 2, STELE_I_SCHEMA_INDEX,
	  HEAD, 0, 0 },
	{ RECORD, 1, MEMBER(record, first_field), 5, STELE_I_SCHEMA_INDEX,
	  RECORD, 1, 0 },
	{ RECORD, 1, MEMBER(record, nr_fields), 3, STELE_I_SCHEMA_INDEX, RECORD,
	  1, 0 },
	{ RECORD, 1, MEMBER(record, nr_fields), 1, STELE_I_SCHEMA_INDEX, FIELD,
	  7, 0 },
	{ RECORD, 0, MEMBER(record, zero), 1, STELE_I_SCHEMA_ZERO, RECORD, 0,
	  0 },
	{ RECORD, 0, MEMBER(record, body_bytes), 80, STELE_I_SCHEMA_LAYOUT,
	  RECORD, 0, 0 },
	{ RECORD, 0, MEMBER(record, null_off), 0, STELE_I_SCHEMA_LAYOUT, RECORD,
	  0, 0 },
	{ RECORD, 0, MEMBER(record, unset_off), 0, STELE_I_SCHEMA_LAYOUT,
	  RECORD, 0, 0 },
	{ RECORD, 1, OFF(record, fingerprint), 1, 0xff,
	  STELE_I_SCHEMA_FINGERPRINT, RECORD, 1, OFF(record, fingerprint) },
	{ RECORD, 0, MEMBER(record, name.off), 1, STELE_I_SCHEMA_STRING, RECORD,
	  0, 0 },
	{ RECORD, 0, MEMBER(record, name.len), UINT32_MAX,
	  STELE_I_SCHEMA_STRING, RECORD, 0, 0 },
	{ FIELD, 1, MEMBER(field, doc.off), 3, STELE_I_SCHEMA_STRING, FIELD, 1,
	  OFF(field, doc) },
	{ FIELD, 0, MEMBER(field, flags), 15, STELE_I_SCHEMA_FLAGS, FIELD, 0,
	  0 },
	{ FIELD, 0, MEMBER(field, flags), 3, STELE_I_SCHEMA_DEFAULT, FIELD, 0,
	  0 },
	{ FIELD, 1, MEMBER(field, flags), 4, STELE_I_SCHEMA_DEFAULT, FIELD, 1,
	  0 },
	{ FIELD, 0, MEMBER(field, zero), 1, STELE_I_SCHEMA_ZERO, FIELD, 0, 0 },
	{ FIELD, 0, MEMBER(field, type), 9, STELE_I_SCHEMA_INDEX, FIELD, 0, 0 },
	{ FIELD, 0, MEMBER(field, type), 1, STELE_I_SCHEMA_TYPE, FIELD, 0, 0 },
	{ FIELD, 6, MEMBER(field, type), 0, STELE_I_SCHEMA_TYPE, TYPE, 8, 0 },
	{ FIELD, 0, MEMBER(field, off), 57, STELE_I_SCHEMA_LAYOUT, FIELD, 0,
	  0 },
	{ FIELD, 0, MEMBER(field, null_bit), 1, STELE_I_SCHEMA_LAYOUT, FIELD, 0,
	  0 },
	{ FIELD, 0, MEMBER(field, unset_bit), STELE_FMT_NONE,
	  STELE_I_SCHEMA_LAYOUT, FIELD, 0, 0 },
	{ TYPE, 0, MEMBER(type, kind), STELE_TYPE_NULL, STELE_I_SCHEMA_TYPE,
	  TYPE, 0, 0 },
	{ TYPE, 0, MEMBER(type, kind), STELE_TYPE_USER + 1, STELE_I_SCHEMA_TYPE,
	  TYPE, 0, 0 },
	{ TYPE, 0, MEMBER(type, kind), STELE_TYPE_STR, STELE_I_SCHEMA_TYPE,
	  TYPE, 1, 0 },
	{ TYPE, 0, MEMBER(type, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 0, 0 },
	{ TYPE, 0, MEMBER(type, zero), 1, STELE_I_SCHEMA_TYPE, TYPE, 0, 0 },
	{ TYPE, 0, MEMBER(type, zero2), 1, STELE_I_SCHEMA_TYPE, TYPE, 0, 0 },
	{ TYPE, 0, MEMBER(type, arg), 1, STELE_I_SCHEMA_TYPE, TYPE, 0, 0 },
	{ TYPE, 2, MEMBER(type, arg), 2, STELE_I_SCHEMA_TYPE, TYPE, 2, 0 },
	{ TYPE, 3, MEMBER(type, arg), 3, STELE_I_SCHEMA_TYPE, TYPE, 3, 0 },
	{ TYPE, 3, MEMBER(type, flags), 2, STELE_I_SCHEMA_TYPE, TYPE, 3, 0 },
	{ TYPE, 4, MEMBER(type, arg), 4, STELE_I_SCHEMA_TYPE, TYPE, 4, 0 },
	{ TYPE, 4, MEMBER(type, arg2), 8, STELE_I_SCHEMA_TYPE, TYPE, 4, 0 },
	{ TYPE, 4, MEMBER(type, arg2), 3, STELE_I_SCHEMA_TYPE, TYPE, 4, 0 },
	{ TYPE, 5, MEMBER(type, arg2), 2, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 5, MEMBER(type, arg2), 1, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 5, MEMBER(type, arg), 1, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 5, MEMBER(type, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 7, MEMBER(type, arg), 16, STELE_I_SCHEMA_TYPE, TYPE, 7, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 4, STELE_I_SCHEMA_FLAGS, TABLE, 0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 2, STELE_I_SCHEMA_TABLE, TABLE, 0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TABLE, 0, MEMBER(decl, record), 2, STELE_I_SCHEMA_INDEX, TABLE, 0,
	  0 },
	{ TABLE, 1, MEMBER(decl, first_step), 1, STELE_I_SCHEMA_INDEX, TABLE, 1,
	  0 },
	{ TABLE, 1, MEMBER(decl, nr_keys), 0, STELE_I_SCHEMA_INDEX, TABLE, 1,
	  0 },
	{ TABLE, 1, MEMBER(decl, nr_keys), 3, STELE_I_SCHEMA_TABLE, TABLE, 1,
	  0 },
	{ TABLE, 1, MEMBER(decl, nr_keys), 1, STELE_I_SCHEMA_INDEX, STEP, 5,
	  0 },
	{ STEP, 0, 0, 4, 0, STELE_I_SCHEMA_TABLE, TABLE, 0, 0 },
	{ STEP, 0, 0, 4, UINT32_MAX, STELE_I_SCHEMA_TABLE, TABLE, 0, 0 },
	{ STEP, 1, 0, 4, 6, STELE_I_SCHEMA_TABLE, TABLE, 0, 0 },
	{ STEP, 1, 0, 4, 2, STELE_I_SCHEMA_TABLE, STEP, 1, 0 },
	{ STEP, 3, 0, 4, 0, STELE_I_SCHEMA_TABLE, TABLE, 1, 0 },
	{ POOL, 0, 0, 1, 0xff, STELE_I_SCHEMA_STRING, RECORD, 0, 0 },
	{ POOL, 1, 0, 1, '\r', STELE_I_SCHEMA_NAME, RECORD, 0, 0 },
	{ POOL, 1, 0, 1, ' ', STELE_I_SCHEMA_NAME, RECORD, 0, 0 },
	{ POOL, 3, 0, 1, 0x7f, STELE_I_SCHEMA_NAME, FIELD, 0, 0 },
	{ TABLE, 1, OFF(decl, doc), 8, 0, STELE_I_SCHEMA_STRING, POOL, 24, 0 },
	{ POOL, 2, 0, 1, 'b', STELE_I_SCHEMA_NAME, FIELD, 1, 0 },
	{ POOL, 7, 0, 1, 'z', STELE_I_SCHEMA_NAME, FIELD, 0, 0 },
	{ POOL, 6, 0, 1, 'x', STELE_I_SCHEMA_NAME, FIELD, 0, 0 },
	{ POOL, 6, 0, 1, 0x80, STELE_I_SCHEMA_STRING, FIELD, 0, 0 },
	{ POOL, 8, 0, 1, '-', STELE_I_SCHEMA_DEFAULT, FIELD, 0, 0 },
	{ POOL, 8, 0, 1, 0xff, STELE_I_SCHEMA_STRING, FIELD, 0, 0 },
};

/*
 * Types: 0 u8, 1 tuple<>, 2 U, 3 a, 4 V, 5 set, 6 uuid, 7 tuple<uuid>, 8 dict,
 * 9 ndarray, 10 bigint, 11 zoned.  Steps: 1, 4; 1, 0; u8?, 1, 2; 6.  Strings:
 * R, a to f, t, u, U, V.
 */
static const struct change tuples_changes[] = {
	{ HEAD, 0, MEMBER(schema_head, pool_bytes), 10, STELE_I_SCHEMA_SIZE,
	  HEAD, 0, 0 },
	{ TYPE, 1, MEMBER(type, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 1, 0 },
	{ TYPE, 1, MEMBER(type, arg), 0, STELE_I_SCHEMA_INDEX, TYPE, 1, 0 },
	{ TYPE, 3, MEMBER(type, arg), 5, STELE_I_SCHEMA_INDEX, TYPE, 3, 0 },
	{ TYPE, 3, MEMBER(type, arg2), 2, STELE_I_SCHEMA_INDEX, TYPE, 7, 0 },
	{ TYPE, 3, MEMBER(type, arg2), UINT32_MAX, STELE_I_SCHEMA_INDEX, TYPE,
	  3, 0 },
	{ TYPE, 7, MEMBER(type, arg2), 0, STELE_I_SCHEMA_INDEX, STEP, 7, 0 },
	{ TYPE, 7, MEMBER(type, arg2), 2, STELE_I_SCHEMA_INDEX, TYPE, 7, 0 },
	{ STEP, 5, 0, 4, 3, STELE_I_SCHEMA_TYPE, TYPE, 3, 0 },
	{ STEP, 5, 0, 4, 0x80000003, STELE_I_SCHEMA_TYPE, TYPE, 3, 0 },
	{ STEP, 5, 0, 4, 2, STELE_I_SCHEMA_TYPE, FIELD, 0, 0 },
	{ STEP, 5, 0, 4, 0, STELE_I_SCHEMA_TYPE, FIELD, 0, 0 },
	{ STEP, 4, 0, 4, 0, STELE_I_SCHEMA_FINGERPRINT, RECORD, 0,
	  OFF(record, fingerprint) },
	{ STEP, 6, 0, 4, 1, STELE_I_SCHEMA_TYPE, FIELD, 0, 0 },
	{ STEP, 7, 0, 4, 5, STELE_I_SCHEMA_TYPE, FIELD, 2, 0 },
	{ TYPE, 2, MEMBER(type, arg), 8, STELE_I_SCHEMA_STRING, TYPE, 2, 0 },
	{ TYPE, 2, MEMBER(type, arg2), 3, STELE_I_SCHEMA_STRING, TYPE, 2, 0 },
	{ TYPE, 4, MEMBER(type, arg2), 0, STELE_I_SCHEMA_STRING, TYPE, 4, 0 },
	{ TYPE, 2, MEMBER(type, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 2, 0 },
	{ TYPE, 2, MEMBER(type, zero2), 1, STELE_I_SCHEMA_TYPE, TYPE, 2, 0 },
	{ POOL, 9, 0, 1, 'V', STELE_I_SCHEMA_TYPE, TYPE, 4, 0 },
	{ POOL, 9, 0, 1, 0xff, STELE_I_SCHEMA_STRING, TYPE, 2, 0 },
	{ TYPE, 5, MEMBER(type, flags), 2, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 5, MEMBER(type, arg), 5, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 5, MEMBER(type, arg2), 1, STELE_I_SCHEMA_TYPE, TYPE, 5, 0 },
	{ TYPE, 9, MEMBER(type, arg), 16, STELE_I_SCHEMA_TYPE, TYPE, 9, 0 },
	{ TYPE, 9, MEMBER(type, flags), 1, STELE_I_SCHEMA_TYPE, TYPE, 9, 0 },
	{ TYPE, 9, MEMBER(type, kind), STELE_TYPE_ARRAY,
	  STELE_I_SCHEMA_FINGERPRINT, RECORD, 0, OFF(record, fingerprint) },
	{ TYPE, 10, MEMBER(type, kind), STELE_TYPE_DECIMAL,
	  STELE_I_SCHEMA_FINGERPRINT, RECORD, 0, OFF(record, fingerprint) },
	{ TYPE, 10, MEMBER(type, arg), 1, STELE_I_SCHEMA_TYPE, TYPE, 10, 0 },
	{ FIELD, 5, MEMBER(field, off), 16, STELE_I_SCHEMA_LAYOUT, FIELD, 5,
	  0 },
	{ TABLE, 0, MEMBER(decl, flags), 4, STELE_I_SCHEMA_FLAGS, TABLE, 0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 0x104, STELE_I_SCHEMA_FLAGS, TABLE, 0,
	  0 },
	{ TABLE, 0, MEMBER(decl, flags), 0x10005, STELE_I_SCHEMA_FLAGS, TABLE,
	  0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 0x10006, STELE_I_SCHEMA_FLAGS, TABLE,
	  0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 0x10000, STELE_I_SCHEMA_FLAGS, TABLE,
	  0, 0 },
	{ TABLE, 0, MEMBER(decl, flags), 0x1000c, STELE_I_SCHEMA_FLAGS, TABLE,
	  0, 0 },
	{ STEP, 3, 0, 4, 3, STELE_I_SCHEMA_TABLE, STEP, 3, 0 },
};

/* The offset of a part in the image. */
static size_t part(const struct stele_schema *s, enum kind kind, uint32_t index)
{
	const void *at = s->image;

	switch (kind) {
	case HEAD:
		break;
	case RECORD:
		at = &s->records[index];
		break;
	case FIELD:
		at = &s->fields[index];
		break;
	case TYPE:
		at = &s->types[index];
		break;
	case TABLE:
		at = &s->tables[index];
		break;
	case STEP:
		at = &s->steps[index];
		break;
	case POOL:
		at = &s->pool[index];
		break;
	}
	return (size_t)((const uint8_t *)at - s->image);
}

static void assert_refused(const char *text, const struct change *c, size_t nr)
{
	struct stele_schema *s = parsed(text);
	size_t i;

	for (i = 0; i < nr; i++, c++) {
		struct stele_schema *loaded = NULL;
		uint8_t *image = malloc(s->image_bytes);
		struct stele_error err = { 0 };
		uint64_t told =
			AT + part(s, c->told, c->told_index) + c->told_member;
		int rc;

		assert_non_null(image);
		memcpy(image, s->image, s->image_bytes);
		memcpy(image + part(s, c->kind, c->index) + c->member,
		       &c->value, c->bytes);
		rc = stele_schema_load(image, s->image_bytes, AT, &loaded,
				       &err);
		if (rc != -STELE_E_FORMAT || err.code != rc ||
		    err.invariant != c->invariant || loaded ||
		    err.offset != told)
			fail_msg(
				"change %zu: %d, invariant %u, offset %llu (%llu): %s",
				i, rc, err.invariant,
				(unsigned long long)err.offset,
				(unsigned long long)told, err.reason);
		free(image);
	}
	stele_schema_free(s);
}

#define NR(array) (sizeof(array) / sizeof(*(array)))

static void each_broken_invariant_is_named_with_its_offset(void **state)
{
	(void)state;
	assert_refused(sample, sample_changes, NR(sample_changes));
	assert_refused(tuples, tuples_changes, NR(tuples_changes));
}

/* What is accepted is what the parser would have made. */
static bool survives(const uint8_t *image, size_t len)
{
	struct stele_schema *loaded;
	struct stele_error err;

	if (stele_schema_load(image, len, AT, &loaded, &err)) {
		assert_int_equal(err.code, -STELE_E_FORMAT);
		assert_in_range(err.offset, AT, AT + len);
		assert_in_range(err.invariant, 40, 50);
		return false;
	}
	assert_int_equal(loaded->image_bytes, len);
	assert_memory_equal(loaded->image, image, len);
	assert_round_trip(loaded);
	stele_schema_free(loaded);
	return true;
}

static unsigned change_every_byte(const char *text)
{
	static const uint8_t with[] = { 1, 2, 4, 8, 16, 32, 64, 128, 0xff };
	struct stele_schema *s = parsed(text);
	uint8_t *image = malloc(s->image_bytes);
	unsigned nr_survived = 0;
	size_t i, k;

	assert_non_null(image);
	memcpy(image, s->image, s->image_bytes);
	assert_true(survives(image, s->image_bytes));
	for (i = 0; i < s->image_bytes; i++) {
		for (k = 0; k < sizeof(with); k++) {
			image[i] = s->image[i] ^ with[k];
			nr_survived += survives(image, s->image_bytes);
		}
		image[i] = s->image[i];
	}
	free(image);
	stele_schema_free(s);
	return nr_survived;
}

static void every_byte_changed_is_refused_or_another_schema(void **state)
{
	(void)state;
	/* letters of documentation, of former names and of tables */
	assert_in_range(change_every_byte(sample), 1, 9 * 16);
	/* and bits of a filter's rate */
	assert_in_range(change_every_byte(tuples), 1, 9 * 6);
}

static void every_length_but_the_whole_is_refused(void **state)
{
	struct stele_schema *s = parsed(sample);
	size_t len;

	(void)state;
	for (len = 0; len < s->image_bytes; len++) {
		uint8_t *image = malloc(len + 1);
		struct stele_schema *loaded;
		struct stele_error err;

		assert_non_null(image);
		memcpy(image, s->image, len);
		assert_int_equal(stele_schema_load(image, len, AT, &loaded,
						   &err),
				 -STELE_E_FORMAT);
		assert_int_equal(err.invariant, STELE_I_SCHEMA_SIZE);
		free(image);
	}
	stele_schema_free(s);
}

static uint64_t next_random(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static uint64_t seed(void)
{
	const char *given = getenv("STELE_TEST_SEED");
	uint64_t value = given ? strtoull(given, NULL, 0) : 20240229;

	print_message("seed %llu\n", (unsigned long long)value);
	return value;
}

/* Indexes and counts are small: changes to small numbers reach further. */
static void change_at_random(const char *text, uint64_t random)
{
	struct stele_schema *s = parsed(text);
	uint8_t *image = malloc(s->image_bytes);
	unsigned i, k;

	assert_non_null(image);
	for (i = 0; i < 20000; i++) {
		memcpy(image, s->image, s->image_bytes);
		for (k = 1 + next_random(&random) % 4; k; k--)
			image[next_random(&random) % s->image_bytes] =
				next_random(&random) % 2 ?
					(uint8_t)(next_random(&random) % 10) :
					(uint8_t)next_random(&random);
		survives(image, s->image_bytes);
	}
	free(image);
	stele_schema_free(s);
}

static void random_changes_are_refused_or_another_schema(void **state)
{
	uint64_t random = seed();

	(void)state;
	change_at_random(sample, random);
	change_at_random(tuples, random);
}

/* Texts one byte from right: refused with a place in them, or a schema. */
static unsigned change_text_at_random(const char *right, uint64_t random)
{
	static const char alphabet[] = "{}:,()<>?=.[]/\"\\#\n aRSbt05-\xc3\xa4";
	char text[sizeof(sample) + sizeof(tuples)];
	unsigned i, k, nr_right = 0;

	for (i = 0; i < 20000; i++) {
		size_t len = strlen(right);
		struct stele_schema *s;
		struct stele_error err;

		memcpy(text, right, len);
		for (k = 1 + next_random(&random) % 3; k; k--)
			text[next_random(&random) % len] =
				alphabet[next_random(&random) %
					 (sizeof(alphabet) - 1)];
		if (next_random(&random) % 4 == 0)
			len = next_random(&random) % len;
		if (stele_schema_parse(text, len, &s, &err)) {
			assert_in_range(err.line, 1, 20);
			assert_in_range(err.column, 1, 80);
			continue;
		}
		assert_round_trip(s);
		stele_schema_free(s);
		nr_right++;
	}
	return nr_right;
}

static void random_texts_are_refused_or_schemas(void **state)
{
	uint64_t random = seed();

	(void)state;
	assert_in_range(change_text_at_random(sample, random), 100, 19000);
	assert_in_range(change_text_at_random(tuples, random), 100, 19000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_broken_invariant_is_named_with_its_offset),
		cmocka_unit_test(
			every_byte_changed_is_refused_or_another_schema),
		cmocka_unit_test(every_length_but_the_whole_is_refused),
		cmocka_unit_test(random_changes_are_refused_or_another_schema),
		cmocka_unit_test(random_texts_are_refused_or_schemas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
