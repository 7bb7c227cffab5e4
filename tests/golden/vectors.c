// SPDX-License-Identifier: MIT
/*
 * Prints what doc/FORMAT.md states in figures, computed by the library's own
 * code: hashes, value words, canonical encodings, digests, and where each
 * member of each structure lies. format.sh holds the document against it.
 *
 * usage: vectors hash|words|canonical|digest|filter|types|layout|invariants
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "canonical.h"
#include "digest.h"
#include "filter.h"
#include "filter_build.h"
#include "format.h"
#include "hash.h"
#include "invariant.h"
#include "schema.h"
#include "siphash.h"
#include "word.h"

#define SEED STELE_FMT_DEFAULT_SEED

static void print_bytes(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		printf("%s%02x", i ? " " : "", p[i]);
	printf("\n");
}

/* ---------------------------------------------------------------- hash */

static void print_hash_bytes(void)
{
	static const char *const texts[] = {
		"",
		"a",
		"apt",
		"firefox-esr",
		"0123456789abcdef0",
		"a key of more than one hundred and twenty-eight bytes, which "
		"takes another path through the hash than all the shorter ones "
		"above do",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		printf("bytes(\"%s\", seed) = %016" PRIx64 "\n", texts[i],
		       stele_hash_bytes(texts[i], strlen(texts[i]), SEED));
	printf("bytes(\"apt\", 0) = %016" PRIx64 "\n",
	       stele_hash_bytes("apt", 3, 0));
}

static void print_hash(void)
{
	static const uint64_t keys[] = { 0, 1, 1000, UINT64_MAX, 1ull << 63 };
	const uint8_t sip_key[STELE_SIPHASH_KEY_BYTES] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	};
	uint64_t h = stele_hash_bytes("apt", 3, SEED);

	print_hash_bytes();
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		printf("u64(%016" PRIx64 ", seed) = %016" PRIx64 "\n", keys[i],
		       stele_hash_u64(keys[i], SEED));
	printf("u64(0000000000000001, 0) = %016" PRIx64 "\n",
	       stele_hash_u64(1, 0));
	for (uint32_t i = 0; i < 4; i++)
		printf("remix(%016" PRIx64 ", %u) = %016" PRIx64 "\n", h, i,
		       stele_hash_remix(h, i));
	printf("remix(%016" PRIx64 ", 64) = %016" PRIx64 "\n", h,
	       stele_hash_remix(h, 64));
	printf("range(00000000, 1000) = %u\n", stele_hash_range(0, 1000));
	printf("range(80000000, 1000) = %u\n",
	       stele_hash_range(0x80000000u, 1000));
	printf("range(ffffffff, 1000) = %u\n",
	       stele_hash_range(0xffffffffu, 1000));
	printf("siphash(\"\", 000102..0f) = %016" PRIx64 "\n",
	       stele_siphash("", 0, sip_key));
	printf("siphash(\"firefox-esr\", 000102..0f) = %016" PRIx64 "\n",
	       stele_siphash("firefox-esr", 11, sip_key));
}

/* --------------------------------------------------------------- words */

static void print_word(const char *name, bool immediate, uint64_t word)
{
	if (immediate)
		printf("%s = %016" PRIx64 "\n", name, word);
	else
		printf("%s: an object\n", name);
}

static void print_int(int64_t i)
{
	char name[32];
	uint64_t word = 0;
	bool fits = stele_word_int(i, &word);

	snprintf(name, sizeof(name), "int %" PRId64, i);
	print_word(name, fits, word);
}

static void print_double(double f)
{
	char name[32];
	uint64_t word = 0;
	bool fits = stele_word_f64(f, &word);

	snprintf(name, sizeof(name), "double %.17g", f);
	print_word(name, fits, word);
}

static void print_short(unsigned tag, const char *kind, const char *text)
{
	char name[48];
	uint64_t word = 0;
	bool fits = stele_word_short(tag, text, strlen(text), &word);

	snprintf(name, sizeof(name), "%s \"%s\"", kind, text);
	print_word(name, fits, word);
}

