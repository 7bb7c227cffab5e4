// SPDX-License-Identifier: MIT
/*
 * The ways of comparing many bytes at once, each by its name on a machine that
 * has it: masks are those of the definition, a lookup finds each key and no
 * other, and over hostile bytes it says what the scalar way says.
 *
 * A test puts its way into stele_probe, which is what the library reads.
 */
#include "tables.h"

#include "map_probe.h"

#define ASKED 96u /* keys a question; more than a group of many */

static const struct stele_probe_way *way_by_name(const char *name)
{
	const struct stele_probe_way *way;
	unsigned i;

	for (i = 0; (way = stele_probe_way(i)); i++)
		if (!strcmp(way->name, name))
			return way;
	return NULL;
}

static struct stele_probe_way best;

static int take_way(void **state)
{
	const struct stele_probe_way *way = way_by_name(*state);

	best = stele_probe;
	if (way)
		stele_probe = *way;
	return 0;
}

static int give_way_back(void **state)
{
	(void)state;
	stele_probe = best;
	return 0;
}

/* AVX2 alone is asked of the machine; the others are there, or it's a fault. */
static void need_way(const char *name)
{
	if (way_by_name(name)) {
		assert_string_equal(stele_probe.name, name);
		return;
	}
	if (strcmp(name, "avx2"))
		fail_msg("the library has no way %s", name);
	print_message("# this machine has no AVX2\n");
	skip();
}

static void masks_are_those_of_the_definition(void **state)
{
	uint64_t seed = print_seed(88172645463325252u), i, key, other;
	uint8_t *tags = malloc(STELE_PROBE_TAGS); /* nothing behind them */
	struct stele_fmt_line *lines = malloc(2 * sizeof(*lines));
	uint32_t expect, k;
	uint8_t tag;

	need_way(*state);
	assert_non_null(tags);
	assert_non_null(lines);
	for (i = 0; i < 5000; i++) {
		expect = 0;
		tag = (uint8_t)next_random(&seed);
		for (k = 0; k < STELE_PROBE_TAGS; k++) {
			tags[k] = (uint8_t)(tag + next_random(&seed) % 3 - 1);
			expect |= (uint32_t)(tags[k] == tag) << k;
		}
		assert_int_equal(stele_probe.tags(tags, tag), expect);
		expect = 0;
		key = next_random(&seed);
		for (k = 0; k < 2 * STELE_FMT_LINE_SLOTS; k++) {
			other = key;
			if (next_random(&seed) & 1)
				other ^= UINT64_C(1)
					 << (next_random(&seed) & 63);
			else if (!(next_random(&seed) & 3))
				other = key << 32 | key >> 32;
			lines[k / STELE_FMT_LINE_SLOTS]
				.key[k % STELE_FMT_LINE_SLOTS] = other;
			expect |= (uint32_t)(other == key) << k;
		}
		assert_int_equal(stele_probe.lines(lines, lines + 1, key),
				 expect);
	}
	free(lines);
	free(tags);
}

/* ---- the same questions to a table, one by one and together */

struct question {
	char text[ASKED][80];
	struct stele_str str[ASKED];
	uint64_t word[ASKED];
};

static void ask(struct question *q, uint64_t first)
{
	uint64_t i;

	for (i = 0; i < ASKED; i++) {
		q->str[i].len = text_key(first + i, q->text[i]);
		q->str[i].ptr = q->text[i];
		q->word[i] = (first + i) * 1000003;
	}
}

/* All that was said; values are undefined behind an error, so they stay 0. */
struct answer {
	int rc[ASKED + 1]; /* of each alone, and of all together */
	struct stele_value alone[ASKED];
	struct stele_value many[ASKED];
};

static void say(const struct stele_map *map, const struct question *q,
		struct answer *a)
{
	bool text = map->key_type == STELE_FMT_KEY_STR;
	uint64_t i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < ASKED; i++) {
		a->rc[i] =
			text ? stele_map_get_str(map, q->str[i].ptr,
						 q->str[i].len, &a->alone[i]) :
			       stele_map_get_u64(map, q->word[i], &a->alone[i]);
		if (a->rc[i])
			memset(&a->alone[i], 0, sizeof(a->alone[i]));
	}
	a->rc[i] = text ? stele_map_get_many_str(map, q->str, ASKED, a->many) :
			  stele_map_get_many_u64(map, q->word, ASKED, a->many);
	if (a->rc[i])
		memset(a->many, 0, sizeof(a->many));
}

