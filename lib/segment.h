/* SPDX-License-Identifier: MIT */
/*
 * An open segment: the mapping, private copies of what was checked at open, and
 * what the home promises.  Everything in it is written by open and never again.
 */
#ifndef STELE_SEGMENT_PRIVATE_H
#define STELE_SEGMENT_PRIVATE_H

#include <stele/segment.h>

#include "format.h"
#include "map.h"
#include "schema.h"

struct stele_heap {
	uint64_t off;
	uint64_t len;
};

struct stele_segment {
	const uint8_t *base; /* first byte of the image */
	uint64_t len; /* L: the bound of every access */
	uint64_t image_bytes; /* with tree and trailer */
	uint64_t home_bytes; /* readable at base; behind the image zeros */
	struct stele_fmt_header header; /* the copy that was checked */
	struct stele_fmt_trailer trailer;
	struct stele_schema *schema; /* never NULL */
	struct stele_map *maps;
	uint32_t nr_maps;
	uint32_t nr_heaps;
	struct stele_heap heaps[STELE_FMT_MAX_SECTIONS];

	/* the home */
	enum stele_home home;
	enum stele_seal seal;
	bool stable;
	bool has_file_digest;
	uint8_t file_digest[32];
	uint32_t owner;
	uint32_t mode;
	char *path; /* owned, NULL for a descriptor */
	void *mapping; /* what munmap gets */
	size_t mapping_bytes;
	int fd; /* ours, close-on-exec */
};

/*
 * Check header, version, features, bounds, section table and trailer of an image
 * in home_bytes readable bytes at base, a multiple of 64; fill everything but
 * the home.  Used by every home and by tests on plain memory.
 */
int stele_segment_attach(struct stele_segment *segment, const uint8_t *base,
			 uint64_t home_bytes, struct stele_error *err);
void stele_segment_detach(struct stele_segment *segment);

/* Eight bytes of the image, loaded once, however the image changes. */
static inline uint64_t stele_load(const struct stele_segment *seg, uint64_t pos)
{
	return __atomic_load_n(
		(const uint64_t *)(const void *)(seg->base + pos),
		__ATOMIC_RELAXED);
}

/* Eight bytes at any alignment: for entries of tables. */
static inline uint64_t stele_load_unaligned(const void *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* Whether [pos, pos + len) lies inside the sealed bytes. */
static inline bool stele_inside(const struct stele_segment *seg, uint64_t pos,
				uint64_t len)
{
	return pos <= seg->len && len <= seg->len - pos;
}

/*
 * Decode a value word that was loaded from `at` (its address, where the bytes of
 * a short string lie).  Proves all bounds.  -STELE_E_FORMAT.
 */
int stele_value_decode(const struct stele_segment *seg, uint64_t word,
		       const void *at, struct stele_value *value);

/*
 * Decode a raw element of a type that has a width at `at`, any alignment, proved
 * to be readable.  The bytes of a UUID stay there.
 */
void stele_value_raw(const struct stele_segment *seg, unsigned type,
		     const void *at, struct stele_value *value);

/*
 * The size of the object at pos (multiple of 8), head and padding included, and
 * its head as it was loaded; proves that it lies inside [0, L).
 */
int stele_object_size(const struct stele_segment *seg, uint64_t pos,
		      uint64_t *head, uint64_t *size);

#endif /* STELE_SEGMENT_PRIVATE_H */
