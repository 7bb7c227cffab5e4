// SPDX-License-Identifier: MIT
/*
 * Calls whose instructions are counted: each function measure_NAME makes CALLS
 * of them, and valgrind counts what happens inside of these functions alone.
 *
 *	count cases		the names, and what a call is
 *	count made-by		what the figures depend on, besides our sources
 *	count WAY SEGMENT	all cases, comparing keys as WAY does
 *
 * Keys lie in static memory and rows come in a fixed order, so that a count is
 * the same in each run.  tests/count/run builds the segment, and says what its
 * rows are.
 */
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <stele/stele.h>

#include "map_probe.h"

#include "count.h" /* made of count.schema */

#define ROWS 4096u
#define CALLS 2048u
#define TOGETHER 32u
#define MANY 100u /* items of a dict with an index */
#define FEW 6u

static struct {
	struct stele_segment *segment;
	const struct stele_map *by_id, *by_name, *by_kind, *seen;
	struct stele_field id, name, size, friend;
	struct count made; /* the getters of the made header */
	struct stele_value few, many;
} t;

/* Query i: a key of row i * 7 % ROWS, and one like it that no row has. */
static char text[2][CALLS][40];
static struct stele_str str[2][CALLS];
static uint64_t word[2][CALLS];
static struct stele_value pair[CALLS][2];
static struct stele_record row[CALLS];
static struct stele_value values[TOGETHER];
static char item_text[MANY][16];
static struct stele_str item[MANY];
static uint64_t found; /* in the case that runs */

#define NOINLINE __attribute__((noinline))
#define HIT 0
#define MISS 1

static void die(const char *what)
{
	fprintf(stderr, "count: %s\n", what);
	exit(1);
}

/* ---- cases */

static inline void get_strs(const struct stele_map *map, unsigned which)
{
	struct stele_value value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_map_get_str(map, str[which][i].ptr,
					    str[which][i].len, &value);
}

NOINLINE void measure_str_hit(void)
{
	get_strs(t.by_name, HIT);
}

NOINLINE void measure_str_miss(void)
{
	get_strs(t.by_name, MISS);
}

NOINLINE void measure_filter_hit(void)
{
	get_strs(t.seen, HIT);
}

NOINLINE void measure_filter_miss(void)
{
	get_strs(t.seen, MISS);
}

NOINLINE void measure_str_many(void)
{
	unsigned i;

	for (i = 0; i < CALLS; i += TOGETHER)
		found += stele_map_get_many_str(t.by_name, str[HIT] + i,
						TOGETHER, values) ?
				 0 :
				 TOGETHER;
}

static inline void get_words(unsigned which)
{
	struct stele_value value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_map_get_u64(t.by_id, word[which][i], &value);
}

NOINLINE void measure_u64_hit(void)
{
	get_words(HIT);
}

NOINLINE void measure_u64_miss(void)
{
	get_words(MISS);
}

NOINLINE void measure_u64_many(void)
{
	unsigned i;

	for (i = 0; i < CALLS; i += TOGETHER)
		found += stele_map_get_many_u64(t.by_id, word[HIT] + i,
						TOGETHER, values) ?
				 0 :
				 TOGETHER;
}

NOINLINE void measure_pair_hit(void)
{
	struct stele_value value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_map_get(t.by_kind, pair[i], 2, &value);
}

NOINLINE void measure_field_u64(void)
{
	uint64_t value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get_u64(row[i], &t.id, &value);
}

NOINLINE void measure_field_u32_nullable(void)
{
	uint64_t value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get_u64(row[i], &t.size, &value);
}

NOINLINE void measure_field_str(void)
{
	struct stele_str value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get_str(row[i], &t.name, &value);
}

NOINLINE void measure_field_ref(void)
{
	struct stele_record value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get_record(row[i], &t.friend, &value);
}

NOINLINE void measure_field_any(void)
{
	struct stele_value value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get(row[i], &t.name, &value);
}

NOINLINE void measure_field_number(void)
{
	struct stele_value value;
	unsigned i;

	for (i = 0; i < CALLS; i++)
		found += !stele_record_get_at(row[i], 1, &value);
}