static void print_words(void)
{
	print_word("unset", true, STELE_FMT_UNSET);
	print_word("null", true, STELE_FMT_NULL);
	print_word("false", true, STELE_FMT_FALSE);
	print_word("true", true, STELE_FMT_TRUE);
	print_int(0);
	print_int(1);
	print_int(-1);
	print_int(STELE_FMT_INT_MAX);
	print_int(STELE_FMT_INT_MAX + 1);
	print_int(STELE_FMT_INT_MIN);
	print_double(0.0);
	print_double(-0.0);
	print_double(1.0);
	print_double(-1.5);
	print_double(3.14);
	print_double(0x1p-255);
	print_double(0x1p-256);
	print_double(0x1.fffffffffffffp256);
	print_double(0x1p257);
	print_word("double inf", true, STELE_FMT_INF);
	print_word("double nan", true, STELE_FMT_NAN);
	print_short(STELE_FMT_TAG_STR, "str", "");
	print_short(STELE_FMT_TAG_STR, "str", "apt");
	print_short(STELE_FMT_TAG_STR, "str", "\xc3\xa9t\xc3\xa9");
	print_short(STELE_FMT_TAG_STR, "str", "firefox");
	print_short(STELE_FMT_TAG_BYTES, "bytes", "apt");
	print_word("date 1970-01-02", true,
		   stele_word_calendar(STELE_FMT_CALENDAR_DATE, 1));
	print_word("date 1969-12-31", true,
		   stele_word_calendar(STELE_FMT_CALENDAR_DATE, -1));
	print_word("datetime 1970-01-01T00:00:01", true,
		   stele_word_calendar(STELE_FMT_CALENDAR_DATETIME, 1000000));
	print_word("time 00:00:01", true,
		   stele_word_calendar(STELE_FMT_CALENDAR_TIME, 1000000));
	print_word("timedelta -PT0.000001S", true,
		   stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, -1));
	print_word("str of 11 ASCII bytes at offset 4176", true,
		   stele_word_ascii(4176, 11));
}

/* ----------------------------------------------------------- canonical */

static void print_encoding(const char *name,
			   const struct stele_canonical_source *source,
			   const struct stele_cell *cell)
{
	struct stele_buffer out = { 0 };
	int rc = stele_canonical_built(&out, source, STELE_FMT_NONE,
				       STELE_CANONICAL_DEPTH, cell);

	printf("%s = ", name);
	if (rc)
		printf("refused\n");
	else
		print_bytes(out.ptr, out.len);
	stele_buffer_free(&out);
}

static struct stele_cell cell_bytes(enum stele_type type, const char *text)
{
	struct stele_cell cell = stele_cell_str(text, strlen(text));

	cell.type = (uint8_t)type;
	return cell;
}

static struct stele_cell cell_time(enum stele_type type, int64_t count)
{
	struct stele_cell cell = stele_cell_i64(count);

	cell.type = (uint8_t)type;
	return cell;
}

static struct stele_cell cell_zoned(int64_t utc, int32_t offset)
{
	struct stele_cell cell = cell_time(STELE_TYPE_ZONED, utc);

	cell.offset = offset;
	return cell;
}

static struct stele_cell cell_items(enum stele_type type,
				    const struct stele_cell *cells, size_t len)
{
	struct stele_cell cell = stele_cell_list(cells, len);

	cell.type = (uint8_t)type;
	return cell;
}

