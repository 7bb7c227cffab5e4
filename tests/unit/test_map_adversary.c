// SPDX-License-Identifier: MIT
/*
 * Keys of somebody who knows the seed and runs the hash backwards, picked to
 * meet: in one partition, in few buckets, under one tag or signature, in few
 * lines.  Tables of them are built like others, in bounded memory, and a lookup
 * of such a key, there or not, takes at most three times as long as one of a key
 * by chance in a table of such keys: the time that 99 of 100 keep below.
 *
 * A long run has ten million keys of each kind.
 */
#include "tables.h"

#include <time.h>

#include "crafted.h"
#include "random.h"

#define SAMPLE 20000u /* lookups that are timed */
/* The fastest of some rounds counts, for nothing disturbed it. */
#define LEAST_ROUNDS 5u
#define MOST_ROUNDS 40u

static uint64_t nr_keys(void)
{
	return getenv("STELE_LONG") ? 10000000 : 200000;
}

/* The hash whose probe 0 has the word g. */
static uint64_t hash_of_probe(uint64_t g)
{
	return (g ^ g >> 32) * crafted_inverse(UINT64_C(0xd1342543de82ef95));
}

/* ------------------------------------------------------------ the attacks */

/* A hash, from 64 bits by chance. */
typedef uint64_t attack_fn(uint64_t chance);

static uint64_t by_chance(uint64_t x)
{
	return x;
}

static uint64_t one_partition(uint64_t x)
{
	return x >> 16;
}

static uint64_t one_tag(uint64_t x)
{
	return x | 0xff;
}

static uint64_t few_buckets(uint64_t x)
{
	return hash_of_probe(x >> 12);
}

static uint64_t signature_0(uint64_t x)
{
	return hash_of_probe(x & ~UINT64_C(0xffff));
}

static uint64_t signature_254(uint64_t x)
{
	return hash_of_probe(x | 0xffff);
}

/* Both lines of a key are among a sixteenth of all. */
static uint64_t few_lines(uint64_t x)
{
	return hash_of_probe(x & UINT64_C(0x0fffffff0fffffff));
}

struct attack {
	const char *name;
	attack_fn *hash;
	bool buckets;
	uint8_t bucket_log2; /* 0: chosen */
	bool rehashed; /* no placement does, it takes another hash */
};

static const struct attack attacks[] = {
	{ "one partition", one_partition, true, 0, false },
	{ "one tag", one_tag, true, 0, true },
	{ "one tag, large buckets", one_tag, true, 15, true },
	{ "few buckets", few_buckets, true, 0, false },
	{ "signature 0", signature_0, true, 0, false },
	{ "signature 254", signature_254, true, 0, false },
	{ "one group", one_partition, false, 0, true },
	{ "few lines", few_lines, false, 0, true },
};
#define NR_ATTACKS (sizeof(attacks) / sizeof(*attacks))

static uint64_t key_of(const struct attack *a, attack_fn *hash, uint64_t chance)
{
	return a->buckets ? crafted_bytes(hash(chance), SEED) :
			    crafted_u64(hash(chance), SEED);
}

/* ------------------------------------------------------------ the measure */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A table of n keys, some of them, and as many that it has not. */
struct subject {
	struct table t;
	uint64_t present[SAMPLE];
	uint64_t absent[SAMPLE];
	uint64_t best[2 * SAMPLE]; /* ns, of each */
	uint64_t build_ns;
};

static struct subject *make(const struct attack *a, attack_fn *hash)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	struct subject *s = malloc(sizeof(*s));
	struct random random = { 77 };
	uint64_t i, n = nr_keys(), key;

	assert_non_null(s);
	memset(s->best, 0xff, sizeof(s->best));
	o.buckets = a->buckets;
	o.bucket_log2 = a->bucket_log2;
	table_begin(&s->t, &o, PLENTY);
	for (i = 0; i < SAMPLE; i++)
		s->absent[i] = key_of(a, hash, random_u64(&random));
	for (i = 0; i < n; i++) {
		key = key_of(a, hash, random_u64(&random));
		table_add(&s->t, &key, sizeof(key), &i, sizeof(i));
		s->present[i % SAMPLE] = key;
	}
	s->build_ns = now_ns();
	table_finish(&s->t, 1);
	s->build_ns = now_ns() - s->build_ns;
	return s;
}

static void end(struct subject *s)
{
	table_end(&s->t);
	free(s);
}