/* Made getters are inlined: their values must be wanted. */
#define WANT(value) __asm__ volatile("" : : "g"(value))

NOINLINE void measure_made_u64(void)
{
	uint64_t value = 0;
	unsigned i;

	for (i = 0; i < CALLS; i++) {
		found += !count_Item_id(&t.made, row[i], &value);
		WANT(value);
	}
}

NOINLINE void measure_made_str(void)
{
	struct stele_str value = { NULL, 0 };
	unsigned i;

	for (i = 0; i < CALLS; i++) {
		found += !count_Item_name(&t.made, row[i], &value);
		WANT(value.ptr);
		WANT(value.len);
	}
}

static inline void find_items(const struct stele_value *dict, unsigned nr)
{
	struct stele_value value;
	unsigned i, at = 0;

	for (i = 0; i < CALLS; i++) {
		found += !stele_value_find_str(dict, item[at].ptr, item[at].len,
					       &value);
		at = at + 1 < nr ? at + 1 : 0;
	}
}

NOINLINE void measure_dict_few(void)
{
	find_items(&t.few, FEW);
}

NOINLINE void measure_dict_many(void)
{
	find_items(&t.many, MANY);
}

static const struct {
	const char *name;
	void (*run)(void);
	const char *what;
	unsigned found; /* right answer, or the most where there are false ones */
} cases[] = {
	{ "str_hit", measure_str_hit,
	  "`stele_map_get_str`: a key of 8 to 32 bytes that is there", CALLS },
	{ "str_miss", measure_str_miss, "the same, a key that is not there",
	  0 },
	{ "str_many", measure_str_many,
	  "`stele_map_get_many_str`, 32 keys at once: each", CALLS },
	{ "u64_hit", measure_u64_hit,
	  "`stele_map_get_u64`: a key that is there", CALLS },
	{ "u64_miss", measure_u64_miss, "the same, a key that is not there",
	  0 },
	{ "u64_many", measure_u64_many,
	  "`stele_map_get_many_u64`, 32 keys at once: each", CALLS },
	{ "pair_hit", measure_pair_hit,
	  "`stele_map_get`: a key of a `u8` and a `str`, encoded first",
	  CALLS },
	{ "filter_hit", measure_filter_hit,
	  "`stele_map_get_str` of a filter, 1/100: a key that was added",
	  CALLS },
	{ "filter_miss", measure_filter_miss,
	  "the same, a key that was not added", CALLS / 20 },
	{ "field_u64", measure_field_u64,
	  "`stele_record_get_u64` by a resolved field", CALLS },
	{ "field_u32_nullable", measure_field_u32_nullable,
	  "the same of a `u32?`", CALLS },
	{ "field_str", measure_field_str,
	  "`stele_record_get_str` by a resolved field", CALLS },
	{ "field_ref", measure_field_ref,
	  "`stele_record_get_record` by a resolved field", CALLS },
	{ "field_any", measure_field_any,
	  "`stele_record_get` of a `str` by a resolved field", CALLS },
	{ "field_number", measure_field_number,
	  "`stele_record_get_at` of a `str`: nothing is resolved", CALLS },
	{ "made_u64", measure_made_u64,
	  "a getter of `stele schema --header`, `u64`", CALLS },
	{ "made_str", measure_made_str,
	  "a getter of `stele schema --header`, `str`", CALLS },
	{ "dict_few", measure_dict_few,
	  "`stele_value_find_str` in a dict of 6 items", CALLS },
	{ "dict_many", measure_dict_many,
	  "`stele_value_find_str` in a dict of 100 items", CALLS },
};

#define NR_CASES (sizeof(cases) / sizeof(*cases))

/* ---- what they read */

static const struct stele_map *map_of(const char *name)
{
	const struct stele_map *map = stele_segment_map(t.segment, name);

	if (!map)
		die(name);
	return map;
}

static void field_of(const char *name, enum stele_type asked,
		     struct stele_field *field)
{
	if (stele_field_resolve(t.segment, "Item", name, asked, field, NULL))
		die(name);
}

