// SPDX-License-Identifier: MIT
/*
 * Verifying a segment: the order of the checks, and the bytes that belong to
 * nothing else - padding, gaps, what is behind the trailer.
 */
#include "options.h"
#include "verify.h"

int stele_verify_progress(struct stele_verify *v, uint64_t bytes)
{
	uint64_t all = 2 * v->seg->len;

	v->done = bytes < all - v->done ? v->done + bytes : all;
	if (v->options.progress &&
	    v->options.progress(v->options.arg, v->done, all))
		return stele_fail(v->err, -ECANCELED, "verifying was ended");
	return 0;
}

int stele_verify_spend(struct stele_verify *v, uint64_t at, uint64_t steps)
{
	v->steps += steps;
	if (v->steps <= STELE_VERIFY_STEPS * v->seg->len)
		return 0;
	return stele_fail_at(v->err, -STELE_E_LIMIT, at, 0,
			     "verifying takes more than %u steps a byte: what "
			     "is shared is in too many keys or types",
			     STELE_VERIFY_STEPS);
}

uint64_t stele_verify_zeros(const struct stele_verify *v, uint64_t off,
			    uint64_t end)
{
	const uint8_t *base = v->seg->base;

	for (; off < end && off % 8; off++)
		if (base[off])
			return off;
	while (off + 8 <= end && !stele_load(v->seg, off))
		off += 8;
	while (off < end && !base[off])
		off++;
	return off;
}

static int verify_zeros(struct stele_verify *v, uint64_t off, uint64_t end,
			enum stele_invariant invariant)
{
	uint64_t at = stele_verify_zeros(v, off, end);

	return at == end ? 0 : stele_verify_broken(v, at, invariant);
}

/* What was copied and checked at open is what lies there still. */
static int verify_copies(struct stele_verify *v)
{
	const struct stele_segment *seg = v->seg;
	uint64_t trailer = seg->image_bytes - sizeof(seg->trailer);

	if (memcmp(seg->base, &seg->header, sizeof(seg->header)) != 0)
		return stele_verify_broken(v, 0, STELE_I_HEADER_CHECKSUM);
	if (memcmp(seg->base + trailer, &seg->trailer, sizeof(seg->trailer)) !=
	    0)
		return stele_verify_broken(v, trailer, STELE_I_TRAILER_LENGTH);
	return 0;
}

static int verify_between(struct stele_verify *v)
{
	const struct stele_segment *seg = v->seg;
	uint64_t end = STELE_FMT_BLOCK;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < seg->header.nr_sections; i++) {
		const struct stele_fmt_section *s = &seg->header.section[i];

		rc = verify_zeros(v, end, s->off, STELE_I_SECTION_GAP);
		end = s->off + s->len;
	}
	if (!rc)
		rc = verify_zeros(v, seg->len, seg->trailer.tree_off,
				  STELE_I_TRAILER_PADDING);
	if (!rc)
		rc = verify_zeros(v, seg->image_bytes, seg->home_bytes,
				  STELE_I_TRAILER_TAIL);
	return rc;
}

/* What is always resident is what every lookup needs. */
static int verify_hot(struct stele_verify *v)
{
	const struct stele_fmt_header *h = &v->seg->header;

	for (uint32_t i = 0; i < h->nr_sections; i++) {
		bool hot = h->section[i].flags & STELE_FMT_SECTION_F_HOT;

		if (h->section[i].kind <= STELE_FMT_SECTION_SCHEMA &&
		    hot != (h->section[i].kind >=
			    STELE_FMT_SECTION_TABLE_INDEX))
			return stele_verify_broken(
				v,
				offsetof(struct stele_fmt_header, section) +
					i * sizeof(h->section[0]),
				STELE_I_SECTION_FLAGS);
	}
	return 0;
}

static int verify_schema(struct stele_verify *v)
{
	const struct stele_segment *seg = v->seg;

	for (uint32_t i = 0; i < seg->header.nr_sections; i++) {
		const struct stele_fmt_section *s = &seg->header.section[i];

		if (s->kind != STELE_FMT_SECTION_SCHEMA)
			continue;
		if (s->len != v->schema->image_bytes ||
		    memcmp(seg->base + s->off, v->schema->image, s->len) != 0)
			return stele_verify_broken(v, s->off,
						   STELE_I_SCHEMA_SIZE);
		if (s->nr_items != v->schema->head->nr_records)
			return stele_verify_broken(v, s->off,
						   STELE_I_SECTION_ITEMS);
	}
	return 0;
}

/* The names of roots are strings; that they differ is a dict's business. */
static int verify_roots(struct stele_verify *v)
{
	uint64_t pos = v->seg->header.roots;
	struct stele_value roots, name, value;

	if (!pos)
		return 0;
	if (!stele_verify_is_start(v, pos) ||
	    stele_segment_roots(v->seg, &roots))
		return stele_verify_broken(
			v, offsetof(struct stele_fmt_header, roots),
			STELE_I_HEADER_ROOTS);
	for (uint64_t i = 0; i < roots.len; i++)
		if (stele_value_pair(&roots, i, &name, &value) ||
		    name.type != STELE_TYPE_STR || !name.len)
			return stele_verify_broken(v, pos + 8 + 16 * i,
						   STELE_I_HEADER_ROOT_NAME);
	return 0;
}

static int verify(struct stele_verify *v)
{
	int rc;

	rc = verify_copies(v);
	if (!rc)
		rc = stele_verify_digest(v);
	if (!rc)
		rc = verify_between(v);
	if (!rc)
		rc = verify_hot(v);
	if (!rc)
		rc = verify_schema(v);
	if (!rc)
		rc = stele_verify_mark(v);
	if (!rc)
		rc = stele_verify_objects(v);
	if (!rc)
		rc = verify_roots(v);
	if (!rc)
		rc = stele_verify_tables(v);
	if (!rc)
		rc = stele_verify_progress(v, UINT64_MAX);
	return rc;
}

int stele_segment_verify(const struct stele_segment *segment,
			 const struct stele_verify_options *options,
			 struct stele_error *err)
{
	struct stele_verify v = {
		.seg = segment,
		.schema = segment->schema,
		.err = err,
	};
	int rc;

	rc = stele_options_read(&v.options, sizeof(v.options), options, err);
	if (rc)
		return rc;
	if (v.options.zero)
		return stele_fail(err, -EINVAL,
				  "reserved bytes of the options are not zero");
	rc = verify(&v);
	free(v.starts);
	free(v.typed);
	free(v.nr_keyed);
	free(v.first_table);
	free(v.next_table);
	free(v.encodings);
	free(v.again.slots);
	stele_buffer_free(&v.walk);
	stele_buffer_free(&v.key);
	return rc;
}
