// SPDX-License-Identifier: MIT
/*
 * Verifying the body of a record: every field is of its declared type, absent
 * fields are zero, and so is what no field has.  The schema's check has proved
 * that fields and bitmaps lie where the layout rule puts them, so the only bytes
 * without an owner are those behind the bitmaps.
 */
#include "verify.h"

static bool bit_at(const struct stele_verify *v, uint64_t pos, uint32_t off,
		   uint32_t bit)
{
	return bit != STELE_FMT_NONE &&
	       v->seg->base[pos + off + bit / 8] >> bit % 8 & 1;
}

static int verify_raw(struct stele_verify *v, uint64_t pos,
		      const struct stele_fmt_record *r,
		      const struct stele_fmt_field *f, unsigned kind)
{
	uint64_t at = pos + f->off, end = at + stele_type_width(kind);
	bool null = bit_at(v, pos, r->null_off, f->null_bit);
	bool unset = bit_at(v, pos, r->unset_off, f->unset_bit);

	if (null && unset)
		return stele_verify_broken(v, at, STELE_I_RECORD_BITS);
	if (null || unset) {
		if (stele_verify_zeros(v, at, end) != end)
			return stele_verify_broken(v, at,
						   STELE_I_RECORD_ABSENT);
		return 0;
	}
	if (stele_verify_raw(v, kind, v->seg->base + at))
		return 0;
	return stele_verify_broken(v, at,
				   kind == STELE_TYPE_BOOL ?
					   STELE_I_FIELD_BOOL :
					   STELE_I_FIELD_TIME);
}

static int verify_field(struct stele_verify *v, uint64_t pos,
			const struct stele_fmt_record *r,
			const struct stele_fmt_field *f)
{
	unsigned kind = v->schema->types[f->type].kind;
	uint64_t at = pos + f->off, word;
	int rc;

	if (!stele_type_is_word(kind))
		return verify_raw(v, pos, r, f, kind);
	word = stele_load(v->seg, at);
	if (word == STELE_FMT_UNSET) {
		if (f->flags & STELE_FMT_FIELD_F_OPTIONAL)
			return 0;
		return stele_verify_broken(v, at, STELE_I_FIELD_UNSET);
	}
	rc = stele_verify_word(v, at, word);
	if (!rc)
		rc = stele_verify_typed(v, at, word, f->type,
					f->flags & STELE_FMT_FIELD_F_NULLABLE);
	return rc;
}

/* Count a bitmap's bits and prove those behind them zero; gives its end. */
static int verify_bitmap(struct stele_verify *v, uint64_t pos, uint32_t off,
			 uint32_t nr_bits, uint32_t *end)
{
	uint64_t last = pos + off + nr_bits / 8;

	if (!off)
		return 0;
	*end = off + (nr_bits + 7) / 8;
	if (nr_bits % 8 && v->seg->base[last] >> nr_bits % 8)
		return stele_verify_broken(v, last, STELE_I_RECORD_GAP);
	return 0;
}

int stele_verify_record(struct stele_verify *v, uint64_t pos, uint32_t record)
{
	const struct stele_fmt_record *r = &v->schema->records[record];
	const struct stele_fmt_field *fields =
		&v->schema->fields[r->first_field];
	uint32_t nr_null = 0, nr_unset = 0, end = 8;
	uint64_t gap;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < r->nr_fields; i++) {
		const struct stele_fmt_field *f = &fields[i];
		unsigned kind = v->schema->types[f->type].kind;
		uint32_t width = stele_type_is_word(kind) ?
					 8 :
					 (uint32_t)stele_type_width(kind);

		nr_null += f->null_bit != STELE_FMT_NONE;
		nr_unset += f->unset_bit != STELE_FMT_NONE;
		if (f->off + width > end)
			end = f->off + width;
		rc = verify_field(v, pos, r, f);
	}
	if (!rc)
		rc = verify_bitmap(v, pos, r->null_off, nr_null, &end);
	if (!rc)
		rc = verify_bitmap(v, pos, r->unset_off, nr_unset, &end);
	if (rc)
		return rc;
	gap = stele_verify_zeros(v, pos + end, pos + r->body_bytes);
	if (gap != pos + r->body_bytes)
		return stele_verify_broken(v, gap, STELE_I_RECORD_GAP);
	return 0;
}
