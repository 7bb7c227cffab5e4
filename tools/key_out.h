/* SPDX-License-Identifier: MIT */
/*
 * Keys as text, in the forms that key.c reads: what is printed finds the key
 * again.
 */
#ifndef STELE_TOOLS_KEY_OUT_H
#define STELE_TOOLS_KEY_OUT_H

#include "json_out.h"
#include "key_type.h"

/*
 * A key that stele_map_next() gave, as JSON in the form of its declared type, of
 * several fields as an array.  Codes as of json_out_value().
 */
int key_out_json(struct json_out *json, const struct key_types *types,
		 const struct stele_value *key, struct stele_error *err);

/* The same as a word of the command line. */
int key_out_word(struct json_out *json, const struct key_types *types,
		 const struct stele_value *key, struct stele_error *err);

/* A dict's key, of a declared type or KEY_TYPE_NONE, as a step of a path. */
int key_out_step(struct json_out *json, const struct stele_value *key,
		 uint32_t type, struct stele_error *err);

#endif /* STELE_TOOLS_KEY_OUT_H */
