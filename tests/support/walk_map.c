// SPDX-License-Identifier: MIT
/*
 * Walking a table: all keys by the cursor, each looked up in every way that
 * there is, its values walked; then keys of all types, most of them absent.
 */
#include "walk.h"

#include <string.h>

#define BATCH 40u /* more than one group of get_many */
#define MAX_MATCHES 40u
#define MAX_NAME 256u

static void walk_info(struct walk *w, const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	char name[MAX_NAME];

	if (!walk_called(w, stele_map_info(map, &info), "stele_map_info"))
		return;
	walk_touch(w, info.name.ptr, info.name.len);
	if (!info.name.len || info.name.len >= sizeof(name))
		return;
	memcpy(name, info.name.ptr, info.name.len);
	name[info.name.len] = '\0';
	if (strlen(name) == info.name.len &&
	    stele_segment_map(w->segment, name) != map)
		walk_fault(w, 0, "stele_segment_map");
}

static void walk_matches(struct walk *w, struct stele_matches *matches)
{
	struct stele_value value;
	int rc = 0;

	for (unsigned i = 0; i < MAX_MATCHES && walk_goes_on(w); i++) {
		rc = stele_matches_next(matches, &value);
		if (!walk_called(w, rc, "stele_matches_next"))
			break;
		walk_value(w, &value, WALK_DEPTH - 4);
	}
	if (rc == -STELE_E_ABSENT && matches->done != matches->len)
		walk_fault(w, rc, "stele_matches_next ends early");
}

/* ---------------------------------------------- a key that the table has */

/* What is listed is found: absent is a fault as broken bytes are. */
static bool found(struct walk *w, int rc, const char *what)
{
	if (rc && rc != -STELE_E_FORMAT)
		walk_fault(w, rc, what);
	return walk_called(w, rc, what);
}

static int get_typed(const struct stele_map *map, const struct stele_value *key,
		     struct stele_value *value)
{
	switch (key->type) {
	case STELE_TYPE_I64:
		return stele_map_get_i64(map, key->u.i, value);
	case STELE_TYPE_U64:
		return stele_map_get_u64(map, key->u.u, value);
	default:
		return stele_map_get_str(map, key->u.ptr, key->len, value);
	}
}

static int find_typed(const struct stele_map *map,
		      const struct stele_value *key,
		      struct stele_matches *matches)
{
	switch (key->type) {
	case STELE_TYPE_I64:
		return stele_map_find_i64(map, key->u.i, matches);
	case STELE_TYPE_U64:
		return stele_map_find_u64(map, key->u.u, matches);
	default:
		return stele_map_find_str(map, key->u.ptr, key->len, matches);
	}
}

static void look_up(struct walk *w, const struct stele_map *map,
		    const struct stele_map_info *info,
		    const struct stele_value *key)
{
	struct stele_matches matches;
	struct stele_value value;

	if (found(w, find_typed(map, key, &matches), "stele_map_find_*"))
		walk_matches(w, &matches);
	found(w, stele_map_find(map, key, 1, &matches), "stele_map_find");
	if (info->multi)
		return;
	found(w, get_typed(map, key, &value), "stele_map_get_*");
	found(w, stele_map_get(map, key, 1, &value), "stele_map_get");
}

/* --------------------------------------------------------- many at once */

static int get_many(const struct stele_map *map, const struct stele_value *keys,
		    size_t n, struct stele_value *values)
{
	struct stele_str strs[BATCH];
	uint64_t words[BATCH];

	for (size_t i = 0; i < n; i++) {
		strs[i].ptr = keys[i].u.ptr;
		strs[i].len = keys[i].len;
		words[i] = keys[i].u.u;
	}
	switch (keys[0].type) {
	case STELE_TYPE_I64:
		return stele_map_get_many_i64(map, (const int64_t *)words, n,
					      values);
	case STELE_TYPE_U64:
		return stele_map_get_many_u64(map, words, n, values);
	default:
		return stele_map_get_many_str(map, strs, n, values);
	}
}

static void look_up_many(struct walk *w, const struct stele_map *map,
			 const struct stele_value *keys, size_t n)
{
	struct stele_value values[BATCH];
	int rc = get_many(map, keys, n, values);

	if (!walk_called(w, rc, "stele_map_get_many_*"))
		return;
	for (size_t i = 0; i < n; i++) {
		if (values[i].type == STELE_TYPE_ABSENT)
			walk_fault(w, 0, "stele_map_get_many_* misses a key");
		walk_value(w, &values[i], WALK_DEPTH - 1);
	}
}

/* ----------------------------------------------------- keys by the dozen */

