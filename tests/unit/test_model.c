// SPDX-License-Identifier: MIT
/*
 * Random builder programs against a plain model: a random schema, random rows
 * and tables, then every value and every lookup compared.  The model is the
 * cells themselves and linear search.  The seed is printed; STELE_SEED repeats a
 * run, STELE_LONG makes it a hundred times longer.  At the end the roads that
 * must have been taken are counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stele/stele.h>

#define MAX_FIELDS 12u
#define MAX_ROWS 400u
#define CHUNK_BYTES ((size_t)8 << 20)
#define MAX_CHUNKS 64u

static struct {
	uint64_t programs, rows, out_of_line, probes_3, partitions, spills,
		shared, indexed_dicts, absent_weak, duplicates;
} seen;

/* ---------------------------------------------------------------- random */

static uint64_t state;

static uint64_t random_u64(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
	return (unsigned)(random_u64() % n);
}

/* Any number of bits, so that all sizes come. */
static uint64_t random_bits(void)
{
	unsigned bits = below(65);

	return bits ? random_u64() >> (64 - bits) : 0;
}

/* A program's memory: chunks that the next one uses again. */
static uint8_t *chunks[MAX_CHUNKS];
static unsigned chunk;
static size_t chunk_used;

static void *take(size_t bytes)
{
	void *p;

	bytes = (bytes + 15) & ~(size_t)15;
	assert_true(bytes <= CHUNK_BYTES);
	if (bytes > CHUNK_BYTES - chunk_used) {
		chunk++;
		chunk_used = 0;
	}
	assert_true(chunk < MAX_CHUNKS);
	if (!chunks[chunk])
		chunks[chunk] = malloc(CHUNK_BYTES);
	assert_non_null(chunks[chunk]);
	p = chunks[chunk] + chunk_used;
	chunk_used += bytes;
	return p;
}

/* --------------------------------------------------------------- cells */

static struct stele_cell random_any(unsigned depth);

static size_t random_len(void)
{
	switch (below(12)) {
	case 0:
		return 0;
	case 1:
		return below(3000);
	case 2:
		return 8185 + below(12);
	default:
		return below(24);
	}
}

static struct stele_cell random_str(void)
{
	static const char *const pieces[] = { "a",  "Z", "0",  " ", "\"",
					      "\n", "é", "漢", "😀", "~" };
	size_t len = random_len();
	char *p = take(len + 8);
	size_t at = 0;
	bool ascii = below(2);

	while (at < len) {
		const char *piece = pieces[below(ascii ? 6 : 10)];

		memcpy(p + at, piece, strlen(piece));
		at += strlen(piece);
	}
	return stele_cell_str(p, at);
}

static double random_f64(void)
{
	uint64_t bits;
	double f;

	switch (below(4)) {
	case 0:
		return (double)(int64_t)random_bits();
	case 1:
		return (double)below(1000) / 8;
	default:
		bits = random_u64();
		memcpy(&f, &bits, sizeof(f));
		return f == f ? f : 0.5;
	}
}

static struct stele_cell random_integer(enum stele_type type)
{
	unsigned width = (unsigned)stele_type_width(type) * 8;
	struct stele_cell c = stele_cell_of(type);
	uint64_t bits = random_bits();

	if (type >= STELE_TYPE_U8)
		c.u.u = width == 64 ? bits : bits & ((1ull << width) - 1);
	else
		c.u.i = (int64_t)(bits << (64 - width)) >> (64 - width);
	return c;
}

static struct stele_cell random_scalar(enum stele_type type)
{
	struct stele_cell c = stele_cell_of(type);

	switch (type) {
	case STELE_TYPE_BOOL:
		c.u.b = below(2);
		return c;
	case STELE_TYPE_F32:
		c.u.f = (float)below(100000) / 3.0f;
		return c;
	case STELE_TYPE_F64:
		c.u.f = random_f64();
		return c;
	case STELE_TYPE_DATE:
		c.u.i = (int64_t)below(3652059) - 719162;
		return c;
	case STELE_TYPE_DATETIME:
		c.u.i = (int64_t)(random_u64() % 315537897600000000u) -
			62135596800000000;
		return c;
	case STELE_TYPE_STR:
		return random_str();
	case STELE_TYPE_BYTES:
		c = random_str();
		c.type = STELE_TYPE_BYTES;
		return c;
	default:
		return random_integer(type);
	}
}

