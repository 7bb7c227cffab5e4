/* SPDX-License-Identifier: MIT */
/*
 * Rows of an input to calls of the builder: the schema says what each value must
 * be, stele-json(5) how it is spelled.
 *
 * rows.c has records and rows, cell.c the scalars of declared types, tagged.c
 * values that carry their type, content.c what holds other values, ndarray_in.c
 * arrays of several axes, shared.c objects that are shared.
 */
#ifndef STELE_TOOLS_ROWS_H
#define STELE_TOOLS_ROWS_H

#include <stele/builder.h>

#include "arena.h"
#include "idmap.h"
#include "json_in.h"

struct rows_field {
	struct stele_str name;
	uint32_t type;
	bool nullable;
	bool required; /* neither optional nor with a default */
};

struct rows_record {
	struct stele_str name;
	struct rows_field *fields;
	uint32_t nr_fields;
	uint32_t *slots; /* field + 1 by hash of its name */
	uint32_t mask;
};

struct rows_type {
	struct stele_type_info info;
	uint32_t key; /* REF: type of the field that is the key */
};

/* Where in a row a value is. */
struct trail {
	const struct trail *up; /* NULL: the row */
	struct stele_str key; /* ptr NULL: index */
	uint64_t index;
};

/* What is in a value, and what says of which types that is. */
struct content {
	/* RECORD, LIST, TUPLE, SET, DICT, ARRAY, NDARRAY, USER */
	enum stele_type type;
	/* the schema's record; else the declared type, ROWS_NONE: what is in it
	 * carries its type */
	uint32_t number;
	enum stele_type element; /* ARRAY, NDARRAY */
	struct stele_str name; /* USER */
	/* RECORD, NDARRAY: the object; DICT: the object or the array of pairs;
	 * USER: the text; else the array of items */
	const struct json_node *node;
};

/* A shared object that is filled once what it refers to is laid down. */
struct rows_unfilled {
	struct rows_unfilled *next;
	struct content content;
	uint64_t id;
};

struct key_maker;

struct rows {
	struct stele_builder *builder; /* NULL: keys are mapped */
	struct key_maker *maker; /* of keys: makes references their rows */
	const struct stele_schema *schema;
	struct rows_record *records;
	uint32_t nr_records;
	struct rows_type *types;
	uint32_t nr_types;
	uint32_t record; /* of rows that do not say which */
	struct json_parser *parser; /* of cells that are JSON; NULL: none yet */
	uint64_t nr_rows; /* added or reserved so far */

	/* the row at hand */
	struct arena *arena;
	uint64_t offset; /* of its text in the input */
	struct stele_error *err;
	uint64_t number; /* of the row, as the builder counts */
	struct idmap ids; /* "$id" of all rows */
	struct rows_unfilled *unfilled;
	bool met_open; /* a "$ref" to an object that is not laid down yet */
	unsigned depth; /* arrays and objects that are open */
	bool untyped; /* in a shared object, of which nobody knows the type */
};

#define ROWS_NONE UINT32_MAX
#define ROWS_MAX_DEPTH 512u /* of arrays and objects, the row's included */

/*
 * Prepare for a schema that outlives *rows, as the builder does; NULL: values
 * are mapped only, and none is shared.  -ENOMEM; -STELE_E_SCHEMA where the
 * schema cannot be read.
 */
int rows_create(struct stele_builder *builder,
		const struct stele_schema *schema, uint32_t record,
		struct rows **rows);
void rows_free(struct rows *rows);

/*
 * Add one row.  Errors of the row have its JSON path in the reason and the
 * offset of the value in the row's text; others are the builder's.
 */
int rows_add(struct rows *rows, struct arena *arena,
	     const struct json_node *row, uint64_t offset,
	     struct stele_error *err);

/* Map values of no row from here on, until the next row. */
void rows_begin(struct rows *rows, struct arena *arena,
		struct stele_error *err);

/* ------------------------------------------------- between the files */