/* All types of keys, for tables of all types. */
static void walk_odd_keys(struct walk *w, const struct stele_map *map)
{
	static const char text[] = "no such key, and a rather long one";
	struct stele_str strs[2] = { { text, 34 }, { text, 0 } };
	struct stele_value keys[] = {
		{ .type = STELE_TYPE_I64, .u.i = -1 },
		{ .type = STELE_TYPE_U64, .u.u = UINT64_MAX },
		{ .type = STELE_TYPE_F64, .u.f = 7.0 },
		{ .type = STELE_TYPE_F64, .u.f = __builtin_nan("") },
		{ .type = STELE_TYPE_BOOL, .u.b = true },
		{ .type = STELE_TYPE_DATE, .u.i = 20000 },
		{ .type = STELE_TYPE_STR, .len = 34, .u.ptr = text },
		{ .type = STELE_TYPE_BYTES, .len = 7, .u.ptr = text },
		{ .type = STELE_TYPE_BIGINT, .len = 20, .u.ptr = text },
		{ .type = STELE_TYPE_LIST },
		{ .type = STELE_TYPE_NULL },
	};
	const uint64_t words[3] = { 0, 1, UINT64_MAX };
	struct stele_value values[3];
	struct stele_matches m;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		walk_called(w, stele_map_get(map, &keys[i], 1, values), "get");
		walk_called(w, stele_map_find(map, keys, 1 + i, &m), "find");
	}
	walk_called(w, stele_map_find(map, keys, 0, &m), "find no keys");
	walk_called(w, stele_map_get_many_str(map, strs, 2, values), "many");
	walk_called(w, stele_map_get_many_u64(map, words, 3, values), "many");
	walk_called(w,
		    stele_map_get_many_i64(map, (const int64_t *)words, 3,
					   values),
		    "many");
}

static void walk_key(struct walk *w, const struct stele_value *key)
{
	uint64_t points;

	if (key->type != STELE_TYPE_STR && key->type != STELE_TYPE_BYTES)
		return;
	walk_touch(w, key->u.ptr, key->len);
	if (key->type == STELE_TYPE_STR)
		walk_called(w, stele_value_code_points(key, &points),
			    "a key's code points");
}

static void walk_part(struct walk *w, const struct stele_key *key)
{
	uint64_t points;

	if (key->type == STELE_TYPE_STR)
		walk_called(w, stele_value_code_points(&key->value, &points),
			    "a part's code points");
	else if (key->value.len)
		walk_touch(w, key->value.u.ptr, key->value.len);
	walk_touch(w, key->name.ptr, key->name.len);
	walk_touch(w, key->bytes.ptr, key->bytes.len);
}

/* An encoding: its parts, and theirs, of which there is an end. */
static void walk_parts(struct walk *w, struct stele_key *key)
{
	struct stele_key part;
	struct stele_str name;

	walk_part(w, key);
	if (key->type != STELE_TYPE_TUPLE && key->type != STELE_TYPE_SET &&
	    key->type != STELE_TYPE_RECORD)
		return;
	while (walk_goes_on(w)) {
		int rc = stele_key_next(key, &name, &part);

		if (rc == -STELE_E_ABSENT)
			break;
		if (!walk_called(w, rc, "stele_key_next"))
			break;
		walk_touch(w, name.ptr, name.len);
		walk_parts(w, &part);
	}
}

static void walk_encoded(struct walk *w, const struct stele_map *map,
			 const struct stele_value *encoded)
{
	struct stele_matches matches;
	struct stele_key key;

	found(w,
	      stele_map_find_encoded(map, encoded->u.ptr, encoded->len,
				     &matches),
	      "stele_map_find_encoded");
	if (walk_called(w, stele_key_read(encoded->u.ptr, encoded->len, &key),
			"stele_key_read"))
		walk_parts(w, &key);
}

void walk_map(struct walk *w, const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_value keys[BATCH];
	struct stele_matches matches;
	size_t n = 0;

	walk_info(w, map);
	walk_odd_keys(w, map);
	if (stele_map_info(map, &info))
		return;
	if (info.kind == STELE_MAP_FILTER) {
		if (stele_map_next(map, &cursor, keys, &matches) !=
		    -STELE_E_TYPE)
			walk_fault(w, 0, "stele_map_next of a filter");
		return;
	}
	while (walk_goes_on(w)) {
		int rc = stele_map_next(map, &cursor, &keys[n], &matches);

		if (rc == -STELE_E_ABSENT)
			break;
		if (!walk_called(w, rc, "stele_map_next"))
			continue;
		walk_key(w, &keys[n]);
		walk_matches(w, &matches);
		if (info.key == STELE_KEY_CANONICAL) {
			walk_encoded(w, map, &keys[n]);
			continue;
		}
		look_up(w, map, &info, &keys[n]);
		if (++n < BATCH || info.multi) {
			n %= BATCH;
			continue;
		}
		look_up_many(w, map, keys, n);
		n = 0;
	}
	if (n && !info.multi)
		look_up_many(w, map, keys, n);
}