static struct stele_cell random_list(unsigned depth)
{
	size_t len = below(6);
	struct stele_cell *cells = take((len + 1) * sizeof(*cells));

	for (size_t i = 0; i < len; i++)
		cells[i] = random_any(depth - 1);
	return stele_cell_list(cells, len);
}

/* Keys are numbered, so that they are distinct. */
static struct stele_cell random_dict(unsigned depth)
{
	static const unsigned lengths[] = { 0, 1, 3, 8, 9, 16, 40 };
	size_t len = lengths[below(depth > 1 ? 4 : 7)];
	struct stele_cell *cells = take((2 * len + 1) * sizeof(*cells));
	struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT);

	for (size_t i = 0; i < len; i++) {
		char *name = take(48);

		snprintf(name, 48, "%zu%s", i,
			 below(2) ? "" : " key of a dict");
		cells[2 * i] = below(3) ? stele_cell_str(name, strlen(name)) :
					  stele_cell_i64((int64_t)i - 5);
		cells[2 * i + 1] = random_any(depth - 1);
	}
	dict.u.cells = cells;
	dict.len = len;
	seen.indexed_dicts += len > 8;
	return dict;
}

static struct stele_cell random_array(void)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_ARRAY);
	uint64_t *p;

	c.element = STELE_TYPE_U16;
	c.len = below(100);
	p = take(c.len * 2 + 8);
	for (size_t i = 0; i * 8 < c.len * 2; i++)
		p[i] = random_u64();
	c.u.ptr = p;
	return c;
}

static struct stele_cell random_any(unsigned depth)
{
	static const enum stele_type scalars[] = {
		STELE_TYPE_BOOL, STELE_TYPE_I64,  STELE_TYPE_U64,
		STELE_TYPE_F64,	 STELE_TYPE_DATE, STELE_TYPE_DATETIME,
		STELE_TYPE_STR,	 STELE_TYPE_STR,  STELE_TYPE_BYTES
	};
	unsigned kind = below(depth ? 13 : 10);

	if (kind < 9)
		return random_scalar(scalars[kind]);
	if (kind == 9)
		return stele_cell_of(STELE_TYPE_NULL);
	if (kind == 10)
		return random_list(depth);
	return kind == 11 ? random_dict(depth) : random_array();
}

/* -------------------------------------------------------------- compare */

static void compare(const struct stele_cell *c, const struct stele_value *v);

static void compare_integer(const struct stele_cell *c,
			    const struct stele_value *v)
{
	assert_in_range(v->type, STELE_TYPE_I8, STELE_TYPE_U64);
	if (c->type < STELE_TYPE_U8 && c->u.i < 0)
		assert_true(v->type < STELE_TYPE_U8 && v->u.i == c->u.i);
	else
		assert_true(v->u.u == c->u.u);
}

static void compare_dict(const struct stele_cell *c,
			 const struct stele_value *v)
{
	struct stele_value key, item;

	for (uint64_t i = 0; i < c->len; i++) {
		const struct stele_cell *k = &c->u.cells[2 * i];

		assert_int_equal(stele_value_pair(v, i, &key, &item), 0);
		compare(k, &key);
		compare(k + 1, &item);
		if (k->type == STELE_TYPE_STR)
			assert_int_equal(stele_value_find_str(v, k->u.ptr,
							      k->len, &item),
					 0);
		else
			assert_int_equal(stele_value_find(v, &key, &item), 0);
		compare(k + 1, &item);
	}
	assert_int_equal(stele_value_find_str(v, "none", 4, &item),
			 -STELE_E_ABSENT);
}

static void compare(const struct stele_cell *c, const struct stele_value *v)
{
	struct stele_value item;
	const void *p;

	if (c->type >= STELE_TYPE_I8 && c->type <= STELE_TYPE_U64) {
		compare_integer(c, v);
		return;
	}
	if (c->type == STELE_TYPE_F32 || c->type == STELE_TYPE_F64) {
		assert_in_range(v->type, STELE_TYPE_F32, STELE_TYPE_F64);
		assert_memory_equal(&c->u.f, &v->u.f, 8);
		return;
	}
	assert_int_equal(v->type, c->type);
	switch (c->type) {
	case STELE_TYPE_BOOL:
		assert_int_equal(c->u.b, v->u.b);
		return;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
		assert_true(c->u.i == v->u.i);
		return;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		assert_int_equal(v->len, c->len);
		assert_memory_equal(v->u.ptr, c->u.ptr, c->len);
		return;
	case STELE_TYPE_LIST:
		assert_int_equal(v->len, c->len);
		for (uint64_t i = 0; i < c->len; i++) {
			assert_int_equal(stele_value_item(v, i, &item), 0);
			compare(&c->u.cells[i], &item);
		}
		assert_int_equal(stele_value_item(v, c->len, &item),
				 -STELE_E_ABSENT);
		return;
	case STELE_TYPE_ARRAY:
		assert_int_equal(v->len, c->len);
		assert_int_equal(stele_value_elements(v, &p), 0);
		assert_memory_equal(p, c->u.ptr,
				    c->len * stele_type_width(c->element));
		return;
	case STELE_TYPE_DICT:
		assert_int_equal(v->len, c->len);
		compare_dict(c, v);
		return;
	default:
		return;
	}
}

