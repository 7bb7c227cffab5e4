/* SPDX-License-Identifier: MIT */
/*
 * What fills the samples, by file, and the cells they are written in.
 */
#ifndef SAMPLE_FILL_H
#define SAMPLE_FILL_H

#include <string.h>

#include <stele/stele.h>

static inline struct stele_cell sample_str(const char *text)
{
	return stele_cell_str(text, strlen(text));
}

static inline struct stele_cell sample_bytes(const void *p, size_t len)
{
	struct stele_cell c = stele_cell_str(p, len);

	c.type = STELE_TYPE_BYTES;
	return c;
}

static inline struct stele_cell sample_array(enum stele_type element,
					     const void *p, size_t len)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_ARRAY);

	c.element = (uint8_t)element;
	c.u.ptr = p;
	c.len = len;
	return c;
}

static inline struct stele_cell sample_dict(const struct stele_cell *pairs,
					    size_t nr_pairs)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_DICT);

	c.u.cells = pairs;
	c.len = nr_pairs;
	return c;
}

static inline struct stele_cell
sample_record(uint32_t record, const struct stele_cell *cells, size_t len)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_RECORD);

	c.record = record;
	c.u.cells = cells;
	c.len = len;
	return c;
}

/* sample_value.c */
extern const char sample_fields_schema[];
extern const char sample_nullable_schema[];
extern const char sample_cycle_schema[];
int sample_fill_empty(struct stele_builder *b, struct stele_error *err);
int sample_fill_fields(struct stele_builder *b, struct stele_error *err);
int sample_fill_values(struct stele_builder *b, struct stele_error *err);
int sample_fill_nullable(struct stele_builder *b, struct stele_error *err);
int sample_fill_dict(struct stele_builder *b, struct stele_error *err);
int sample_fill_cycle(struct stele_builder *b, struct stele_error *err);

/* sample_table.c */
extern const char sample_package_schema[];
extern const char sample_weak_schema[];
extern const char sample_filters_schema[];
extern const char sample_canonical_schema[];
int sample_fill_packages(struct stele_builder *b, struct stele_error *err);
int sample_fill_integers(struct stele_builder *b, struct stele_error *err);
int sample_fill_out_of_line(struct stele_builder *b, struct stele_error *err);
int sample_fill_canonical(struct stele_builder *b, struct stele_error *err);
int sample_fill_weak(struct stele_builder *b, struct stele_error *err);
int sample_fill_filters(struct stele_builder *b, struct stele_error *err);
int sample_fill_tables(struct stele_builder *b, struct stele_error *err);

/* sample_type.c */
extern const char sample_types_schema[];
extern const char sample_keys_schema[];
int sample_fill_types(struct stele_builder *b, struct stele_error *err);
int sample_fill_keys(struct stele_builder *b, struct stele_error *err);
int sample_fill_salted(struct stele_builder *b, struct stele_error *err);

/* sample_large.c */
int sample_fill_many_packages(struct stele_builder *b, struct stele_error *err);
int sample_fill_many_keys(struct stele_builder *b, struct stele_error *err);

#endif /* SAMPLE_FILL_H */
