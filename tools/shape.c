/* SPDX-License-Identifier: MIT */
/*
 * Seeing values.  Names are found by hash, and members are tried in the order of
 * the object before, since rows are mostly alike.
 *
 * Objects become a dict when they have more than DICT_NAMES names and each name is,
 * on average, in less than a quarter of them; checked whenever the names double,
 * so that rows full of ids do not fill the memory.
 */
#include "shape.h"

#include <errno.h>
#include <stdlib.h>
#include <stele/text.h>
#include <string.h>

#include "number.h"
#include "text_key.h"

#define DICT_NAMES 16
#define MAX_FIELDS 65535
#define MAX_DIGITS 100000 /* of an integer; a longer cell is text */

struct shape *shape_create(struct shapes *shapes)
{
	struct shape *shape = arena_take(&shapes->arena, sizeof(*shape));

	if (!shape)
		return NULL;
	memset(shape, 0, sizeof(*shape));
	shape->text = TEXT_ALL;
	return shape;
}

/* ------------------------------------------------------------ scalars */

static void see_integer(struct shape *shape, const struct number *number)
{
	shape->big = shape->big || number->kind == NUMBER_BIG;
	shape->inexact = shape->inexact || !number->exact;
	if (number->kind == NUMBER_U64 && number->u > shape->above)
		shape->above = number->u;
	if (number->kind == NUMBER_I64 && -(uint64_t)number->i > shape->below)
		shape->below = -(uint64_t)number->i;
}

static bool is_integer(const struct number *number)
{
	return number->kind == NUMBER_U64 || number->kind == NUMBER_I64 ||
	       number->kind == NUMBER_BIG;
}

static void see_number(struct shape *shape, const struct json_node *node)
{
	struct number number;

	number_read(node->text, node->len, &number);
	if (is_integer(&number)) {
		shape->seen |= SHAPE_INT;
		see_integer(shape, &number);
	} else {
		/* one too large for a double is refused with its row */
		shape->seen |= SHAPE_F64;
	}
}

/* A date or datetime in the spelling that prints. */
static uint32_t calendar_text(const char *text, uint64_t len)
{
	char printed[STELE_TEXT_BYTES];
	int64_t when;

	if (!stele_text_read_date(text, len, &when))
		return TEXT_DATE;
	if (!stele_text_read_datetime(text, len, &when) &&
	    stele_text_print_datetime(when, printed) == len &&
	    !memcmp(printed, text, len))
		return TEXT_DATETIME;
	return 0;
}

/* Whether the text is the one that prints: 1.5, not 1.50. */
static bool is_shortest(double f, const struct json_node *node)
{
	char text[NUMBER_TEXT_BYTES];

	return number_print_f64(f, text) == node->len &&
	       !memcmp(text, node->text, node->len);
}

static uint32_t number_text(struct shape *shape, const struct json_node *node)
{
	struct number number;

	number_read(node->text, node->len, &number);
	if (is_integer(&number)) {
		if (node->len > MAX_DIGITS)
			return 0;
		see_integer(shape, &number);
		shape->plain = true;
		return TEXT_INT | (number.exact ? TEXT_F64 : 0);
	}
	if (number.kind != NUMBER_F64 || !is_shortest(number.f, node))
		return 0;
	if (node->len > 2 && !memcmp(node->text + node->len - 2, ".0", 2))
		shape->pointed = true;
	return TEXT_F64;
}

static void see_cell(struct shape *shape, const struct json_node *node)
{
	uint32_t text;

	shape->seen |= SHAPE_CELL;
	if (!shape->text)
		return;
	text = calendar_text(node->text, node->len);
	if (!text)
		text = number_text(shape, node);
	if ((node->len == 4 && !memcmp(node->text, "true", 4)) ||
	    (node->len == 5 && !memcmp(node->text, "false", 5)))
		text = TEXT_BOOL;
	shape->text &= text;
}

static void see_string(struct shape *shape, const struct json_node *node)
{
	shape->seen |= SHAPE_STR;
	if (shape->text & (TEXT_DATE | TEXT_DATETIME))
		shape->text &= calendar_text(node->text, node->len);
}

/* ------------------------------------------------------------ members */

static uint32_t hash_name(const struct stele_str *name)
{
	uint32_t h = 0x811c9dc5;

	for (size_t i = 0; i < name->len; i++)
		h = (h ^ (unsigned char)name->ptr[i]) * 0x01000193;
	return h ^ h >> 15;
}

static bool same_name(const struct stele_str *a, const struct stele_str *b)
{
	return a->len == b->len && !memcmp(a->ptr, b->ptr, a->len);
}

