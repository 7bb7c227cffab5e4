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

#include "model.h"

#define MAX_FIELDS 12u
#define MAX_ROWS 400u

static struct {
	uint64_t programs, rows, out_of_line, probes_3, partitions, spills,
		shared, absent_weak, duplicates;
} seen;

static struct model model;

static unsigned below(unsigned n)
{
	return model_below(&model, n);
}

/* -------------------------------------------------------------- program */

enum key_kind { KEY_U64, KEY_STR, KEY_UUID, KEY_TUPLE };

struct program {
	unsigned nr_fields;
	struct model_type *types[MAX_FIELDS];
	bool nullable[MAX_FIELDS];
	bool optional[MAX_FIELDS];
	unsigned nr_rows;
	struct stele_cell rows[MAX_ROWS][MAX_FIELDS];
	enum stele_duplicates policy;
	enum key_kind key_kind;
	bool fat; /* long keys, so that they spill */
	unsigned key_range;
};

/* Field 0 is the key, field 1 the weak reference; the rest is chance. */
static void make_schema(struct program *p, char *text, size_t size)
{
	static const char *const keys[] = { "u64", "str", "uuid",
					    "tuple<str, u32>" };
	size_t at;

	p->nr_fields = 2 + below(MAX_FIELDS - 1);
	p->fat = !below(128);
	p->key_kind = p->fat ? KEY_STR : below(4);
	p->key_range = below(4) ? 1000000 : 1 + below(300);
	at = (size_t)snprintf(text, size, "record R {\nkey: %s\nref: weak t?\n",
			      keys[p->key_kind]);
	for (unsigned i = 2; i < p->nr_fields; i++) {
		struct model_type *type = model_random_type(&model, 3);

		p->types[i] = type;
		p->nullable[i] = below(2) && type->type != STELE_TYPE_ANY;
		p->optional[i] = below(2);
		at += (size_t)snprintf(text + at, size - at, "f%u: ", i);
		at += model_print_type(type, text + at, size - at);
		at += (size_t)snprintf(text + at, size - at, "%s%s\n",
				       p->nullable[i] ? "?" : "",
				       p->optional[i] ? " optional" : "");
	}
	at += (size_t)snprintf(text + at, size - at,
			       "}\n" MODEL_RECORD
			       "table t: R(key)\ntable m: R(key) multi\n");
	assert_true(at < size);
}

static struct stele_cell str_key(const struct program *p, unsigned n)
{
	size_t len;
	char *name;

	len = p->fat	  ? 200 + n % 1300 :
	      n % 97 == 0 ? 9000 :
	      n % 5	  ? 0 :
			    n % 330;
	name = model_take(16 + len);
	memset(name + snprintf(name, 16, "%u", n), '-', len);
	name[strspn(name, "0123456789") + len] = '\0';
	return stele_cell_str(name, strlen(name));
}

static struct stele_cell random_key(const struct program *p)
{
	unsigned n = below(p->key_range);
	struct stele_cell key, *parts;
	char *text;

	switch (p->key_kind) {
	case KEY_U64:
		return stele_cell_u64(n * 0x9e3779b97f4a7c15u);
	case KEY_STR:
		return str_key(p, n);
	case KEY_UUID:
		text = model_take(24);
		snprintf(text, 24, "%016u", n);
		key = stele_cell_str(text, 16);
		key.type = STELE_TYPE_UUID;
		return key;
	default:
		parts = model_take(2 * sizeof(*parts));
		parts[0] = str_key(p, n % 10);
		parts[1] = stele_cell_u64(n);
		key = stele_cell_list(parts, 2);
		key.type = STELE_TYPE_TUPLE;
		return key;
	}
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
			else
				row[i] = model_random_cell(&model, p->types[i]);
		}
	}
}

static bool same_key(const struct stele_cell *a, const struct stele_cell *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == STELE_TYPE_U64)
		return a->u.u == b->u.u;
	if (a->type == STELE_TYPE_TUPLE)
		return a->u.cells[1].u.u == b->u.cells[1].u.u;
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
	model_share(&model, b);
	make_rows(p);
	for (unsigned r = 0; r < p->nr_rows; r++)
		if (stele_builder_add(b, 0, p->rows[r], p->nr_fields, NULL,
				      err))
			fail_msg("row %u: %s", r, err->reason);
	model_fill(&model, b);
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

/* A key as a value to look up, or the one that a row has. */
static struct stele_value value_of(const struct stele_cell *key,
				   const struct stele_value *row)
{
	struct stele_value v = { .type = key->type, .len = key->len };
	struct stele_record record;

	memcpy(&v.u, &key->u, sizeof(v.u));
	if (row) {
		assert_int_equal(stele_value_record(row, &record), 0);
		assert_int_equal(stele_record_get_at(record, 0, &v), 0);
	}
	return v;
}

static int get(const struct stele_map *map, const struct stele_cell *key,
	       const struct stele_value *value, struct stele_value *row)
{
	if (key->type == STELE_TYPE_U64)
		return stele_map_get_u64(map, key->u.u, row);
	if (key->type == STELE_TYPE_STR)
		return stele_map_get_str(map, key->u.ptr, key->len, row);
	return stele_map_get(map, value, 1, row);
}

