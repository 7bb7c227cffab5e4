// SPDX-License-Identifier: MIT
/*
 * Ordering works on pairs (hash, where): one pass brings them to bins by their
 * leading bits, about two a bin, each of which is then sorted by itself.  Keys
 * are looked at only where hashes are equal.  A crowded bin (one key of many
 * values, or an adversary's) is merged, so nothing here is quadratic.
 */
#include "bucket_entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bucket_place.h"
#include "map_probe.h"

#define INSERTION_MAX 16u

static void parse(const struct stele_entries *e, const struct stele_item *item,
		  struct stele_spilled *s)
{
	stele_spilled_parse(e->table->form, e->slice->bytes + item->off, s);
}

/* By the bytes they share, then by length. */
static int compare_keys(const struct stele_entries *e,
			const struct stele_item *a, const struct stele_item *b)
{
	struct stele_spilled x, y;
	int order;

	parse(e, a, &x);
	parse(e, b, &y);
	order = memcmp(x.key, y.key,
		       x.key_len < y.key_len ? x.key_len : y.key_len);
	return order ? order :
		       (x.key_len > y.key_len) - (x.key_len < y.key_len);
}

static int compare(const struct stele_entries *e, const struct stele_item *a,
		   const struct stele_item *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return compare_keys(e, a, b);
}

/* --------------------------------------------------------------- order */

static void sort_few(const struct stele_entries *e, struct stele_item *items,
		     size_t n)
{
	struct stele_item x;
	size_t i, k;

	for (i = 1; i < n; i++) {
		x = items[i];
		for (k = i; k && compare(e, &items[k - 1], &x) > 0; k--)
			items[k] = items[k - 1];
		items[k] = x;
	}
}

static void merge(const struct stele_entries *e, const struct stele_item *from,
		  size_t middle, size_t n, struct stele_item *to)
{
	size_t a = 0, b = middle, k;

	for (k = 0; k < n; k++)
		if (b == n ||
		    (a < middle && compare(e, &from[a], &from[b]) <= 0))
			to[k] = from[a++];
		else
			to[k] = from[b++];
}

