// SPDX-License-Identifier: MIT
/*
 * The probes of map_probe.h over bytes that are read when they are wanted: index
 * and separators are still in memory, a bucket or a pair of lines is one read or
 * two.
 */
#include "builder_lookup.h"

#include "map_probe.h"
#include "output.h"

void stele_lookup_init(struct stele_lookup *l, struct stele_output *out,
		       const struct stele_map_build_result *table)
{
	static const uint8_t none[1];
	const uint8_t *index = table->index.ptr ? table->index.ptr : none;

	memset(l, 0, sizeof(*l));
	l->out = out;
	l->number = UINT64_MAX;
	stele_map_attach_raw(NULL, &table->fmt, NULL,
			     index + table->fmt.separators_off,
			     index + table->fmt.partitions_off, &l->map);
}

void stele_lookup_free(struct stele_lookup *l)
{
	stele_buffer_free(&l->bucket);
	stele_buffer_free(&l->run);
}

/* `len` bytes of the output, with room for `more` behind them. */
static int read_into(struct stele_lookup *l, struct stele_buffer *buffer,
		     uint64_t off, size_t len, size_t more)
{
	int rc = stele_buffer_reserve(buffer, len + more);

	return rc ? rc : stele_output_read(l->out, off, buffer->ptr, len);
}

static int read_bucket(struct stele_lookup *l, uint64_t number)
{
	size_t bytes = (size_t)1 << l->map.bucket_log2;
	int rc;

	if (number == l->number)
		return 0;
	l->number = UINT64_MAX;
	rc = read_into(l, &l->bucket,
		       l->map.fmt.data_off + (number << l->map.bucket_log2),
		       bytes, STELE_PROBE_TAGS);
	if (!rc)
		l->number = number;
	return rc;
}

/* Entry i of the bucket at hand; -STELE_E_ABSENT where it has another hash. */
static int read_entry(struct stele_lookup *l, const struct stele_bucket *b,
		      uint32_t i, uint64_t hash, struct stele_entry *e)
{
	uint32_t offset = stele_bucket_offset(b, i);
	struct stele_fmt_overflow out;
	int rc;

	if (!(offset & STELE_FMT_BUCKET_OUT)) {
		e->at = b->at + offset;
		e->end = b->at + b->bytes;
		return 0;
	}
	memcpy(&out, b->at + (offset & ~STELE_FMT_BUCKET_OUT), sizeof(out));
	if (out.hash != hash)
		return -STELE_E_ABSENT;
	rc = read_into(l, &l->run, out.off, out.len, 0);
	e->at = l->run.ptr;
	e->end = l->run.ptr + out.len;
	return rc;
}

/* The entry of a key in the bucket at hand, its key taken. */
static int search_bucket(struct stele_lookup *l,
			 const struct stele_place *place, const void *key,
			 size_t len, struct stele_entry *e)
{
	struct stele_bucket b = stele_bucket_at(&l->map, place->bucket);
	const uint8_t *stored;
	uint64_t stored_len;

	for (uint32_t base = 0; base < b.count; base += STELE_PROBE_TAGS)
		for (uint32_t mask = stele_bucket_tags(&b, base, place->tag);
		     mask; mask &= mask - 1) {
			int rc = read_entry(l, &b, base + __builtin_ctz(mask),
					    place->hash, e);

			if (rc == -STELE_E_ABSENT)
				continue;
			if (rc)
				return rc;
			if (stele_entry_key(&l->map, e, &stored, &stored_len) &&
			    stored_len == len &&
			    stele_entry_equal(stored, key, len))
				return 0;
		}
	return -STELE_E_ABSENT;
}

static int in_buckets(struct stele_lookup *l, const void *key, size_t len,
		      struct stele_entry *e)
{
	uint64_t h = stele_hash_bytes(key, len, l->map.seed), number;
	struct stele_place place;
	int rc = stele_probe_number(&l->map, h, key, len, &number, &place);

	if (!rc)
		rc = read_bucket(l, number);
	if (rc)
		return rc;
	place.bucket = l->bucket.ptr;
	return search_bucket(l, &place, key, len, e);
}

/* The value is copied to *value, for the lines are not kept. */
static int in_lines(struct stele_lookup *l, uint64_t key, uint64_t *value)
{
	uint64_t h = stele_hash_u64(key, l->map.seed), first;
	struct stele_fmt_line line[2] __attribute__((aligned(64)));
	const uint64_t *slot;
	uint32_t at[2];
	int rc = 0;

	first = stele_hash_range(h >> 32, l->map.nr_partitions) *
		l->map.group_lines;
	stele_probe_lines_of(h, (uint32_t)l->map.group_lines, &at[0], &at[1]);
	for (int i = 0; !rc && i < 2; i++)
		rc = stele_output_read(
			l->out, l->map.fmt.data_off + (first + at[i]) * 64,
			&line[i], sizeof(line[i]));
	if (rc)
		return rc;
	slot = stele_probe_slot(&l->map, &line[0], &line[1], key);
	if (!slot)
		return -STELE_E_ABSENT;
	*value = *slot;
	return 0;
}

int stele_lookup_row(struct stele_lookup *l, const void *key, size_t len,
		     uint64_t *pos)
{
	uint64_t word, eighth = 0;
	struct stele_entry e = { NULL, NULL };
	const uint8_t *at;
	int rc;

	if (!l->map.nr_partitions)
		return -STELE_E_ABSENT;
	if (l->map.kind == STELE_FMT_TABLE_INTEGER) {
		memcpy(&word, key, sizeof(word));
		rc = in_lines(l, word, &word);
		e.at = (const uint8_t *)&word;
		e.end = e.at + sizeof(word);
	} else {
		rc = in_buckets(l, key, len, &e);
	}
	if (!rc && !stele_entry_take(&e, l->map.value_bytes, &at))
		rc = -STELE_E_FORMAT;
	if (rc)
		return rc;
	memcpy(&eighth, at, l->map.value_bytes);
	*pos = eighth * 8;
	return 0;
}