static int find(const struct stele_map *map, const struct stele_cell *key,
		const struct stele_value *value, struct stele_matches *matches)
{
	if (key->type == STELE_TYPE_U64)
		return stele_map_find_u64(map, key->u.u, matches);
	if (key->type == STELE_TYPE_STR)
		return stele_map_find_str(map, key->u.ptr, key->len, matches);
	return stele_map_find(map, value, 1, matches);
}

static void check_lookup(const struct program *p,
			 const struct stele_segment *seg,
			 const struct stele_value *rows,
			 const struct stele_cell *key)
{
	const struct stele_map *t = stele_segment_map(seg, "t");
	const struct stele_map *m = stele_segment_map(seg, "m");
	struct stele_matches matches;
	struct stele_value row, value;
	unsigned count;
	int expected = model_find(p, key, &count);

	/* a tuple's value is one of the segment's */
	if (expected < 0 && key->type == STELE_TYPE_TUPLE)
		return;
	value = value_of(key, expected < 0 ? NULL : &rows[expected]);
	if (expected < 0) {
		assert_int_equal(get(t, key, &value, &row), -STELE_E_ABSENT);
		assert_int_equal(find(m, key, &value, &matches),
				 -STELE_E_ABSENT);
		return;
	}
	assert_int_equal(get(t, key, &value, &row), 0);
	assert_true(row.u.pos == rows[expected].u.pos);
	assert_int_equal(find(m, key, &value, &matches), 0);
	assert_int_equal(matches.len, count);
	for (unsigned r = 0; r < p->nr_rows; r++)
		if (same_key(&p->rows[r][0], key)) {
			assert_int_equal(stele_matches_next(&matches, &row), 0);
			assert_true(row.u.pos == rows[r].u.pos);
		}
	assert_int_equal(stele_matches_next(&matches, &row), -STELE_E_ABSENT);
}

static void check_reference(const struct program *p,
			    const struct stele_segment *seg,
			    const struct stele_cell *cell,
			    const struct stele_value *v,
			    const struct stele_value *rows)
{
	struct stele_value row;
	unsigned count;
	int expected;

	if (cell->type == STELE_TYPE_NULL) {
		assert_int_equal(v->type, STELE_TYPE_NULL);
		return;
	}
	expected = model_find(p, cell, &count);
	if (expected >= 0) {
		assert_int_equal(v->type, STELE_TYPE_RECORD);
		assert_true(v->u.pos == rows[expected].u.pos);
		return;
	}
	model_compare(&model, cell, v);
	assert_int_equal(stele_map_get(stele_segment_map(seg, "t"), v, 1, &row),
			 -STELE_E_ABSENT);
}

static void check_rows(const struct program *p, const struct stele_segment *seg,
		       struct stele_value *rows)
{
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_record record;
	struct stele_value v;

	for (unsigned r = 0; r < p->nr_rows; r++)
		assert_int_equal(stele_segment_next_row(seg, &at, &rows[r]), 0);
	assert_int_equal(stele_segment_next_row(seg, &at, &v), -STELE_E_ABSENT);
	for (unsigned r = 0; r < p->nr_rows; r++) {
		assert_int_equal(stele_value_record(&rows[r], &record), 0);
		for (unsigned i = 0; i < p->nr_fields; i++) {
			assert_int_equal(stele_record_get_at(record, i, &v), 0);
			if (i == 1)
				check_reference(p, seg, &p->rows[r][1], &v,
						rows);
			else
				model_compare(&model, &p->rows[r][i], &v);
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
	static struct stele_value rows[MAX_ROWS];
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	bool twice = false;
	char text[16384];

	p->policy = below(3);
	make_schema(p, text, sizeof(text));
	seg = build(p, text, 1 + below(3), &err);
	for (unsigned r = 0; r < p->nr_rows && !twice; r++) {
		unsigned count;

		model_find(p, &p->rows[r][0], &count);
		twice = count > 1;
	}
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
	check_rows(p, seg, rows);
	for (unsigned r = 0; r < p->nr_rows; r++) {
		struct stele_cell key = random_key(p);

		check_lookup(p, seg, rows, &p->rows[r][0]);
		check_lookup(p, seg, rows, &key);
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
		model_begin(&model, seed + i);
		p->nr_rows = 0;
		run_program(p);
	}
	print_message("# programs %" PRIu64 ", rows %" PRIu64
		      ", out of line %" PRIu64 ", three probes %" PRIu64
		      ", spilled %" PRIu64 ", shared %" PRIu64
		      ", absent weak %" PRIu64 ", duplicates %" PRIu64 "\n",
		      seen.programs, seen.rows, seen.out_of_line, seen.probes_3,
		      seen.spills, seen.shared, seen.absent_weak,
		      seen.duplicates);
	print_message("# indexed dicts %" PRIu64 ", indexed sets %" PRIu64
		      ", handles %" PRIu64 ", cycles %" PRIu64 "\n",
		      model.seen.indexed_dicts, model.seen.indexed_sets,
		      model.seen.handles, model.seen.cycles);
	model_free();
	free(p);
	if (given)
		return;
	assert_true(seen.out_of_line && seen.probes_3 && seen.partitions);
	assert_true(seen.spills && seen.shared && seen.absent_weak);
	assert_true(seen.duplicates && model.seen.indexed_dicts);
	assert_true(model.seen.indexed_sets && model.seen.handles);
	assert_true(model.seen.cycles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_programs_equal_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