/* Refuse a value: fills rows->err.  Returns the code. */
int rows_fail(struct rows *rows, int code, const struct json_node *node,
	      const struct trail *trail, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
int rows_no_memory(struct rows *rows);
/* The builder's refusal in rows->err gets the place. */
int rows_refused(struct rows *rows, int code, const struct json_node *node,
		 const struct trail *trail);

/* Add the row at hand. */
int rows_lay(struct rows *rows, const struct json_node *row, uint32_t record,
	     const struct stele_cell *cells, const struct trail *top);

/* The cells of a record's fields, in the arena. */
int rows_fields(struct rows *rows, const struct json_node *object,
		uint32_t record, const struct trail *trail,
		struct stele_cell **cells);

/* cell.c: the value of a declared type. */
int cell_typed(struct rows *rows, const struct json_node *node, uint32_t type,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell);
/* The same, or of any type where `type` is ROWS_NONE. */
int cell_value(struct rows *rows, const struct json_node *node, uint32_t type,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell);

/* One element of an array at `at`, of a fixed-width type. */
int cell_element(struct rows *rows, const struct json_node *node,
		 enum stele_type element, const struct trail *trail, char *at);
/* Text that is base64: bytes. */
int cell_bytes(struct rows *rows, const struct json_node *node,
	       const struct trail *trail, struct stele_cell *cell);
/* A number, bool or text of a declared scalar type. */
int cell_scalar(struct rows *rows, const struct json_node *node,
		enum stele_type type, const struct trail *trail,
		struct stele_cell *cell);
/* A cell of CSV that is JSON, as a tree. */
int cell_parse(struct rows *rows, const struct json_node *cell,
	       const struct trail *trail, struct json_node **node);
/* "a number where list is declared" */
int cell_wrong_kind(struct rows *rows, const struct json_node *node,
		    enum stele_type type, const struct trail *trail);

/* tagged.c: a value that carries its type. */
int cell_any(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell);

/* A value of a declared type that holds others, shared or not. */
int cell_content(struct rows *rows, const struct json_node *node, uint32_t type,
		 const struct trail *trail, struct stele_cell *cell);

/* The object of a {"$ref": N}; `found` false where the node is none. */
int cell_ref(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell, bool *found);

/* {"$type": "f64", "value": "NaN"} and the like. */
int cell_tagged_f64(struct rows *rows, const struct json_node *node,
		    const struct trail *trail, double *f);

/* A row with "$id" or "$type". */
int tagged_row(struct rows *rows, const struct json_node *row);

/* content.c: the cells in the arena, of what is no array and no user type. */
int content_cells(struct rows *rows, const struct content *content,
		  const struct trail *trail, struct stele_cell **cells,
		  size_t *len);
/* The pairs of a dict. */
uint64_t content_nr_pairs(const struct content *content);
/* The value. */
int content_cell(struct rows *rows, const struct content *content,
		 const struct trail *trail, struct stele_cell *cell);

/* ndarray_in.c: the same of an array of several axes. */
int ndarray_cell(struct rows *rows, const struct json_node *node,
		 enum stele_type element, const struct trail *trail,
		 struct stele_cell *cell);

/* An object taken apart. */
struct tagged {
	const struct json_node *type;
	const struct json_node *id;
	const struct json_node *ref;
	const struct json_node *other; /* the only further member, or NULL */
	size_t nr_others;
};

int tagged_take_apart(struct rows *rows, const struct json_node *object,
		      const struct trail *trail, struct tagged *tagged);

/* The record of a "$type" that says "record NAME"; ROWS_NONE: another, none. */
int tagged_named_record(struct rows *rows, const struct json_node *type,
			const struct trail *trail, uint32_t *record);

/*
 * shared.c: the object that a "$ref" means; `declared`: of which the type will be
 * proved.
 */
int shared_refer(struct rows *rows, const struct json_node *node,
		 const struct tagged *tagged, bool declared,
		 const struct trail *trail, struct stele_cell *cell);

/* The object that defines its "$id" here. */
int shared_define(struct rows *rows, const struct json_node *object,
		  const struct tagged *tagged, const struct content *content,
		  const struct trail *trail, struct stele_cell *cell);

/* A row with "$id". */
int shared_fill_row(struct rows *rows, const struct json_node *row,
		    const struct tagged *tagged, uint32_t record,
		    const struct trail *top);
/* Fill what had to wait for the row. */
int shared_finish_row(struct rows *rows);

#endif /* STELE_TOOLS_ROWS_H */