static int grow_members(struct shapes *shapes, struct shape *shape)
{
	size_t room = shape->room ? shape->room * 2 : 8, nr_slots = room * 2;
	struct shape_member *members;
	uint32_t *slots;

	members = arena_items(&shapes->arena, room, sizeof(*members));
	slots = arena_items(&shapes->arena, nr_slots, sizeof(*slots));
	if (!members || !slots)
		return -ENOMEM;
	memset(slots, 0, nr_slots * sizeof(*slots));
	for (size_t i = 0; i < shape->nr_members; i++) {
		size_t at;

		members[i] = shape->members[i];
		at = hash_name(&members[i].name) & (nr_slots - 1);
		while (slots[at])
			at = (at + 1) & (nr_slots - 1);
		slots[at] = (uint32_t)i + 1;
	}
	shape->members = members;
	shape->slots = slots;
	shape->room = room;
	shape->nr_slots = nr_slots;
	return 0;
}

struct shape_member *shape_member(struct shapes *shapes, struct shape *shape,
				  const struct stele_str *name)
{
	struct shape_member *member;
	size_t at;

	if (shape->nr_members == shape->room && grow_members(shapes, shape))
		return NULL;
	at = hash_name(name) & (shape->nr_slots - 1);
	for (; shape->slots[at]; at = (at + 1) & (shape->nr_slots - 1)) {
		member = &shape->members[shape->slots[at] - 1];
		if (same_name(&member->name, name))
			return member;
	}
	member = &shape->members[shape->nr_members];
	memset(member, 0, sizeof(*member));
	member->name.ptr = arena_copy(&shapes->arena, name->ptr, name->len);
	member->name.len = name->len;
	member->shape = shape_create(shapes);
	if (!member->name.ptr || !member->shape)
		return NULL;
	shape->slots[at] = (uint32_t)++shape->nr_members;
	return member;
}

/* How many objects have a member, all members together. */
static uint64_t nr_seen(const struct shape *shape)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < shape->nr_members; i++)
		nr += shape->members[i].nr;
	return nr;
}

static bool has_long_name(const struct shape *shape)
{
	for (size_t i = 0; i < shape->nr_members; i++)
		if (shape->members[i].name.len > SHAPE_MAX_NAME)
			return true;
	return false;
}

static bool looks_like_dict(const struct shape *shape)
{
	if (!shape->nr_members || shape->nr_members > MAX_FIELDS ||
	    has_long_name(shape))
		return true;
	return shape->nr_members > DICT_NAMES &&
	       nr_seen(shape) * 4 < shape->nr_objects * shape->nr_members;
}

/* --------------------------------------------------- shapes of several */

static int merge(struct shapes *shapes, struct shape *to,
		 const struct shape *from);

static int merge_members(struct shapes *shapes, struct shape *to,
			 const struct shape *from)
{
	for (size_t i = 0; i < from->nr_members; i++) {
		const struct shape_member *old = &from->members[i];
		struct shape_member *member =
			shape_member(shapes, to, &old->name);
		int rc = member ? merge(shapes, member->shape, old->shape) :
				  -ENOMEM;

		if (rc)
			return rc;
		member->nr += old->nr;
	}
	return 0;
}

static int merge_one(struct shapes *shapes, struct shape **to,
		     const struct shape *from)
{
	if (!from)
		return 0;
	if (!*to)
		*to = shape_create(shapes);
	return *to ? merge(shapes, *to, from) : -ENOMEM;
}

/* Once one of them is a dict, both are. */
static int merge_objects(struct shapes *shapes, struct shape *to,
			 const struct shape *from)
{
	int rc = 0;

	to->nr_objects += from->nr_objects;
	if (from->value || to->value) {
		for (size_t i = 0; !rc && i < from->nr_members; i++)
			rc = merge_one(shapes, &to->value,
				       from->members[i].shape);
		if (!rc)
			rc = merge_one(shapes, &to->value, from->value);
		for (size_t i = 0; !rc && i < to->nr_members; i++)
			rc = merge_one(shapes, &to->value,
				       to->members[i].shape);
		to->nr_members = 0;
		to->room = 0;
		return rc;
	}
	return merge_members(shapes, to, from);
}

static int merge(struct shapes *shapes, struct shape *to,
		 const struct shape *from)
{
	int rc;

	to->seen |= from->seen;
	to->text &= from->text;
	if (from->above > to->above)
		to->above = from->above;
	if (from->below > to->below)
		to->below = from->below;
	to->big = to->big || from->big;
	to->inexact = to->inexact || from->inexact;
	to->plain = to->plain || from->plain;
	to->pointed = to->pointed || from->pointed;
	rc = merge_one(shapes, &to->item, from->item);
	return rc ? rc : merge_objects(shapes, to, from);
}