/* -------------------------------------------------------------- program */

struct program {
	unsigned nr_fields;
	enum stele_type types[MAX_FIELDS];
	bool nullable[MAX_FIELDS];
	bool optional[MAX_FIELDS];
	unsigned nr_rows;
	struct stele_cell rows[MAX_ROWS][MAX_FIELDS];
	enum stele_duplicates policy;
	bool string_key;
	bool fat; /* long keys, so that they spill */
	unsigned key_range;
};

/* Field 0 is the key, field 1 the weak reference; the rest is chance. */
static void make_schema(struct program *p, char *text, size_t size)
{
	static const enum stele_type types[] = {
		STELE_TYPE_BOOL, STELE_TYPE_I8,	   STELE_TYPE_I16,
		STELE_TYPE_I32,	 STELE_TYPE_I64,   STELE_TYPE_U8,
		STELE_TYPE_U16,	 STELE_TYPE_U32,   STELE_TYPE_U64,
		STELE_TYPE_F32,	 STELE_TYPE_F64,   STELE_TYPE_DATE,
		STELE_TYPE_STR,	 STELE_TYPE_BYTES, STELE_TYPE_DATETIME,
		STELE_TYPE_ANY,	 STELE_TYPE_ANY
	};
	size_t at;

	p->nr_fields = 2 + below(MAX_FIELDS - 1);
	p->fat = !below(128);
	p->string_key = p->fat || below(2);
	p->key_range = below(4) ? 1000000 : 1 + below(300);
	at = (size_t)snprintf(text, size, "record R {\nkey: %s\nref: weak t?\n",
			      p->string_key ? "str" : "u64");
	for (unsigned i = 2; i < p->nr_fields; i++) {
		p->types[i] = types[below(sizeof(types) / sizeof(*types))];
		p->nullable[i] = below(2) && p->types[i] != STELE_TYPE_ANY;
		p->optional[i] = below(2);
		at += (size_t)snprintf(text + at, size - at, "f%u: %s%s%s\n", i,
				       stele_type_name(p->types[i]),
				       p->nullable[i] ? "?" : "",
				       p->optional[i] ? " optional" : "");
	}
	snprintf(text + at, size - at,
		 "}\ntable t: R(key)\ntable m: R(key) multi\n");
}

static struct stele_cell random_key(const struct program *p)
{
	unsigned n = below(p->key_range);
	size_t len;
	char *name;

	if (!p->string_key)
		return stele_cell_u64(n * 0x9e3779b97f4a7c15u);
	len = p->fat	  ? 200 + n % 1300 :
	      n % 97 == 0 ? 9000 :
	      n % 5	  ? 0 :
			    n % 330;
	name = take(16 + len);
	memset(name + snprintf(name, 16, "%u", n), '-', len);
	name[strspn(name, "0123456789") + len] = '\0';
	return stele_cell_str(name, strlen(name));
}

static void make_rows(struct program *p)
{
	p->nr_rows = p->fat ? MAX_ROWS : below(below(4) ? 30 : MAX_ROWS);
	for (unsigned r = 0; r < p->nr_rows; r++) {
		struct stele_cell *row = p->rows[r];

		row[0] = random_key(p);
		row[1] = below(3) ? random_key(p) :
				    stele_cell_of(STELE_TYPE_NULL);
		for (unsigned i = 2; i < p->nr_fields; i++) {
			if (p->optional[i] && !below(4))
				row[i] = stele_cell_of(STELE_TYPE_UNSET);
			else if (p->nullable[i] && !below(4))
				row[i] = stele_cell_of(STELE_TYPE_NULL);
			else if (p->types[i] == STELE_TYPE_ANY)
				row[i] = random_any(3);
			else
				row[i] = random_scalar(p->types[i]);
		}
	}
}