static void open_segment(const char *path)
{
	struct stele_error err = { 0 };

	if (stele_segment_open(path, NULL, &t.segment, &err))
		die(err.reason);
	t.by_id = map_of("by_id");
	t.by_name = map_of("by_name");
	t.by_kind = map_of("by_kind");
	t.seen = map_of("seen");
	field_of("id", STELE_TYPE_U64, &t.id);
	field_of("name", STELE_TYPE_STR, &t.name);
	field_of("size", STELE_TYPE_U32, &t.size);
	field_of("friend", STELE_TYPE_RECORD, &t.friend);
	if (count_open(&t.made, t.segment, &err))
		die(err.reason);
}

static struct stele_str name_of(char *to, const char *form, unsigned i)
{
	struct stele_str name = { to, (size_t)sprintf(to, form, i) };

	/* as run writes it: 8 to 32 bytes */
	while (name.len < 8 + i * 5 % 25)
		to[name.len++] = '.';
	return name;
}

static void dict_of(struct stele_record record, const char *name,
		    struct stele_value *dict)
{
	struct stele_field field;

	field_of(name, STELE_TYPE_ANY, &field);
	if (stele_record_get(record, &field, dict) ||
	    dict->type != STELE_TYPE_DICT)
		die(name);
}

static void ask_keys(void)
{
	struct stele_value value;
	unsigned i, at;

	for (i = 0; i < CALLS; i++) {
		at = i * 7 % ROWS;
		str[HIT][i] = name_of(text[HIT][i], "item%u", at);
		str[MISS][i] = name_of(text[MISS][i], "none%u", at);
		word[HIT][i] = at * UINT64_C(1000003);
		word[MISS][i] = word[HIT][i] + 1;
		pair[i][0].type = STELE_TYPE_U8;
		pair[i][0].u.u = at % 200;
		pair[i][1].type = STELE_TYPE_STR;
		pair[i][1].len = str[HIT][i].len;
		pair[i][1].u.ptr = str[HIT][i].ptr;
		if (stele_map_get_u64(t.by_id, word[HIT][i], &value) ||
		    stele_value_record(&value, &row[i]))
			die("a row is missing");
	}
	for (i = 0; i < MANY; i++) {
		item[i].ptr = item_text[i];
		item[i].len = (size_t)sprintf(item_text[i], "item %u", i);
	}
	if (stele_map_get_u64(t.by_id, 0, &value) ||
	    stele_value_record(&value, &row[0]))
		die("the first row is missing");
	dict_of(row[0], "few", &t.few);
	dict_of(row[0], "many", &t.many);
}

/* ---- */

static void run_cases(void)
{
	unsigned i;

	for (i = 0; i < NR_CASES; i++) {
		found = 0;
		cases[i].run();
		if (found != cases[i].found &&
		    (cases[i].run != measure_filter_miss ||
		     found > cases[i].found))
			die(cases[i].name);
		printf("%s %u\n", cases[i].name, CALLS);
	}
}

static void go_way(const char *name)
{
	const struct stele_probe_way *way;
	unsigned i;

	for (i = 0; (way = stele_probe_way(i)); i++)
		if (!strcmp(way->name, name)) {
			stele_probe = *way;
			return;
		}
	puts("none"); /* this machine has not */
	exit(0);
}

int main(int argc, char **argv)
{
	unsigned i;

	if (argc == 2 && !strcmp(argv[1], "cases")) {
		for (i = 0; i < NR_CASES; i++)
			printf("%s %s\n", cases[i].name, cases[i].what);
	} else if (argc == 2 && !strcmp(argv[1], "made-by")) {
		printf("glibc %s, xxHash %d.%d.%d\n", gnu_get_libc_version(),
		       XXH_VERSION_MAJOR, XXH_VERSION_MINOR,
		       XXH_VERSION_RELEASE);
	} else if (argc == 3) {
		go_way(argv[1]);
		open_segment(argv[2]);
		ask_keys();
		run_cases();
		count_close(&t.made);
		stele_segment_close(t.segment);
	} else {
		die("usage: count cases|made-by|WAY SEGMENT");
	}
	return 0;
}