static void print_scalars(void)
{
	static const struct stele_canonical_source none;
	const struct {
		const char *name;
		struct stele_cell cell;
	} vectors[] = {
		{ "null", stele_cell_of(STELE_TYPE_NULL) },
		{ "false", stele_cell_bool(false) },
		{ "true", stele_cell_bool(true) },
		{ "int 0", stele_cell_i64(0) },
		{ "int 7", stele_cell_i64(7) },
		{ "int -7", stele_cell_i64(-7) },
		{ "int 256", stele_cell_i64(256) },
		{ "int 18446744073709551615", stele_cell_u64(UINT64_MAX) },
		{ "int 18446744073709551616",
		  cell_bytes(STELE_TYPE_BIGINT, "18446744073709551616") },
		{ "double 7.0", stele_cell_f64(7.0) },
		{ "double -0.0", stele_cell_f64(-0.0) },
		{ "double 0.5", stele_cell_f64(0.5) },
		{ "double 0.1", stele_cell_f64(0.1) },
		{ "double 2^70", stele_cell_f64(0x1p70) },
		{ "double inf", stele_cell_f64(INFINITY) },
		{ "double nan", stele_cell_f64(NAN) },
		{ "decimal 7.00", cell_bytes(STELE_TYPE_DECIMAL, "7.00") },
		{ "decimal -0.0", cell_bytes(STELE_TYPE_DECIMAL, "-0.0") },
		{ "decimal 1E+20", cell_bytes(STELE_TYPE_DECIMAL, "1E+20") },
		{ "decimal 0.50", cell_bytes(STELE_TYPE_DECIMAL, "0.50") },
		{ "decimal 0.1", cell_bytes(STELE_TYPE_DECIMAL, "0.1") },
		{ "decimal -1.50E-5",
		  cell_bytes(STELE_TYPE_DECIMAL, "-1.50E-5") },
		{ "decimal -Infinity",
		  cell_bytes(STELE_TYPE_DECIMAL, "-Infinity") },
		{ "decimal NaN", cell_bytes(STELE_TYPE_DECIMAL, "NaN") },
		{ "str \"\"", stele_cell_str("", 0) },
		{ "str \"apt\"", stele_cell_str("apt", 3) },
		{ "bytes \"apt\"", cell_bytes(STELE_TYPE_BYTES, "apt") },
		{ "uuid 30313233-3435-3637-3839-616263646566",
		  cell_bytes(STELE_TYPE_UUID, "0123456789abcdef") },
		{ "date 1970-01-02", cell_time(STELE_TYPE_DATE, 1) },
		{ "datetime 1970-01-01T00:00:01",
		  cell_time(STELE_TYPE_DATETIME, 1000000) },
		{ "time 00:00:01", cell_time(STELE_TYPE_TIME, 1000000) },
		{ "zoned 1970-01-01T01:00:01+01:00",
		  cell_zoned(1000000, 3600) },
		{ "timedelta -PT1S",
		  cell_time(STELE_TYPE_TIMEDELTA, -1000000) },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		print_encoding(vectors[i].name, &none, &vectors[i].cell);
}

static void print_collections(const struct stele_schema *schema)
{
	const struct stele_canonical_source source = { .schema = schema };
	const struct stele_cell items[] = { stele_cell_str("apt", 3),
					    stele_cell_i64(7),
					    stele_cell_i64(256) };
	const struct stele_cell fields[] = { stele_cell_i64(7),
					     stele_cell_of(STELE_TYPE_NULL) };
	const struct stele_user point = { "point", 5, "\1\2", 2 };
	struct stele_cell tuple = cell_items(STELE_TYPE_TUPLE, items, 2);
	struct stele_cell set = cell_items(STELE_TYPE_SET, items, 3);
	struct stele_cell nested = cell_items(STELE_TYPE_TUPLE, &tuple, 1);
	struct stele_cell record = cell_items(STELE_TYPE_RECORD, fields, 2);
	struct stele_cell user = stele_cell_of(STELE_TYPE_USER);

	user.u.user = &point;
	print_encoding("tuple (\"apt\", 7)", &source, &tuple);
	print_encoding("tuple ((\"apt\", 7))", &source, &nested);
	print_encoding("set {\"apt\", 7, 256}", &source, &set);
	print_encoding("record P, name 7, os null, age unset", &source,
		       &record);
	print_encoding("user point, bytes 01 02", &source, &user);
}

static int print_canonical(void)
{
	static const char text[] = "record P { name: any os: any? "
				   "age: any optional }";
	struct stele_schema *schema;
	struct stele_error err;
	int rc = stele_schema_parse(text, sizeof(text) - 1, &schema, &err);

	if (rc)
		return rc;
	print_scalars();
	print_collections(schema);
	printf("hash of str \"apt\" = %016" PRIx64 "\n",
	       stele_canonical_hash_str("apt", 3, SEED));
	printf("hash of str \"apt\" under salt 1 = %016" PRIx64 "\n",
	       stele_canonical_hash_bytes_salted("\x20"
						 "apt",
						 4, 1, SEED));
	stele_schema_free(schema);
	return 0;
}

/* -------------------------------------------------------------- digest */

static int print_digest(uint64_t len)
{
	uint8_t *data = calloc(1, len + 1);
	struct stele_digest digest;
	int rc = -ENOMEM;

	for (uint64_t i = 0; data && i < len; i++)
		data[i] = (uint8_t)(i % 251);
	if (data)
		rc = stele_digest_build(data, len, 1, NULL, &digest);
	free(data);
	if (rc)
		return rc;
	printf("%" PRIu64 " bytes, tree of %" PRIu64 ": ", len,
	       stele_digest_tree_bytes(len));
	for (int i = 0; i < STELE_DIGEST_BYTES; i++)
		printf("%02x", digest.identity[i]);
	printf("\n");
	return 0;
}

static int print_digests(void)
{
	static const uint64_t lengths[] = { 0, 1, 4096, 4097, 524288, 524289 };
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(lengths) / sizeof(*lengths); i++)
		rc = print_digest(lengths[i]);
	return rc;
}

