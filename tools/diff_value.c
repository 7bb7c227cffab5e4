/* SPDX-License-Identifier: MIT */
/*
 * Two values side by side, and where they part.
 *
 * What is no collection is compared by stele_value_equal(); so are collections
 * that lie deeper than 512 levels, or behind more pairs of objects than a row
 * may have, and then differ as a whole.  Items of a list go by their numbers,
 * behind those at its begin and before those at its end that are the same on
 * both sides; fields by what the schemas say of their names.  A row that is
 * referred to counts as its key, where it has one that both sides know.
 *
 * Objects may stand in many places, and in themselves.  A pair that is open, or
 * found to be the same, needs no second look.  One that differs is told of
 * where it is met first if it was shared on purpose; if only its content is, it
 * is told of in each place, up to a number that bounds what a small segment can
 * print.
 */
#include "diff.h"

#include <errno.h>

#define ROW_PAIRS 65536u /* of a row; further ones are of diff->left */
#define ROW_AGAIN 4096u /* pairs of a row that are told of once more */
#define MAX_DEPTH 512u
#define MAX_WHOLE 1024u /* pairs compared as a whole, of all rows together */
#define LARGE_LEN 64u /* items: it is worth to keep what was found out */
#define LARGE_BYTES 1024u
#define LARGE_NUMBER 64u

static int pair(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path);

/* ------------------------------------------------------------- leaves */

/* Where the bytes of a value are, if it is long; else 0. */
static uint64_t bytes_of(const struct diff *diff, const struct diff_value *v)
{
	const struct stele_value *value = &v->value;

	switch (value->type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		if (value->len <
		    (value->type == STELE_TYPE_STR ||
				     value->type == STELE_TYPE_BYTES ?
			     LARGE_BYTES :
			     LARGE_NUMBER))
			return 0;
		return (uint64_t)(value->u.ptr -
				  (const char *)diff->sides[v->side].info.base)
			       << 1 |
		       1;
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_USER:
		return value->u.pos << 1 | 1;
	default:
		return 0;
	}
}

static int compare(struct diff *diff, const struct diff_value *a,
		   const struct diff_value *b, bool *same)
{
	uint64_t at = bytes_of(diff, a), bt = bytes_of(diff, b);
	int rc;

	if (at && bt && diff_pairs_known(&diff->pairs, at, bt, same))
		return 0;
	rc = stele_value_equal(&a->value, &b->value, same);
	if (rc)
		return diff_fail(diff, a->side, rc);
	if (at && bt)
		diff_pairs_keep(&diff->pairs, at, bt, *same);
	return 0;
}

static int leaf(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path)
{
	bool same;
	int rc = compare(diff, a, b, &same);

	if (rc || same)
		return rc;
	return diff_found(diff, DIFF_CHANGED, path, a, b);
}

/* Collections of which nobody may look at what is inside. */
static int whole(struct diff *diff, const struct diff_value *a,
		 const struct diff_value *b, const struct diff_path *path)
{
	if (++diff->nr_whole > MAX_WHOLE)
		return diff_fail_by(diff, a->side, -STELE_E_LIMIT,
				    "its objects lead to each other in too "
				    "many ways to be compared");
	return leaf(diff, a, b, path);
}

/* --------------------------------------------------------- references */

static bool is_row(const struct stele_value *value)
{
	return value->type == STELE_TYPE_RECORD &&
	       value->flags & STELE_VALUE_F_ROW;
}

int diff_ref_key(struct diff *diff, const struct diff_value *v, uint32_t *nr)
{
	struct diff_side *side = &diff->sides[v->side];
	struct stele_type_info type;
	uint32_t number = v->type;
	int rc;

	*nr = 0;
	if (number == JSON_OUT_ANY || v->value.type == STELE_TYPE_NULL)
		return 0;
	rc = stele_schema_type(side->schema, number, &type);
	if (rc)
		return diff_fail(diff, v->side, rc);
	if (type.type != STELE_TYPE_REF)
		return 0;
	rc = json_out_key(&side->json, &v->value, &number, &side->key[0].value,
			  &diff->err);
	if (rc == -STELE_E_ABSENT)
		return 0;
	side->key[0].type = number;
	side->key[0].side = v->side;
	*nr = 1;
	return rc ? diff_fail(diff, v->side, rc) : 0;
}