/* A stable sort from the bottom up; room: n items. */
static void sort_many(const struct stele_entries *e, struct stele_item *items,
		      size_t n, struct stele_item *room)
{
	struct stele_item *from = items, *to = room, *other;
	size_t width, i, part;

	for (i = 0; i < n; i += INSERTION_MAX)
		sort_few(e, items + i,
			 n - i < INSERTION_MAX ? n - i : INSERTION_MAX);
	for (width = INSERTION_MAX; width < n; width *= 2) {
		for (i = 0; i < n; i += 2 * width) {
			part = n - i < 2 * width ? n - i : 2 * width;
			merge(e, from + i, part < width ? part : width, part,
			      to + i);
		}
		other = from;
		from = to;
		to = other;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}

static unsigned bin_bits(uint32_t nr)
{
	unsigned bits = 0;

	while (bits < 20 && (nr >> (bits + 2)))
		bits++;
	return bits;
}

/* Into bins by `bits` bits below the leading `common` ones, stable. */
static void fill_bins(const struct stele_item *from, struct stele_item *to,
		      uint32_t nr, uint32_t *ends, unsigned common,
		      unsigned bits)
{
	uint32_t i, sum = 0, count;

	memset(ends, 0, sizeof(*ends) << bits);
	for (i = 0; i < nr; i++)
		ends[from[i].hash << common >> (64 - bits)]++;
	for (i = 0; i < 1u << bits; i++) {
		count = ends[i];
		ends[i] = sum;
		sum += count;
	}
	for (i = 0; i < nr; i++)
		to[ends[from[i].hash << common >> (64 - bits)]++] = from[i];
}

/* Sort all items; `room` has space for as many. */
static int sort_items(struct stele_entries *e, struct stele_item *room,
		      unsigned common)
{
	unsigned bits = bin_bits(e->nr_items);
	struct stele_item *items = e->items;
	uint32_t begin = 0, i, *ends;

	if (!bits) {
		sort_many(e, items, e->nr_items, room);
		return 0;
	}
	ends = malloc(sizeof(*ends) << bits);
	if (!ends)
		return -ENOMEM;
	fill_bins(items, room, e->nr_items, ends, common, bits);
	for (i = 0; i < 1u << bits; i++) {
		if (ends[i] - begin <= INSERTION_MAX)
			sort_few(e, room + begin, ends[i] - begin);
		else
			sort_many(e, room + begin, ends[i] - begin,
				  items + begin);
		begin = ends[i];
	}
	free(ends);
	memcpy(items, room, e->nr_items * sizeof(*items));
	return 0;
}

/* ------------------------------------------------------------ grouping */

static bool same_key(const struct stele_entries *e, uint32_t a, uint32_t b)
{
	return e->items[a].hash == e->items[b].hash &&
	       compare_keys(e, &e->items[a], &e->items[b]) == 0;
}

static int refuse_duplicate(struct stele_entries *e, uint32_t item)
{
	struct stele_spilled s;

	parse(e, &e->items[item], &s);
	e->duplicate.ptr = (const char *)s.key;
	e->duplicate.len = s.key_len;
	return -STELE_E_DUPLICATE;
}

/* Make one entry of each run of items with equal keys. */
static int group(struct stele_entries *e)
{
	const struct stele_bucket_table *t = e->table;
	uint32_t i, end;

	for (i = 0; i < e->nr_items; i = end) {
		for (end = i + 1; end < e->nr_items && same_key(e, i, end);)
			end++;
		e->hash[e->nr] = e->items[i].hash;
		e->first[e->nr++] = i;
		if (t->multi || end == i + 1)
			continue;
		if (t->duplicates == STELE_DUPLICATES_ERROR)
			return refuse_duplicate(e, i);
		if (t->duplicates == STELE_DUPLICATES_LAST)
			e->first[e->nr - 1] = end - 1;
		e->nr_duplicates += end - i - 1;
	}
	e->first[e->nr] = e->nr_items;
	return 0;
}

static void read_items(struct stele_entries *e, unsigned hash, unsigned counter)
{
	const struct stele_entry_form *form = e->table->form;
	const uint8_t *p = e->slice->bytes;
	struct stele_spilled s;
	uint64_t bytes;
	uint32_t i;

	for (i = 0; i < e->nr_items; i++, p = s.end) {
		stele_spilled_parse(form, p, &s);
		bytes = s.end - p;
		e->items[i].off = p - e->slice->bytes;
		e->items[i].len = bytes < STELE_ITEM_LONG ? bytes :
							    STELE_ITEM_LONG;
		e->items[i].hash = hash == STELE_FMT_HASH_XXH3 && !counter ?
					   stele_spilled_hash(form, &s) :
					   stele_probe_rehash(form->seed, hash,
							      counter, s.key,
							      s.key_len);
	}
}

int stele_entries_make(struct stele_entries *e,
		       const struct stele_bucket_table *table,
		       const struct stele_slice *slice, unsigned hash,
		       unsigned counter)
{
	bool plain = hash == STELE_FMT_HASH_XXH3 && !counter;
	struct stele_item *room;
	size_t n = slice->entries;
	int rc = -ENOMEM;

	memset(e, 0, sizeof(*e));
	if (n > UINT32_MAX - 1 || slice->len > STELE_ITEM_MAX_OFF)
		return -STELE_E_LIMIT;
	e->table = table;
	e->slice = slice;
	e->nr_items = (uint32_t)n;
	e->items = malloc((n + 1) * sizeof(*e->items));
	e->first = malloc((n + 1) * sizeof(*e->first));
	e->hash = malloc((n + 1) * sizeof(*e->hash));
	room = malloc((n + 1) * sizeof(*room));
	if (e->items && e->first && e->hash && room) {
		read_items(e, hash, counter);
		rc = sort_items(e, room, plain ? table->common_bits : 0);
	}
	free(room);
	if (!rc)
		rc = group(e);
	if (!rc && e->nr > STELE_PLACE_MAX_ENTRIES)
		rc = -STELE_E_LIMIT;
	return rc;
}

void stele_entries_free(struct stele_entries *e)
{
	free(e->items);
	free(e->first);
	free(e->hash);
	memset(e, 0, sizeof(*e));
}

/* --------------------------------------------------------------- bytes */

/* Bytes of an item's value as it lies in a table, with its length. */
static uint64_t tail_bytes(const struct stele_bucket_table *t,
			   const struct stele_spilled *s)
{
	return t->record ? t->value_bytes : (uint64_t)(s->end - s->tail);
}

uint64_t stele_entry_bytes(const struct stele_entries *e, uint32_t k)
{
	const struct stele_bucket_table *t = e->table;
	uint32_t i = e->first[k], end = e->first[k + 1];
	struct stele_spilled s;
	uint64_t bytes;

	if (!t->multi && !t->record && e->items[i].len < STELE_ITEM_LONG)
		return e->items[i].len;
	parse(e, &e->items[i], &s);
	bytes = s.tail - (e->slice->bytes + e->items[i].off);
	if (!t->multi)
		return bytes + tail_bytes(t, &s);
	bytes += stele_varint_bytes(end - i);
	for (; i < end; i++) {
		parse(e, &e->items[i], &s);
		bytes += tail_bytes(t, &s);
	}
	return bytes;
}

static uint8_t *put(uint8_t *to, const uint8_t *from, size_t len)
{
	memcpy(to, from, len);
	return to + len;
}

uint8_t *stele_entry_write(const struct stele_entries *e, uint32_t k,
			   uint8_t *to)
{
	const struct stele_bucket_table *t = e->table;
	uint32_t i = e->first[k], end = t->multi ? e->first[k + 1] : i + 1;
	const uint8_t *from = e->slice->bytes + e->items[i].off;
	struct stele_spilled s;

	if (!t->multi && !t->record && e->items[i].len < STELE_ITEM_LONG)
		return put(to, from, e->items[i].len);
	parse(e, &e->items[i], &s);
	to = put(to, from, s.tail - from);
	if (t->multi)
		to += stele_varint_put(to, end - i);
	for (; i < end; i++) {
		parse(e, &e->items[i], &s);
		to = put(to, t->record ? s.value : s.tail, tail_bytes(t, &s));
	}
	return to;
}