/* -------------------------------------------------------------- layout */

#define BEGIN(type) printf("%s %zu\n", #type, sizeof(struct type))
#define MEMBER(type, member)                                            \
	printf("%s %zu %zu %s\n", #type, offsetof(struct type, member), \
	       sizeof(((struct type *)0)->member), #member)

static void print_layout_of_image(void)
{
	BEGIN(stele_fmt_header);
	MEMBER(stele_fmt_header, magic);
	MEMBER(stele_fmt_header, major);
	MEMBER(stele_fmt_header, minor);
	MEMBER(stele_fmt_header, header_bytes);
	MEMBER(stele_fmt_header, incompat);
	MEMBER(stele_fmt_header, compat);
	MEMBER(stele_fmt_header, len_bytes);
	MEMBER(stele_fmt_header, hash_seed);
	MEMBER(stele_fmt_header, roots);
	MEMBER(stele_fmt_header, nr_rows);
	MEMBER(stele_fmt_header, extra_heap);
	MEMBER(stele_fmt_header, nr_sections);
	MEMBER(stele_fmt_header, share_log2);
	MEMBER(stele_fmt_header, granule_log2);
	MEMBER(stele_fmt_header, zero);
	MEMBER(stele_fmt_header, checksum);
	MEMBER(stele_fmt_header, section);
	BEGIN(stele_fmt_section);
	MEMBER(stele_fmt_section, kind);
	MEMBER(stele_fmt_section, flags);
	MEMBER(stele_fmt_section, off);
	MEMBER(stele_fmt_section, len);
	MEMBER(stele_fmt_section, nr_items);
	MEMBER(stele_fmt_section, zero);
	BEGIN(stele_fmt_trailer);
	MEMBER(stele_fmt_trailer, magic);
	MEMBER(stele_fmt_trailer, len_bytes);
	MEMBER(stele_fmt_trailer, tree_off);
	MEMBER(stele_fmt_trailer, tree_bytes);
	MEMBER(stele_fmt_trailer, identity);
}

static void print_layout_of_objects(void)
{
	BEGIN(stele_fmt_ndarray);
	MEMBER(stele_fmt_ndarray, element);
	MEMBER(stele_fmt_ndarray, zero);
	MEMBER(stele_fmt_ndarray, data_bytes);
	BEGIN(stele_fmt_zoned);
	MEMBER(stele_fmt_zoned, utc);
	MEMBER(stele_fmt_zoned, offset);
	MEMBER(stele_fmt_zoned, zero);
}

static void print_layout_of_schema(void)
{
	BEGIN(stele_fmt_schema_head);
	MEMBER(stele_fmt_schema_head, nr_records);
	MEMBER(stele_fmt_schema_head, nr_fields);
	MEMBER(stele_fmt_schema_head, nr_types);
	MEMBER(stele_fmt_schema_head, nr_tables);
	MEMBER(stele_fmt_schema_head, nr_steps);
	MEMBER(stele_fmt_schema_head, pool_bytes);
	MEMBER(stele_fmt_schema_head, root_record);
	MEMBER(stele_fmt_schema_head, zero);
	BEGIN(stele_fmt_str);
	MEMBER(stele_fmt_str, off);
	MEMBER(stele_fmt_str, len);
	BEGIN(stele_fmt_record);
	MEMBER(stele_fmt_record, name);
	MEMBER(stele_fmt_record, doc);
	MEMBER(stele_fmt_record, first_field);
	MEMBER(stele_fmt_record, nr_fields);
	MEMBER(stele_fmt_record, body_bytes);
	MEMBER(stele_fmt_record, null_off);
	MEMBER(stele_fmt_record, unset_off);
	MEMBER(stele_fmt_record, zero);
	MEMBER(stele_fmt_record, fingerprint);
	BEGIN(stele_fmt_field);
	MEMBER(stele_fmt_field, name);
	MEMBER(stele_fmt_field, doc);
	MEMBER(stele_fmt_field, former);
	MEMBER(stele_fmt_field, value);
	MEMBER(stele_fmt_field, type);
	MEMBER(stele_fmt_field, flags);
	MEMBER(stele_fmt_field, off);
	MEMBER(stele_fmt_field, null_bit);
	MEMBER(stele_fmt_field, unset_bit);
	MEMBER(stele_fmt_field, zero);
	BEGIN(stele_fmt_type);
	MEMBER(stele_fmt_type, kind);
	MEMBER(stele_fmt_type, flags);
	MEMBER(stele_fmt_type, zero);
	MEMBER(stele_fmt_type, arg);
	MEMBER(stele_fmt_type, arg2);
	MEMBER(stele_fmt_type, zero2);
	BEGIN(stele_fmt_decl);
	MEMBER(stele_fmt_decl, name);
	MEMBER(stele_fmt_decl, doc);
	MEMBER(stele_fmt_decl, record);
	MEMBER(stele_fmt_decl, flags);
	MEMBER(stele_fmt_decl, first_step);
	MEMBER(stele_fmt_decl, nr_keys);
}

static void print_layout_of_tables(void)
{
	BEGIN(stele_fmt_table);
	MEMBER(stele_fmt_table, kind);
	MEMBER(stele_fmt_table, flags);
	MEMBER(stele_fmt_table, key_type);
	MEMBER(stele_fmt_table, value_type);
	MEMBER(stele_fmt_table, value_bytes);
	MEMBER(stele_fmt_table, bucket_log2);
	MEMBER(stele_fmt_table, record);
	MEMBER(stele_fmt_table, decl);
	MEMBER(stele_fmt_table, name_len);
	MEMBER(stele_fmt_table, name_off);
	MEMBER(stele_fmt_table, nr_keys);
	MEMBER(stele_fmt_table, nr_values);
	MEMBER(stele_fmt_table, seed);
	MEMBER(stele_fmt_table, data_off);
	MEMBER(stele_fmt_table, nr_buckets);
	MEMBER(stele_fmt_table, separators_off);
	MEMBER(stele_fmt_table, partitions_off);
	MEMBER(stele_fmt_table, nr_partitions);
	MEMBER(stele_fmt_table, filter);
	MEMBER(stele_fmt_table, overflow_off);
	MEMBER(stele_fmt_table, overflow_bytes);
	MEMBER(stele_fmt_table, empty_key);
	MEMBER(stele_fmt_table, used_bytes);
	MEMBER(stele_fmt_table, zero2);
	BEGIN(stele_fmt_partition);
	MEMBER(stele_fmt_partition, first_bucket);
	MEMBER(stele_fmt_partition, nr_buckets);
	MEMBER(stele_fmt_partition, max_probe);
	MEMBER(stele_fmt_partition, hash);
	MEMBER(stele_fmt_partition, counter);
	BEGIN(stele_fmt_overflow);
	MEMBER(stele_fmt_overflow, hash);
	MEMBER(stele_fmt_overflow, off);
	MEMBER(stele_fmt_overflow, len);
	BEGIN(stele_fmt_filter);
	MEMBER(stele_fmt_filter, first_line);
	MEMBER(stele_fmt_filter, nr_blocks);
	MEMBER(stele_fmt_filter, low_blocks);
	MEMBER(stele_fmt_filter, nr_keys);
	MEMBER(stele_fmt_filter, counter);
	BEGIN(stele_fmt_line);
	MEMBER(stele_fmt_line, key);
	MEMBER(stele_fmt_line, value);
}

/* ------------------------------------------------------------- filters */

static void print_filter_shape(uint32_t rate, uint64_t keys)
{
	unsigned columns = stele_filter_columns(rate);
	uint32_t blocks = stele_filter_blocks(keys, columns);

	printf("1/%u, %" PRIu64 " keys: c = %u, %u blocks, %u low\n", rate,
	       keys, columns, blocks, stele_filter_low_blocks(blocks, rate));
}

/* The part of one key, "apt", and where a lookup of it looks. */
static int print_filter(void)
{
	uint64_t h = stele_hash_bytes("apt", 3, SEED);
	struct stele_slice slice = { (uint8_t *)&h, sizeof(h), 1 };
	struct stele_filter_part part;

	print_filter_shape(2, 1);
	print_filter_shape(100, 1000);
	print_filter_shape(1000, 262144);
	print_filter_shape(16777215, 262144);
	printf("\"apt\" of 1000 in 19 blocks: slot %u, mask %016" PRIx64 "\n",
	       stele_filter_slot(h, 19), stele_filter_mask(h, SEED));
	printf("the same under counter 1: slot %u\n",
	       stele_filter_slot(stele_hash_u64(h, 1), 19));
	if (stele_filter_build(&slice, 16, SEED, 0, &part))
		return 4;
	printf("a filter 1/16 of \"apt\" alone:\n");
	for (uint64_t i = 0; i < part.used_bytes / 8; i++)
		printf("%016" PRIx64 "\n", part.words[i]);
	stele_filter_part_free(&part);
	return 0;
}

/* ---------------------------------------------------------- invariants */

/* Types, the bytes of those of fixed width, and their numbers as elements. */
static void print_types(void)
{
	printf("type  name       bytes  element\n");
	for (unsigned type = STELE_TYPE_BOOL; type <= STELE_TYPE_USER; type++) {
		size_t width = stele_type_width(type);
		int element = stele_element_of_type(type);

		printf("%4u  %s", type, stele_type_name(type));
		if (width)
			printf("%*zu", 15 - (int)strlen(stele_type_name(type)),
			       width);
		if (element >= 0)
			printf("%9d", element);
		printf("\n");
	}
}

static void print_invariants(void)
{
#define PRINT(number, name, text) printf("%d %s %s\n", number, #name, text);
	STELE_INVARIANTS(PRINT)
#undef PRINT
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "hash")) {
		print_hash();
	} else if (!strcmp(what, "words")) {
		print_words();
	} else if (!strcmp(what, "canonical")) {
		if (print_canonical())
			return 4;
	} else if (!strcmp(what, "digest")) {
		if (print_digests())
			return 4;
	} else if (!strcmp(what, "filter")) {
		if (print_filter())
			return 4;
	} else if (!strcmp(what, "types")) {
		print_types();
	} else if (!strcmp(what, "layout")) {
		print_layout_of_image();
		print_layout_of_objects();
		print_layout_of_schema();
		print_layout_of_tables();
	} else if (!strcmp(what, "invariants")) {
		print_invariants();
	} else {
		fputs("usage: vectors hash|words|canonical|digest|filter|types|layout|invariants\n",
		      stderr);
		return 2;
	}
	return 0;
}