int shape_settle(struct shapes *shapes, struct shape *shape, bool *is_dict)
{
	int rc = 0;

	*is_dict = shape->value || looks_like_dict(shape);
	if (shape->value || !*is_dict)
		return 0;
	shape->value = shape_create(shapes);
	if (!shape->value)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < shape->nr_members; i++)
		rc = merge(shapes, shape->value, shape->members[i].shape);
	shape->nr_members = 0;
	shape->room = 0;
	return rc;
}

/* ------------------------------------------------------------- seeing */

static int see_dict(struct shapes *shapes, struct shape *shape,
		    const struct json_node *object,
		    const struct json_node **where)
{
	const struct json_node *node;
	int rc = 0;

	for (node = object->first; !rc && node; node = node->next)
		rc = shape_see(shapes, shape->value, node, where);
	return rc;
}

/* The member that a name most likely is: the one after the last. */
static struct shape_member *guess(const struct shape *shape, size_t i,
				  const struct stele_str *name)
{
	if (i < shape->nr_members && same_name(&shape->members[i].name, name))
		return &shape->members[i];
	return NULL;
}

int shape_see_members(struct shapes *shapes, struct shape *shape,
		      const struct json_node *object,
		      const struct json_node **where)
{
	uint64_t number = ++shapes->nr_objects;
	const struct json_node *node;
	size_t next = 0;
	int rc = 0;

	shape->nr_objects++;
	for (node = object->first; !rc && node; node = node->next) {
		struct stele_str key = node->key;
		struct shape_member *member;

		if (text_key_read(&key) != TEXT_KEY_DATA)
			continue;
		member = guess(shape, next, &key);
		if (!member)
			member = shape_member(shapes, shape, &key);
		if (!member)
			return -ENOMEM;
		if (member->last == number) {
			*where = node;
			return -STELE_E_DUPLICATE;
		}
		next = (size_t)(member - shape->members) + 1;
		member->last = number;
		member->nr++;
		rc = shape_see(shapes, member->shape, node, where);
	}
	return rc;
}

static bool is_tagged(const struct json_node *object)
{
	const struct json_node *node = object->dollar ? object->first : NULL;

	for (; node; node = node->next) {
		struct stele_str key = node->key;

		if (text_key_read(&key) != TEXT_KEY_DATA)
			return true;
	}
	return false;
}

static int see_object(struct shapes *shapes, struct shape *shape,
		      const struct json_node *node,
		      const struct json_node **where)
{
	size_t nr_before = shape->nr_members;
	bool is_dict;
	int rc;

	if (is_tagged(node)) {
		shape->seen |= SHAPE_TAGGED;
		return 0;
	}
	shape->seen |= SHAPE_OBJECT;
	if (shape->value)
		return see_dict(shapes, shape, node, where);
	rc = shape_see_members(shapes, shape, node, where);
	/* when the names have doubled; not for the first objects */
	if (!rc && shape->nr_objects > 64 && shape->nr_members > 1024 &&
	    (nr_before ^ shape->nr_members) > nr_before)
		rc = shape_settle(shapes, shape, &is_dict);
	return rc;
}

static int see_list(struct shapes *shapes, struct shape *shape,
		    const struct json_node *list,
		    const struct json_node **where)
{
	const struct json_node *node;
	int rc = 0;

	shape->seen |= SHAPE_LIST;
	if (!shape->item)
		shape->item = shape_create(shapes);
	if (!shape->item)
		return -ENOMEM;
	for (node = list->first; !rc && node; node = node->next)
		rc = shape_see(shapes, shape->item, node, where);
	return rc;
}

int shape_see(struct shapes *shapes, struct shape *shape,
	      const struct json_node *node, const struct json_node **where)
{
	switch (node->kind) {
	case JSON_NULL:
		shape->seen |= SHAPE_NULL;
		return 0;
	case JSON_FALSE:
	case JSON_TRUE:
		shape->seen |= SHAPE_BOOL;
		return 0;
	case JSON_NUMBER:
		see_number(shape, node);
		return 0;
	case JSON_STRING:
		see_string(shape, node);
		return 0;
	case JSON_CELL:
		see_cell(shape, node);
		return 0;
	case JSON_ARRAY:
		return see_list(shapes, shape, node, where);
	case JSON_OBJECT:
		return see_object(shapes, shape, node, where);
	}
	return 0;
}