static void time_keys(const struct stele_map *map, const uint64_t *keys,
		      uint64_t *best, int expect)
{
	struct stele_value value;
	uint64_t i, took;
	int rc;

	for (i = 0; i < SAMPLE; i++) {
		took = now_ns();
		rc = stele_map_get_u64(map, keys[i], &value);
		took = now_ns() - took;
		assert_int_equal(rc, expect);
		if (took < best[i])
			best[i] = took;
	}
}

static void time_subject(struct subject *s)
{
	time_keys(&s->t.map, s->present, s->best, 0);
	time_keys(&s->t.map, s->absent, s->best + SAMPLE, -STELE_E_ABSENT);
}

/* What 99 of 100 keep below, of the times at `best`. */
static uint64_t slow(const uint64_t *best)
{
	uint64_t sorted[SAMPLE];

	memcpy(sorted, best, sizeof(sorted));
	qsort(sorted, SAMPLE, sizeof(*sorted), compare);
	return sorted[SAMPLE - SAMPLE / 100];
}

static bool is_fair(const struct subject *usual, const struct subject *picked)
{
	return slow(picked->best) <= 3 * slow(usual->best) &&
	       slow(picked->best + SAMPLE) <= 3 * slow(usual->best + SAMPLE);
}

static void tell(const struct attack *a, const struct subject *usual,
		 const struct subject *picked)
{
	print_message("# %s: present %llu ns (by chance %llu), absent %llu "
		      "(%llu), built in %llu ms (%llu), rehashed %llu\n",
		      a->name, (unsigned long long)slow(picked->best),
		      (unsigned long long)slow(usual->best),
		      (unsigned long long)slow(picked->best + SAMPLE),
		      (unsigned long long)slow(usual->best + SAMPLE),
		      (unsigned long long)picked->build_ns / 1000000,
		      (unsigned long long)usual->build_ns / 1000000,
		      (unsigned long long)picked->t.result.nr_rehashed);
}

static void try_attack(const struct attack *a)
{
	struct subject *usual = make(a, by_chance);
	struct subject *picked = make(a, a->hash);
	unsigned round;

	/* in turns, so that what else the machine does meets both */
	for (round = 0; round < MOST_ROUNDS; round++) {
		time_subject(usual);
		time_subject(picked);
		if (round + 1 >= LEAST_ROUNDS && is_fair(usual, picked))
			break;
	}
	tell(a, usual, picked);
	assert_true(is_fair(usual, picked));
	assert_true(picked->t.result.nr_rehashed || !a->rehashed);
	/* not more than 1.5 times the room, nor 20 times the time */
	assert_true(picked->t.segment.len <= usual->t.segment.len * 3 / 2);
	assert_true(picked->build_ns <= 20 * usual->build_ns + 1000000000);
	end(usual);
	end(picked);
}

static void lookups_of_picked_keys_take_no_longer(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_ATTACKS; i++)
		try_attack(&attacks[i]);
}

/* All entries of a slice are in memory at once: there must be others. */
static void picked_keys_do_not_fill_one_partition(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	struct random random = { print_seed(5) };
	uint64_t i, key, largest = 0, n = 1200000;
	struct stele_value value;
	struct table t;

	(void)state;
	o.buckets = true;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < n; i++) {
		key = crafted_bytes(one_partition(random_u64(&random)), SEED);
		table_add(&t, &key, sizeof(key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_true(t.map.nr_partitions > 1);
	for (i = 0; i < t.map.nr_partitions; i++)
		if (t.map.partitions[i].nr_buckets > largest)
			largest = t.map.partitions[i].nr_buckets;
	assert_true(largest * t.map.nr_partitions <=
		    t.map.nr_buckets * 11 / 10);
	assert_int_not_equal(t.map.seed, SEED);
	random.state = 5;
	for (i = 0; i < n; i++) {
		key = crafted_bytes(one_partition(random_u64(&random)), SEED);
		assert_int_equal(stele_map_get_u64(&t.map, key, &value), 0);
		assert_int_equal(value.u.u, i);
	}
	table_end(&t);
}

/* One key of most values: no seed parts it, and the table keeps its own. */
static void a_key_of_most_values_keeps_the_seed(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	uint64_t i, key, n = 1200000;
	struct table t;

	(void)state;
	o.multi = true;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < n; i++) {
		key = i % 10 ? 7 : i;
		table_add(&t, &key, sizeof(key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_true(t.map.nr_partitions > 1);
	assert_int_equal(t.map.seed, SEED);
	assert_int_equal(t.result.nr_rehashed, 0);
	assert_int_equal(t.map.fmt.nr_values, n);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_of_picked_keys_take_no_longer),
		cmocka_unit_test(picked_keys_do_not_fill_one_partition),
		cmocka_unit_test(a_key_of_most_values_keeps_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