/* The key of a row that a value of any type leads to. */
static int key_of_row(struct diff *diff, const struct diff_value *v,
		      uint32_t *nr)
{
	struct diff_side *side = &diff->sides[v->side];
	int rc;

	*nr = 0;
	if (!is_row(&v->value))
		return 0;
	rc = diff_row_key(diff, v->side, &v->value, side->key);
	if (rc == -STELE_E_ABSENT)
		return 0;
	if (!rc)
		*nr = side->records[v->value.record].nr_keys;
	return rc;
}

/* Whether both are rows that are known by a key, and whether it is one. */
static int references(struct diff *diff, const struct diff_value *a,
		      const struct diff_value *b, bool *are, bool *same)
{
	uint32_t nr[2];
	int rc = diff_ref_key(diff, a, &nr[0]);

	if (!rc)
		rc = diff_ref_key(diff, b, &nr[1]);
	if (!rc && !nr[0] && !nr[1]) {
		rc = key_of_row(diff, a, &nr[0]);
		if (!rc && nr[0])
			rc = key_of_row(diff, b, &nr[1]);
		if (!rc && nr[1] &&
		    diff->sides[0].records[a->value.record].other !=
			    b->value.record)
			nr[1] = 0;
	}
	*are = !rc && nr[0] && nr[0] == nr[1];
	*same = true;
	for (uint32_t i = 0; *are && *same && !rc && i < nr[0]; i++)
		rc = compare(diff, &diff->sides[0].key[i],
			     &diff->sides[1].key[i], same);
	return rc;
}

/* -------------------------------------------------------- collections */

/* Without a word: whether two values are the same. */
static int is_same(struct diff *diff, const struct diff_value *a,
		   const struct diff_value *b, bool *same)
{
	int rc;

	diff->silent++;
	rc = pair(diff, a, b, NULL);
	diff->silent--;
	*same = !rc;
	return rc == DIFF_STOP ? 0 : rc;
}

int diff_item_of(struct diff *diff, const struct diff_value *v, uint64_t i,
		 struct diff_value *item)
{
	const struct stele_schema *schema = diff->sides[v->side].schema;
	struct stele_type_info type;
	bool nullable;
	int rc = stele_value_item(&v->value, i, &item->value);

	item->side = v->side;
	item->type = JSON_OUT_ANY;
	if (!rc && v->type != JSON_OUT_ANY) {
		rc = stele_schema_type(schema, v->type, &type);
		if (!rc && type.type == v->value.type &&
		    (type.type == STELE_TYPE_LIST ||
		     type.type == STELE_TYPE_SET))
			item->type = type.item;
		else if (!rc && type.type == v->value.type &&
			 type.type == STELE_TYPE_TUPLE)
			rc = stele_schema_tuple_item(schema, v->type,
						     (uint32_t)i, &item->type,
						     &nullable);
	}
	return rc ? diff_fail(diff, v->side, rc) : 0;
}

/* Items i of one side and j of the other. */
static int item_pair(struct diff *diff, const struct diff_value *a, uint64_t i,
		     const struct diff_value *b, uint64_t j,
		     const struct diff_path *path, bool *same)
{
	struct diff_path inner = { path, DIFF_INDEX, { NULL, 0 }, i, NULL };
	struct diff_value x, y;
	int rc = diff_item_of(diff, a, i, &x);

	if (!rc)
		rc = diff_item_of(diff, b, j, &y);
	if (rc)
		return rc;
	if (same)
		return is_same(diff, &x, &y, same);
	return pair(diff, &x, &y, &inner);
}

/* Items of one side alone. */
static int lone_items(struct diff *diff, const struct diff_value *v,
		      uint64_t from, uint64_t end, const struct diff_path *path)
{
	struct diff_path inner = { path, DIFF_INDEX, { NULL, 0 }, from, NULL };
	struct diff_value item;
	int rc = 0;

	for (; !rc && inner.index < end; inner.index++) {
		rc = diff_item_of(diff, v, inner.index, &item);
		if (rc)
			return rc;
		rc = v->side ?
			     diff_found(diff, DIFF_ADDED, &inner, NULL, &item) :
			     diff_found(diff, DIFF_REMOVED, &inner, &item,
					NULL);
	}
	return rc;
}

