// SPDX-License-Identifier: MIT
/*
 * One slice: its pairs are brought into the order of their groups, so that a
 * group's lines stay in the cache while they fill; then each key goes to the
 * emptier of its lines, or pushes another one out by a random walk whose dice
 * are the same in every build.
 */
#include "integer_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map_probe.h"

#define SLOTS STELE_FMT_LINE_SLOTS
#define MAX_WALK 2000u

struct pair {
	uint64_t key;
	uint64_t value;
};

struct group {
	const struct stele_integer_table *t;
	struct stele_integer_part *part;
	struct stele_fmt_line *lines;
	uint8_t *used; /* slots of a line */
	uint64_t dice;
};

/* xorshift64, Marsaglia 2003: any dice will do. */
static uint32_t roll(struct group *g)
{
	g->dice ^= g->dice << 13;
	g->dice ^= g->dice >> 7;
	g->dice ^= g->dice << 17;
	return g->dice >> 32;
}

static void lines_of(const struct group *g, uint64_t key, uint32_t *a,
		     uint32_t *b)
{
	stele_probe_lines_of(stele_hash_u64(key, g->t->seed), g->t->group_lines,
			     a, b);
}

static uint64_t *find(const struct group *g, uint32_t line, uint64_t key)
{
	struct stele_fmt_line *l = &g->lines[line];
	unsigned i;

	for (i = 0; i < g->used[line]; i++)
		if (l->key[i] == key)
			return &l->value[i];
	return NULL;
}

static void append(struct group *g, uint32_t line, const struct pair *p)
{
	unsigned slot = g->used[line]++;

	g->lines[line].key[slot] = p->key;
	g->lines[line].value[slot] = p->value;
}

/* Put a pair into a full line and carry on with what was there. */
static void swap(struct group *g, uint32_t line, struct pair *p)
{
	struct stele_fmt_line *l = &g->lines[line];
	unsigned slot = roll(g) % SLOTS;
	struct pair out = { l->key[slot], l->value[slot] };

	l->key[slot] = p->key;
	l->value[slot] = p->value;
	*p = out;
}

/* Walk until a line has a free slot; `line` is full. */
static int walk(struct group *g, uint32_t line, struct pair p)
{
	uint32_t step, a, b;

	for (step = 0; step < MAX_WALK; step++) {
		swap(g, line, &p);
		lines_of(g, p.key, &a, &b);
		line = line == a ? b : a;
		if (g->used[line] < SLOTS) {
			append(g, line, &p);
			return 0;
		}
	}
	return -EAGAIN;
}

static int put(struct group *g, const struct pair *p)
{
	uint32_t a, b;
	uint64_t *value;

	lines_of(g, p->key, &a, &b);
	value = find(g, a, p->key);
	if (!value)
		value = find(g, b, p->key);
	if (value) {
		g->part->nr_duplicates++;
		g->part->duplicate = p->key;
		if (g->t->duplicates == STELE_DUPLICATES_LAST)
			*value = p->value;
		return g->t->duplicates == STELE_DUPLICATES_ERROR ?
			       -STELE_E_DUPLICATE :
			       0;
	}
	g->part->nr_keys++;
	if (g->used[b] < g->used[a])
		a = b;
	if (g->used[a] == SLOTS)
		return walk(g, roll(g) & 1 ? a : b, *p);
	append(g, a, p);
	return 0;
}

/* Keys of a line ascend; free slots are behind them. */
static void finish_line(const struct group *g, uint32_t line)
{
	struct stele_fmt_line *l = &g->lines[line];
	unsigned used = g->used[line], i, k;

	for (i = 1; i < used; i++) {
		uint64_t key = l->key[i], value = l->value[i];

		for (k = i; k && l->key[k - 1] > key; k--) {
			l->key[k] = l->key[k - 1];
			l->value[k] = l->value[k - 1];
		}
		l->key[k] = key;
		l->value[k] = value;
	}
	for (i = used; i < SLOTS; i++) {
		l->key[i] = g->t->empty_key;
		l->value[i] = 0;
	}
}

static int fill_group(struct group *g, const struct pair *pairs, uint64_t n)
{
	uint64_t i;
	uint32_t line;
	int rc = 0;

	g->dice = UINT64_C(0x7374656c65);
	memset(g->used, 0, g->t->group_lines);
	for (i = 0; i < n && !rc; i++)
		rc = put(g, &pairs[i]);
	for (line = 0; line < g->t->group_lines && !rc; line++)
		finish_line(g, line);
	return rc;
}

/* Number of the key's group within slice i. */
static uint32_t group_of(const struct stele_integer_table *t, uint64_t i,
			 uint64_t key)
{
	uint64_t h = stele_hash_u64(key, t->seed);

	return stele_hash_range(h >> 32, t->nr_groups) - i * t->slice_groups;
}

/* Copy the pairs of slice i in the order of groups; group g ends at ends[g]. */
static void order_pairs(const struct stele_integer_table *t, uint64_t i,
			const struct stele_slice *slice, struct pair *pairs,
			uint64_t *ends)
{
	const uint8_t *p = slice->bytes, *end = p + slice->len;
	uint64_t sum = 0;
	struct pair pair;
	uint32_t g;

	memset(ends, 0, (t->slice_groups + 1) * sizeof(*ends));
	for (; p < end; p += sizeof(pair)) {
		memcpy(&pair.key, p, sizeof(pair.key));
		ends[group_of(t, i, pair.key) + 1]++;
	}
	for (g = 0; g <= t->slice_groups; g++)
		ends[g] = sum += ends[g];
	for (p = slice->bytes; p < end; p += sizeof(pair)) {
		memcpy(&pair, p, sizeof(pair));
		pairs[ends[group_of(t, i, pair.key)]++] = pair;
	}
}

static int fill_groups(const struct stele_integer_table *t,
		       const struct pair *pairs, const uint64_t *ends,
		       struct stele_integer_part *part)
{
	struct group g = { .t = t, .part = part };
	uint64_t begin = 0;
	uint32_t i;
	int rc = 0;

	g.used = malloc(t->group_lines);
	if (!g.used)
		return -ENOMEM;
	for (i = 0; i < t->slice_groups && !rc; i++) {
		g.lines = part->lines + (size_t)i * t->group_lines;
		rc = fill_group(&g, pairs + begin, ends[i] - begin);
		begin = ends[i];
	}
	free(g.used);
	return rc;
}

int stele_integer_build(const struct stele_integer_table *t,
			const struct stele_slice *slice, uint64_t i,
			struct stele_integer_part *part)
{
	struct pair *pairs = malloc(slice->len ? slice->len : 1);
	uint64_t *ends = malloc((t->slice_groups + 1) * sizeof(*ends));
	int rc = -ENOMEM;

	memset(part, 0, sizeof(*part));
	part->nr_lines = (uint64_t)t->slice_groups * t->group_lines;
	part->lines = malloc(part->nr_lines * sizeof(*part->lines));
	if (pairs && ends && part->lines) {
		order_pairs(t, i, slice, pairs, ends);
		rc = fill_groups(t, pairs, ends, part);
	}
	free(pairs);
	free(ends);
	if (rc)
		stele_integer_part_free(part);
	return rc;
}

void stele_integer_part_free(struct stele_integer_part *part)
{
	free(part->lines);
	part->lines = NULL;
}
