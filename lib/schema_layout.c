// SPDX-License-Identifier: MIT
/*
 * The layout of record bodies: widest first, stable.  So every field lies at a
 * multiple of its width, one of 16 bytes at one of 8, and a body has no gaps but
 * the last bytes.
 */
#include "schema_layout.h"

static uint32_t width_of(const struct stele_fmt_type *type)
{
	return stele_type_is_word(type->kind) ?
		       8 :
		       (uint32_t)stele_type_width(type->kind);
}

/* Number the raw fields that have a flag; gives the bytes of their bitmap. */
static uint32_t number_bits(const struct stele_fmt_record *record,
			    struct stele_fmt_field *fields,
			    const struct stele_fmt_type *types, uint32_t flag)
{
	uint32_t nr = 0, i;

	for (i = 0; i < record->nr_fields; i++) {
		struct stele_fmt_field *field = &fields[i];
		uint32_t bit = STELE_FMT_NONE;

		if (field->flags & flag &&
		    !stele_type_is_word(types[field->type].kind))
			bit = nr++;
		if (flag == STELE_FMT_FIELD_F_NULLABLE)
			field->null_bit = bit;
		else
			field->unset_bit = bit;
	}
	return (nr + 7) / 8;
}

void stele_schema_lay_out(struct stele_fmt_record *record,
			  struct stele_fmt_field *fields,
			  const struct stele_fmt_type *types)
{
	uint32_t off = 8, width, bytes, i;

	for (width = 16; width; width /= 2) {
		for (i = 0; i < record->nr_fields; i++) {
			if (width_of(&types[fields[i].type]) != width)
				continue;
			fields[i].off = off;
			off += width;
		}
	}
	bytes = number_bits(record, fields, types, STELE_FMT_FIELD_F_NULLABLE);
	record->null_off = bytes ? off : 0;
	off += bytes;
	bytes = number_bits(record, fields, types, STELE_FMT_FIELD_F_OPTIONAL);
	record->unset_off = bytes ? off : 0;
	off += bytes;
	record->body_bytes = (off + 7) / 8 * 8;
}