static bool same_key(const struct stele_cell *a, const struct stele_cell *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == STELE_TYPE_U64)
		return a->u.u == b->u.u;
	return a->len == b->len && !memcmp(a->u.ptr, b->u.ptr, a->len);
}

/* The row that the unique table has under a key, and how many there are. */
static int model_find(const struct program *p, const struct stele_cell *key,
		      unsigned *count)
{
	int found = -1;

	*count = 0;
	for (unsigned r = 0; r < p->nr_rows; r++)
		if (same_key(&p->rows[r][0], key)) {
			++*count;
			if (found < 0 || p->policy == STELE_DUPLICATES_LAST)
				found = (int)r;
		}
	return found;
}

static struct stele_segment *build(struct program *p, const char *text,
				   unsigned threads, struct stele_error *err)
{
	struct stele_build_options o = { .size = sizeof(o),
					 .threads = threads,
					 .memory_bytes = p->fat ? 1 : 1 << 20,
					 .share_log2 = 1 + below(12),
					 .duplicates = p->policy };
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_segment *seg = NULL;
	struct stele_schema *schema;
	struct stele_builder *b;
	int fd;

	assert_int_equal(stele_schema_parse(text, strlen(text), &schema, err),
			 0);
	assert_int_equal(
		stele_builder_create_memfd("model", schema, &o, &b, err), 0);
	stele_schema_free(schema);
	for (unsigned r = 0; r < p->nr_rows; r++)
		if (stele_builder_add(b, 0, p->rows[r], p->nr_fields, NULL,
				      err))
			fail_msg("row %u: %s", r, err->reason);
	if (!stele_builder_finish(b, &fd, err)) {
		assert_int_equal(stele_segment_open_fd(fd, NULL, &seg, err), 0);
		close(fd);
	}
	stele_builder_stats(b, &stats);
	seen.spills += stats.spilled_bytes > 0;
	seen.shared += stats.nr_shared;
	seen.absent_weak += stats.nr_weak_absent;
	seen.duplicates += stats.nr_duplicates;
	stele_builder_free(b);
	return seg;
}

static int get(const struct stele_map *map, const struct stele_cell *key,
	       struct stele_value *row)
{
	if (key->type == STELE_TYPE_U64)
		return stele_map_get_u64(map, key->u.u, row);
	return stele_map_get_str(map, key->u.ptr, key->len, row);
}

static int find(const struct stele_map *map, const struct stele_cell *key,
		struct stele_matches *matches)
{
	if (key->type == STELE_TYPE_U64)
		return stele_map_find_u64(map, key->u.u, matches);
	return stele_map_find_str(map, key->u.ptr, key->len, matches);
}

static void check_lookup(const struct program *p,
			 const struct stele_segment *seg,
			 const uint64_t *positions,
			 const struct stele_cell *key)
{
	struct stele_matches matches;
	struct stele_value row;
	unsigned count;
	int expected = model_find(p, key, &count);

	if (expected < 0) {
		assert_int_equal(get(stele_segment_map(seg, "t"), key, &row),
				 -STELE_E_ABSENT);
		assert_int_equal(find(stele_segment_map(seg, "m"), key,
				      &matches),
				 -STELE_E_ABSENT);
		return;
	}
	assert_int_equal(get(stele_segment_map(seg, "t"), key, &row), 0);
	assert_int_equal(row.u.pos, positions[expected]);
	assert_int_equal(find(stele_segment_map(seg, "m"), key, &matches), 0);
	assert_int_equal(matches.len, count);
	for (unsigned r = 0; r < p->nr_rows; r++)
		if (same_key(&p->rows[r][0], key)) {
			assert_int_equal(stele_matches_next(&matches, &row), 0);
			assert_int_equal(row.u.pos, positions[r]);
		}
	assert_int_equal(stele_matches_next(&matches, &row), -STELE_E_ABSENT);
}

static void check_reference(const struct program *p,
			    const struct stele_cell *cell,
			    const struct stele_value *v,
			    const uint64_t *positions)
{
	unsigned count;
	int expected;

	if (cell->type == STELE_TYPE_NULL) {
		assert_int_equal(v->type, STELE_TYPE_NULL);
		return;
	}
	expected = model_find(p, cell, &count);
	if (expected < 0) {
		compare(cell, v);
	} else {
		assert_int_equal(v->type, STELE_TYPE_RECORD);
		assert_int_equal(v->u.pos, positions[expected]);
	}
}

