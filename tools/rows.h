/* SPDX-License-Identifier: MIT */
/*
 * Rows of an input to calls of the builder: the schema says what each value must
 * be, stele-json(5) how it is spelled.
 *
 * rows.c has records and rows, cell.c the values of declared types, tagged.c
 * values that carry their type, shared.c objects that are shared.
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

/* A shared list or record that is filled once the row is laid down. */
struct rows_unfilled {
	struct rows_unfilled *next;
	const struct json_node *node;
	struct stele_handle handle;
	uint32_t record; /* UINT32_MAX: a list */
};

struct rows {
	struct stele_builder *builder;
	const struct stele_schema *schema;
	struct rows_record *records;
	uint32_t nr_records;
	struct rows_type *types;
	uint32_t nr_types;
	uint32_t record; /* of rows that do not say which */

	/* the row at hand */
	struct arena *arena;
	uint64_t offset; /* of its text in the input */
	struct stele_error *err;
	struct idmap ids; /* "$id" of all rows */
	struct rows_unfilled *unfilled;
	bool met_open; /* a "$ref" to an object that is not laid down yet */
};

#define ROWS_NONE UINT32_MAX

/*
 * Prepare for a schema that outlives *rows, as the builder does.  -ENOMEM;
 * -STELE_E_SCHEMA where it cannot be read.
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

/* ------------------------------------------------- between the files */

/* Refuse a value: fills rows->err.  Returns the code. */
int rows_fail(struct rows *rows, int code, const struct json_node *node,
	      const struct trail *trail, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
int rows_no_memory(struct rows *rows);
/* The builder's refusal in rows->err gets the place. */
int rows_refused(struct rows *rows, int code, const struct json_node *node,
		 const struct trail *trail);

/* The cells of a record's fields, in the arena. */
int rows_fields(struct rows *rows, const struct json_node *object,
		uint32_t record, const struct trail *trail,
		struct stele_cell **cells);

/* cell.c: the value of a declared type. */
int cell_typed(struct rows *rows, const struct json_node *node, uint32_t type,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell);

/* One element of an array at `at`, of a fixed-width type. */
int cell_element(struct rows *rows, const struct json_node *node,
		 enum stele_type element, const struct trail *trail, char *at);
/* A whole array. */
int cell_array(struct rows *rows, const struct json_node *list,
	       enum stele_type element, const struct trail *trail,
	       struct stele_cell *cell);
/* Text that is base64. */
int cell_bytes(struct rows *rows, const struct json_node *node,
	       const struct trail *trail, struct stele_cell *cell);
/* A number, string, bool or calendar text of a declared scalar type. */
int cell_scalar(struct rows *rows, const struct json_node *node,
		enum stele_type type, const struct trail *trail,
		struct stele_cell *cell);

/* tagged.c: a value that carries its type. */
int cell_any(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell);
/* The items of an array, each of any type, in the arena. */
int cell_items(struct rows *rows, const struct json_node *list,
	       const struct trail *trail, struct stele_cell **cells);

/* A record that stands there, is shared ("$id") or was met before ("$ref"). */
int cell_record(struct rows *rows, const struct json_node *node,
		uint32_t record, const struct trail *trail,
		struct stele_cell *cell);

/* The object of a {"$ref": N}; `found` false where the node is none. */
int cell_ref(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell, bool *found);

/* {"$type": "f64", "value": "NaN"} and the like. */
int cell_tagged_f64(struct rows *rows, const struct json_node *node,
		    const struct trail *trail, double *f);

/* A row with "$id" or "$type". */
int tagged_row(struct rows *rows, const struct json_node *row);

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
 * shared.c: begin the object that defines its "$id" here.  `again`: it was laid
 * down before, as part of one that had to wait, and *cell refers to it.
 */
int shared_define(struct rows *rows, const struct json_node *object,
		  const struct tagged *tagged, const struct trail *trail,
		  uint64_t *id, bool *again, struct stele_cell *cell);
/* It is laid down: *cell refers to it from now on. */
void shared_know(struct rows *rows, uint64_t id, struct stele_handle handle,
		 struct stele_cell *cell);

/* The object that a "$ref" means. */
int shared_refer(struct rows *rows, const struct json_node *node,
		 const struct tagged *tagged, const struct trail *trail,
		 struct stele_cell *cell);

/*
 * Lay down the record, or (ROWS_NONE) the list whose items are in `object`, that
 * has begun under that id.
 */
int shared_reserve(struct rows *rows, const struct json_node *object,
		   uint32_t record, const struct trail *trail, uint64_t id,
		   struct stele_cell *cell);

/* A row with "$id". */
int shared_fill_row(struct rows *rows, const struct json_node *row,
		    const struct tagged *tagged, uint32_t record,
		    const struct trail *top);
/* Fill what had to wait for the row. */
int shared_finish_row(struct rows *rows);

#endif /* STELE_TOOLS_ROWS_H */