static int items(struct diff *diff, const struct diff_value *a,
		 const struct diff_value *b, const struct diff_path *path)
{
	uint64_t na = a->value.len, nb = b->value.len, from = 0, tail = 0;
	uint64_t least = na < nb ? na : nb;
	bool same = na != nb;
	int rc = 0;

	if (na != nb && diff->silent)
		return DIFF_STOP;
	for (; !rc && same && from < least; from += same)
		rc = item_pair(diff, a, from, b, from, path, &same);
	for (same = na != nb; !rc && same && from + tail < least; tail += same)
		rc = item_pair(diff, a, na - 1 - tail, b, nb - 1 - tail, path,
			       &same);
	for (; !rc && from + tail < least; from++)
		rc = item_pair(diff, a, from, b, from, path, NULL);
	if (!rc)
		rc = lone_items(diff, a, from, na - tail, path);
	return rc ? rc : lone_items(diff, b, from, nb - tail, path);
}

int diff_dict_types(struct diff *diff, const struct diff_value *v,
		    struct diff_value *key, struct diff_value *item)
{
	struct stele_type_info type;
	int rc = 0;

	key->side = item->side = v->side;
	key->type = item->type = JSON_OUT_ANY;
	if (v->type != JSON_OUT_ANY)
		rc = stele_schema_type(diff->sides[v->side].schema, v->type,
				       &type);
	if (v->type != JSON_OUT_ANY && !rc && type.type == STELE_TYPE_DICT) {
		key->type = type.key;
		item->type = type.item;
	}
	return rc ? diff_fail(diff, v->side, rc) : 0;
}

/* What a search in a dict or set answered: only of broken bytes it fails. */
static int answer(struct diff *diff, unsigned side, int code)
{
	if (!code || code == -STELE_E_ABSENT)
		return code;
	if (code == -STELE_E_TYPE || code == -STELE_E_RANGE ||
	    code == -STELE_E_LIMIT)
		return diff_fail_by(diff, side, -STELE_E_FORMAT,
				    "a dict or set has a key that can't be "
				    "one, or leads into itself");
	return diff_fail(diff, side, code);
}

/* What one dict has and the other has not; of the first, what both have. */
static int half_of_dict(struct diff *diff, const struct diff_value *one,
			const struct diff_value *other,
			const struct diff_path *path)
{
	struct diff_path inner = { path, DIFF_KEY, { NULL, 0 }, 0, NULL };
	struct diff_value key, item, ignored, match;
	int rc = diff_dict_types(diff, one, &key, &item);

	if (!rc)
		rc = diff_dict_types(diff, other, &ignored, &match);
	inner.key = &key;
	for (uint64_t i = 0; !rc && i < one->value.len; i++) {
		rc = stele_value_pair(&one->value, i, &key.value, &item.value);
		if (rc)
			return diff_fail(diff, one->side, rc);
		rc = answer(diff, one->side,
			    stele_value_find(&other->value, &key.value,
					     &match.value));
		if (rc == -STELE_E_ABSENT)
			rc = one->side ? diff_found(diff, DIFF_ADDED, &inner,
						    NULL, &item) :
					 diff_found(diff, DIFF_REMOVED, &inner,
						    &item, NULL);
		else if (!rc && !one->side)
			rc = pair(diff, &item, &match, &inner);
	}
	return rc;
}

static int half_of_set(struct diff *diff, const struct diff_value *one,
		       const struct diff_value *other,
		       const struct diff_path *path)
{
	struct diff_path inner = { path, DIFF_ITEM, { NULL, 0 }, 0, NULL };
	struct diff_value item;
	int rc = 0;

	inner.key = &item;
	for (uint64_t i = 0; !rc && i < one->value.len; i++) {
		rc = diff_item_of(diff, one, i, &item);
		if (!rc)
			rc = answer(diff, one->side,
				    stele_value_contains(&other->value,
							 &item.value));
		if (rc == -STELE_E_ABSENT)
			rc = diff_found(diff,
					one->side ? DIFF_ADDED : DIFF_REMOVED,
					&inner, NULL, NULL);
	}
	return rc;
}