static void check_rows(const struct program *p, const struct stele_segment *seg,
		       uint64_t *positions)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_record record;
	struct stele_value row, v;

	for (unsigned r = 0; r < p->nr_rows; r++) {
		assert_int_equal(stele_segment_next_row(seg, &rows, &row), 0);
		positions[r] = row.u.pos;
	}
	assert_int_equal(stele_segment_next_row(seg, &rows, &row),
			 -STELE_E_ABSENT);
	for (unsigned r = 0; r < p->nr_rows; r++) {
		record.segment = seg;
		record.pos = positions[r];
		for (unsigned i = 0; i < p->nr_fields; i++) {
			assert_int_equal(stele_record_get_at(record, i, &v), 0);
			if (i == 1)
				check_reference(p, &p->rows[r][1], &v,
						positions);
			else
				compare(&p->rows[r][i], &v);
		}
	}
}

static void count_roads(const struct stele_segment *seg)
{
	for (uint32_t i = 0; i < 2; i++) {
		struct stele_map_info info = { .size = sizeof(info) };
		const struct stele_map *map = stele_segment_map_at(seg, i);

		assert_int_equal(stele_map_info(map, &info), 0);
		seen.probes_3 += info.max_probe >= 3;
		seen.partitions += info.nr_partitions > 0;
		if (info.kind == STELE_MAP_BUCKET)
			seen.out_of_line += info.data_bytes >
					    info.nr_buckets * info.bucket_bytes;
	}
}

static void run_program(struct program *p)
{
	static uint64_t positions[MAX_ROWS];
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	bool twice = false;
	char text[4096];

	chunk = 0;
	chunk_used = 0;
	p->policy = below(3);
	make_schema(p, text, sizeof(text));
	make_rows(p);
	for (unsigned r = 0; r < p->nr_rows && !twice; r++) {
		unsigned count;

		model_find(p, &p->rows[r][0], &count);
		twice = count > 1;
	}
	seg = build(p, text, 1 + below(3), &err);
	seen.programs++;
	if (twice && p->policy == STELE_DUPLICATES_ERROR) {
		assert_null(seg);
		assert_int_equal(err.code, -STELE_E_DUPLICATE);
		return;
	}
	if (!seg)
		fail_msg("%s", err.reason);
	seen.rows += p->nr_rows;
	if (stele_segment_verify(seg, NULL, &err))
		fail_msg("verify: I%u at %llu: %s", err.invariant,
			 (unsigned long long)err.offset, err.reason);
	check_rows(p, seg, positions);
	for (unsigned r = 0; r < p->nr_rows; r++) {
		struct stele_cell key = random_key(p);

		check_lookup(p, seg, positions, &p->rows[r][0]);
		check_lookup(p, seg, positions, &key);
	}
	count_roads(seg);
	stele_segment_close(seg);
}

static void random_programs_equal_the_model(void **unused)
{
	const char *given = getenv("STELE_SEED"),
		   *lasting = getenv("STELE_LONG");
	uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	unsigned n = given ? 1 : lasting && *lasting ? 1000000 : 10000;
	struct program *p = calloc(1, sizeof(*p));

	(void)unused;
#ifdef __SANITIZE_ADDRESS__
	n = n > 1 ? n / 10 : n;
#endif
	print_message("# seed %llu, then one more a program\n",
		      (unsigned long long)seed);
	for (unsigned i = 0; i < n; i++) {
		state = seed + i;
		p->nr_rows = 0;
		run_program(p);
	}
	print_message("# programs %" PRIu64 ", rows %" PRIu64
		      ", out of line %" PRIu64 ", three probes %" PRIu64
		      ", spilled %" PRIu64 ", shared %" PRIu64
		      ", indexed dicts %" PRIu64 ", absent weak %" PRIu64
		      ", duplicates %" PRIu64 "\n",
		      seen.programs, seen.rows, seen.out_of_line, seen.probes_3,
		      seen.spills, seen.shared, seen.indexed_dicts,
		      seen.absent_weak, seen.duplicates);
	for (unsigned i = 0; i < MAX_CHUNKS; i++)
		free(chunks[i]);
	free(p);
	if (given)
		return;
	assert_true(seen.out_of_line && seen.probes_3 && seen.partitions);
	assert_true(seen.spills && seen.shared && seen.indexed_dicts);
	assert_true(seen.absent_weak && seen.duplicates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_programs_equal_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