static void find_all(const struct table *t)
{
	struct question q;
	struct answer a;
	uint64_t first, i;

	/* as many that are not there */
	for (first = 0; first < 2 * N; first += ASKED) {
		ask(&q, first);
		say(&t->map, &q, &a);
		assert_int_equal(a.rc[ASKED], 0);
		for (i = 0; i < ASKED; i++) {
			if (first + i >= N) {
				assert_int_equal(a.rc[i], -STELE_E_ABSENT);
				assert_int_equal(a.many[i].type,
						 STELE_TYPE_ABSENT);
				continue;
			}
			assert_int_equal(a.rc[i], 0);
			assert_int_equal(a.alone[i].u.u, 3 * (first + i));
			assert_int_equal(a.many[i].u.u, 3 * (first + i));
		}
	}
}

static void finds_every_key_and_no_other(void **state)
{
	unsigned log2;
	struct table t;

	need_way(*state);
	build_words(&t, STELE_FMT_KEY_U64, false);
	find_all(&t);
	table_end(&t);
	for (log2 = STELE_FMT_BUCKET_MIN_LOG2;
	     log2 <= STELE_FMT_BUCKET_MAX_LOG2; log2++) {
		build_text(&t, STELE_TYPE_U64, log2);
		find_all(&t);
		table_end(&t);
	}
}

/* ---- hostile bytes */

/* One way's answers against the scalar way's, over the same bytes. */
static void compare(const struct table *t, uint64_t first)
{
	const struct stele_probe_way *scalar = stele_probe_way(0);
	struct stele_probe_way way = stele_probe;
	struct answer a, expect;
	struct question q;

	ask(&q, first);
	say(&t->map, &q, &a);
	stele_probe = *scalar;
	say(&t->map, &q, &expect);
	stele_probe = way;
	assert_memory_equal(&a, &expect, sizeof(a));
}

/* Few bytes that many rules hang on, then more and more of any. */
static void spoil(struct table *t, uint64_t from, uint64_t bytes,
		  uint64_t *seed)
{
	static const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xfe, 0xff };
	uint64_t at, to;

	for (; bytes; bytes--) {
		at = from + next_random(seed) % (t->segment.len - from);
		to = from + next_random(seed) % (t->segment.len - from);
		t->image[at] = next_random(seed) & 1 ?
				       edges[next_random(seed) % 6] :
				       t->image[to];
	}
}

static void compare_spoilt(struct table *t, uint64_t seed)
{
	uint8_t *good = malloc(t->segment.len);
	uint64_t round;

	assert_non_null(good);
	memcpy(good, t->image, t->segment.len);
	for (round = 0; round < 200; round++) {
		spoil(t, STELE_FMT_BLOCK, 1 + round * round, &seed);
		compare(t, next_random(&seed) % N);
		memcpy(t->image, good, t->segment.len);
	}
	free(good);
}

/* Every tag is that of the first entry, and every other count a lie. */
static void compare_equal_tags(struct table *t)
{
	uint64_t i, bytes = UINT64_C(1) << t->map.bucket_log2;
	uint8_t *bucket;

	for (i = 0; i < t->map.nr_buckets; i++) {
		bucket = t->image + t->map.fmt.data_off + i * bytes;
		memset(bucket + 2, bucket[2], bytes / 3);
		if (i & 1)
			memset(bucket, 0xff, 2);
	}
	for (i = 0; i < N; i += ASKED)
		compare(t, i);
}

static void says_of_hostile_bytes_what_scalar_says(void **state)
{
	uint64_t seed = print_seed(1013904223);
	struct table t;

	need_way(*state);
	build_words(&t, STELE_FMT_KEY_U64, false);
	compare_spoilt(&t, seed);
	table_end(&t);
	build_text(&t, STELE_TYPE_STR, 0);
	compare_spoilt(&t, seed);
	compare_equal_tags(&t);
	table_end(&t);
}

/* ---- the choice */

static void the_library_goes_the_best_way(void **state)
{
	const struct stele_probe_way *way, *last = NULL;
	unsigned i;

	(void)state;
	for (i = 0; (way = stele_probe_way(i)); i++)
		last = way;
	assert_non_null(last);
	print_message("# %s\n", last->name);
	assert_string_equal(stele_probe.name, last->name);
	assert_ptr_equal(stele_probe.tags, last->tags);
	assert_ptr_equal(stele_probe.lines, last->lines);
	assert_string_equal(stele_probe_way(0)->name, "scalar");
}

#define TEST(way, promise)                                           \
	{                                                            \
#way "_" #promise, promise, take_way, give_way_back, \
			(void *)#way                                 \
	}
#define TESTS(way)                                       \
	TEST(way, masks_are_those_of_the_definition),    \
		TEST(way, finds_every_key_and_no_other), \
		TEST(way, says_of_hostile_bytes_what_scalar_says)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_goes_the_best_way),
		TESTS(scalar),
#if defined(__x86_64__)
		TESTS(sse2),
		TESTS(avx2),
#elif defined(__aarch64__)
		TESTS(neon),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