static int halves(struct diff *diff, const struct diff_value *a,
		  const struct diff_value *b, const struct diff_path *path,
		  int (*half)(struct diff *diff, const struct diff_value *one,
			      const struct diff_value *other,
			      const struct diff_path *path))
{
	int rc = half(diff, a, b, path);

	return rc ? rc : half(diff, b, a, path);
}

/* ------------------------------------------------------------- records */

int diff_field_of(struct diff *diff, const struct diff_value *v, uint32_t field,
		  struct diff_value *value)
{
	const struct diff_record *record =
		&diff->sides[v->side].records[v->value.record];
	struct stele_record proxy;
	int rc;

	memset(value, 0, sizeof(*value));
	value->side = v->side;
	value->type = JSON_OUT_ANY;
	if (field == DIFF_NONE)
		return 0;
	value->type = record->fields[field].info.type;
	rc = stele_value_record(&v->value, &proxy);
	if (!rc)
		rc = stele_record_get(proxy, &record->fields[field].get,
				      &value->value);
	return rc ? diff_fail(diff, v->side, rc) : 0;
}

/* The fields of one side, and on the first those of the other with them. */
static int half_of_record(struct diff *diff, const struct diff_value *one,
			  const struct diff_value *other,
			  const struct diff_path *path)
{
	const struct diff_record *record =
		&diff->sides[one->side].records[one->value.record];
	struct diff_path inner = { path, DIFF_FIELD, { NULL, 0 }, 0, NULL };
	struct diff_value x, y;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < record->info.nr_fields; i++) {
		const struct diff_field *field = &record->fields[i];

		if (one->side && field->other != DIFF_NONE)
			continue;
		inner.name = field->info.name;
		rc = diff_field_of(diff, one, i, &x);
		if (!rc)
			rc = diff_field_of(diff, other, field->other, &y);
		if (rc)
			return rc;
		rc = one->side ? pair(diff, &y, &x, &inner) :
				 pair(diff, &x, &y, &inner);
	}
	return rc;
}

static int records(struct diff *diff, const struct diff_value *a,
		   const struct diff_value *b, const struct diff_path *path)
{
	if (diff->sides[0].records[a->value.record].other != b->value.record)
		return diff_found(diff, DIFF_CHANGED, path, a, b);
	return halves(diff, a, b, path, half_of_record);
}

/* --------------------------------------------------------------- pairs */

static int inside(struct diff *diff, const struct diff_value *a,
		  const struct diff_value *b, const struct diff_path *path)
{
	switch (a->value.type) {
	case STELE_TYPE_DICT:
		return halves(diff, a, b, path, half_of_dict);
	case STELE_TYPE_SET:
		return halves(diff, a, b, path, half_of_set);
	case STELE_TYPE_RECORD:
		return records(diff, a, b, path);
	default:
		return items(diff, a, b, path);
	}
}

static bool is_shared(const struct diff_value *a, const struct diff_value *b)
{
	return a->value.flags & b->value.flags & STELE_VALUE_F_IDENTITY;
}

enum look {
	LOOK_AWAY, /* what is known of the two was enough */
	LOOK_AT, /* as a whole */
	LOOK_INSIDE,
};

static int meet(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path,
		enum look *look)
{
	struct diff_pair *met =
		diff_pairs_meet(&diff->pairs, a->value.u.pos, b->value.u.pos);
	enum diff_pair_state state;
	bool same;

	*look = LOOK_AWAY;
	if (!met)
		return diff_fail(diff, a->side, -ENOMEM);
	state = met->state;
	if (state == DIFF_PAIR_OPEN || state == DIFF_PAIR_SAME)
		return 0;
	if (state != DIFF_PAIR_NEW && diff->silent)
		return DIFF_STOP;
	if (state == DIFF_PAIR_TOLD && is_shared(a, b))
		return 0;
	if (state == DIFF_PAIR_TOLD && !diff->again)
		return diff_found(diff, DIFF_CHANGED, path, a, b);
	if (state == DIFF_PAIR_TOLD)
		diff->again--;
	if (state == DIFF_PAIR_NEW &&
	    diff_pairs_known(&diff->pairs, a->value.u.pos << 1,
			     b->value.u.pos << 1, &same) &&
	    same)
		return 0;
	met->state = DIFF_PAIR_OPEN;
	*look = LOOK_AT;
	if (diff->depth >= MAX_DEPTH ||
	    (diff->pairs.nr > ROW_PAIRS && !diff->left))
		return 0;
	*look = LOOK_INSIDE;
	if (diff->pairs.nr > ROW_PAIRS)
		diff->left--;
	return 0;
}

