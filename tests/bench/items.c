// SPDX-License-Identifier: MIT
/*
 * One store of items in one process, told what to do as bench.c is:
 *
 *	bench STORE items COUNT SEED PATH
 *
 *	build			the file, from nothing
 *	open			once; what follows reads it
 *	do u64|str|scan|lookup COUNT SEED
 *
 * Sums are compared with what the items add up to by themselves.
 */
#include "items.h"
#include "die.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOKUPS_MAX (1u << 20)

static const struct items_peer *const peers[] = {
	&items_struct,	    &items_stele, &items_made,
	&items_flatbuffers, &items_lmdb,  &items_sqlite,
};

struct store {
	const struct items_peer *peer;
	const struct items *items;
	void *db;
	uint64_t at_hand[2]; /* what sizes and names at hand add up to */
	uint64_t sizes; /* of all items */
	uint64_t *ids; /* of lookups */
};

void item_make(const struct items *items, uint64_t i, char *name,
	       struct item *item)
{
	uint64_t bits = dataset_value_u64(&items->set, i);

	*item = (struct item){
		.id = item_id(items, i),
		.size = bits,
		.score = (double)(bits >> 32) / 64,
		.name = name,
		.name_len = (uint32_t)dataset_key_str(&items->set, i, name),
		.count = (uint32_t)bits,
		.day = (int32_t)(bits % 20000),
		.kind = (uint8_t)bits,
		.done = bits & 1,
	};
}

uint64_t item_at_hand(const struct items *items, uint64_t i)
{
	return i * 1021 % items->set.count;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static const struct items_peer *peer_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (!strcmp(peers[i]->name, name))
			return peers[i];
	die("no such store of items: %s", name);
}

static void add_up(struct store *s)
{
	char name[BENCH_KEY_MAX];
	struct item item;
	uint64_t i;

	for (i = 0; i < s->items->set.count; i++)
		s->sizes += dataset_value_u64(&s->items->set, i);
	for (i = 0; i < ITEMS_AT_HAND; i++) {
		item_make(s->items, item_at_hand(s->items, i), name, &item);
		s->at_hand[0] += item.size;
		s->at_hand[1] += name_sum(item.name, item.name_len);
	}
}

/* Ids of random items; returns what their lookups add up to. */
static uint64_t ask_ids(struct store *s, uint64_t count, uint64_t seed)
{
	uint64_t i, at, sum = 0;
	char name[BENCH_KEY_MAX];
	struct item item;

	for (i = 0; i < count; i++) {
		at = bench_mix(seed << 32 ^ i) % s->items->set.count;
		item_make(s->items, at, name, &item);
		s->ids[i] = item.id;
		sum += item.size + item.count +
		       name_sum(item.name, item.name_len);
	}
	return sum;
}

static uint64_t count_of(const struct store *s, const char *what,
			 uint64_t count)
{
	if (!strcmp(what, "scan"))
		return s->items->set.count;
	if (!strcmp(what, "lookup"))
		return count < LOOKUPS_MAX ? count : LOOKUPS_MAX;
	return count / ITEMS_AT_HAND ? count / ITEMS_AT_HAND * ITEMS_AT_HAND :
				       ITEMS_AT_HAND;
}

static void do_what(struct store *s, const char *what, uint64_t count,
		    uint64_t seed)
{
	const struct items_peer *peer = s->peer;
	uint64_t begin, got, expected;

	count = count_of(s, what, count);
	if (!strcmp(what, "lookup") && peer->lookup) {
		expected = ask_ids(s, count, seed);
		begin = now_ns();
		got = peer->lookup(s->db, s->ids, count);
	} else if (!strcmp(what, "scan") && peer->scan) {
		expected = s->sizes;
		begin = now_ns();
		got = peer->scan(s->db);
	} else if (!strcmp(what, "u64") && peer->u64) {
		expected = s->at_hand[0] * (count / ITEMS_AT_HAND);
		begin = now_ns();
		got = peer->u64(s->db, count);
	} else if (!strcmp(what, "str") && peer->str) {
		expected = s->at_hand[1] * (count / ITEMS_AT_HAND);
		begin = now_ns();
		got = peer->str(s->db, count);
	} else {
		puts("{\"ns\": null}");
		return;
	}
	begin = now_ns() - begin;
	if (got != expected)
		die("%s: %s: the sum is %016" PRIx64 ", not %016" PRIx64,
		    peer->name, what, got, expected);
	printf("{\"ns\": %.4f}\n", (double)begin / count);
}

static void command(struct store *s, const char *line)
{
	uint64_t count, seed;
	char what[16], version[64];

	if (!strcmp(line, "build\n")) {
		if (s->peer->build)
			s->peer->build(s->items);
		puts("{}");
	} else if (!strcmp(line, "open\n")) {
		s->db = s->peer->open(s->items);
		s->peer->version(version, sizeof(version));
		add_up(s);
		printf("{\"version\": \"%s\"}\n", version);
	} else if (s->db && sscanf(line, "do %15s %" SCNu64 " %" SCNu64, what,
				   &count, &seed) == 3) {
		do_what(s, what, count, seed);
	} else {
		die("not now, or no such command: %s", line);
	}
	fflush(stdout);
}

int items_main(const char *store, const struct items *items)
{
	struct store s = { .peer = peer_by_name(store), .items = items };
	char line[256];

	if (items->set.count < ITEMS_AT_HAND)
		die("at least %u items", ITEMS_AT_HAND);
	s.ids = calloc(LOOKUPS_MAX, sizeof(*s.ids));
	if (!s.ids)
		die("no memory");
	while (fgets(line, sizeof(line), stdin))
		command(&s, line);
	free(s.ids);
	return 0;
}
