// SPDX-License-Identifier: MIT
/*
 * Giving an image another schema, whole in itself, under the same records:
 * opening cannot find that, so reading and verifying meet values of types that
 * were not declared.
 */
#include "alter.h"

#include <string.h>

#include "alter_private.h"
#include "schema.h"

#define TEXT_ROOM 8192u
#define TRIALS 20u

static const char *const words[] = {
	"bool",	       "i8",	       "i16",	    "i32",
	"i64",	       "u8",	       "u16",	    "u32",
	"u64",	       "f32",	       "f64",	    "date",
	"str",	       "any",	       "bytes",	    "datetime",
	"list<any>",   "list<str?>",   "Inner",	    "Maintainer",
	"ref by_name", "weak by_name", "array<u8>", "dict<str, any>",
	"time",	       "timedelta",    "zoned",	    "uuid",
	"bigint",      "decimal",      "set<any?>", "tuple<any, str?>",
	"ndarray<u8>", "user<Point>",  "tuple<>",   "dict<decimal, set<i64>>",
};

/* The end of the type that begins at p: brackets closed, no blank outside. */
static const char *type_end(const char *p)
{
	unsigned depth = 0;

	if (!strncmp(p, "weak ", 5))
		p += 5;
	else if (!strncmp(p, "ref ", 4))
		p += 4;
	for (; *p && (depth || !strchr(" ?,\n}", *p)); p++)
		depth += (*p == '<') - (*p == '>');
	return p;
}

/* Another type for one field of the text, and now and then another '?'. */
static void change_type(struct random *r, const char *text, char *to)
{
	const char *at[512], *end;
	size_t n = 0, len;

	for (const char *p = text; (p = strstr(p, ": ")) && n < 512; p += 2)
		at[n++] = p + 2;
	strcpy(to, text);
	if (!n)
		return;
	at[0] = at[random_below(r, n)];
	end = type_end(at[0]);
	len = (size_t)(at[0] - text);
	strcpy(to + len,
	       words[random_below(r, sizeof(words) / sizeof(*words))]);
	if (random_below(r, 4) == 0)
		strcat(to, "?");
	strcat(to, end);
}

/* The schema of a text in place of the image's, if it is as long. */
static bool put_schema(const struct anatomy *a, struct specimen *work,
		       const char *text)
{
	struct stele_schema *schema;
	bool fits;

	if (stele_schema_parse(text, strlen(text), &schema, NULL))
		return false;
	fits = schema->image_bytes == a->schema->len;
	if (fits)
		memcpy(work->bytes + a->schema->off, schema->image,
		       schema->image_bytes);
	stele_schema_free(schema);
	return fits;
}

bool alter_types(const struct anatomy *a, struct specimen *work,
		 struct random *r)
{
	static char text[TEXT_ROOM], changed[TEXT_ROOM + 64];
	struct stele_schema *schema;
	bool done = false;
	size_t len;

	if (!a->schema || stele_schema_load(a->image->bytes + a->schema->off,
					    a->schema->len, 0, &schema, NULL))
		return false;
	if (!stele_schema_print(schema, text, sizeof(text), &len))
		for (unsigned i = 0; i < TRIALS && !done; i++) {
			change_type(r, text, changed);
			done = put_schema(a, work, changed);
		}
	stele_schema_free(schema);
	return done;
}