static int objects(struct diff *diff, const struct diff_value *a,
		   const struct diff_value *b, const struct diff_path *path)
{
	uint64_t before = diff->nr_found;
	struct diff_pair *met;
	enum look look;
	bool same;
	int rc = meet(diff, a, b, path, &look);

	if (rc || look == LOOK_AWAY)
		return rc;
	diff->depth++;
	rc = look == LOOK_AT ? whole(diff, a, b, path) :
			       inside(diff, a, b, path);
	diff->depth--;
	if (rc < 0)
		return rc;
	met = diff_pairs_meet(&diff->pairs, a->value.u.pos, b->value.u.pos);
	if (!met)
		return diff_fail(diff, a->side, -ENOMEM);
	same = !rc && diff->nr_found == before;
	met->state = same	  ? DIFF_PAIR_SAME :
		     diff->silent ? DIFF_PAIR_DIFFERS :
				    DIFF_PAIR_TOLD;
	if (same && a->value.len >= LARGE_LEN)
		diff_pairs_hope(&diff->pairs, a->value.u.pos << 1,
				b->value.u.pos << 1);
	return rc;
}

static bool is_collection(const struct stele_value *value)
{
	switch (value->type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
	case STELE_TYPE_RECORD:
		return true;
	default:
		return false;
	}
}

/* Arrays that differ, item by item where they are of one kind. */
static int arrays(struct diff *diff, const struct diff_value *a,
		  const struct diff_value *b, const struct diff_path *path)
{
	bool same;
	int rc = compare(diff, a, b, &same);

	if (rc || same)
		return rc;
	if (a->value.element != b->value.element)
		return diff_found(diff, DIFF_CHANGED, path, a, b);
	return items(diff, a, b, path);
}

static int pair(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path)
{
	bool are, same;
	int rc;

	if (a->value.type == STELE_TYPE_UNSET &&
	    b->value.type == STELE_TYPE_UNSET)
		return 0;
	if (a->value.type == STELE_TYPE_UNSET)
		return diff_found(diff, DIFF_ADDED, path, NULL, b);
	if (b->value.type == STELE_TYPE_UNSET)
		return diff_found(diff, DIFF_REMOVED, path, a, NULL);
	rc = references(diff, a, b, &are, &same);
	if (rc)
		return rc;
	if (are)
		return same ? 0 : diff_found(diff, DIFF_CHANGED, path, a, b);
	if (a->value.type != b->value.type)
		return leaf(diff, a, b, path);
	if (a->value.type == STELE_TYPE_ARRAY)
		return arrays(diff, a, b, path);
	return is_collection(&a->value) ? objects(diff, a, b, path) :
					  leaf(diff, a, b, path);
}

/* ---------------------------------------------------------- from outside */

static void begin(struct diff *diff)
{
	diff_pairs_begin(&diff->pairs);
	diff->again = ROW_AGAIN;
	diff->depth = 0;
}

static int ended(struct diff *diff, uint64_t before, int rc)
{
	if (!rc && diff->nr_found == before)
		diff_pairs_end_same(&diff->pairs);
	return rc;
}

int diff_values(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path)
{
	uint64_t before = diff->nr_found;

	begin(diff);
	return ended(diff, before, pair(diff, a, b, path));
}

int diff_rows_of(struct diff *diff, const struct stele_value *a,
		 const struct stele_value *b)
{
	const struct diff_value x = { *a, 0, JSON_OUT_ANY };
	const struct diff_value y = { *b, 1, JSON_OUT_ANY };
	uint64_t before = diff->nr_found;

	begin(diff);
	return ended(diff, before, objects(diff, &x, &y, NULL));
}

int diff_rows_same(struct diff *diff, const struct stele_value *a,
		   const struct stele_value *b, bool *same)
{
	int rc;

	diff->silent++;
	rc = diff_rows_of(diff, a, b);
	diff->silent--;
	*same = !rc;
	return rc == DIFF_STOP ? 0 : rc;
}
