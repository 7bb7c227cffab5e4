// SPDX-License-Identifier: MIT
/*
 * A segment with tables that are filled by hand, and roots: the first or the
 * second of two that `stele diff` compares.
 *
 * usage: diff_tables FILE 1|2
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stele/stele.h>

static struct stele_builder *b;
static struct stele_error err;

static void must(int rc)
{
	if (!rc)
		return;
	fprintf(stderr, "diff_tables: %d: %s\n", rc, err.reason);
	exit(1);
}

static struct stele_cell str(const char *text)
{
	return stele_cell_str(text, strlen(text));
}

static struct stele_cell tuple(const struct stele_cell *cells)
{
	struct stele_cell cell = stele_cell_list(cells, 2);

	cell.type = STELE_TYPE_TUPLE;
	return cell;
}

static uint32_t table(const char *name, enum stele_type key,
		      enum stele_type value, bool multi)
{
	struct stele_table_options options = { .size = sizeof(options),
					       .key = key,
					       .value = value,
					       .multi = multi };
	uint32_t number;

	must(stele_builder_table(b, name, &options, &number, &err));
	return number;
}

static void put(uint32_t number, struct stele_cell key, struct stele_cell value)
{
	must(stele_builder_table_add(b, number, &key, &value, &err));
}

/* What the first has of a number of a key; the second has other values. */
static void fill(bool second)
{
	uint32_t names = table("names", STELE_TYPE_STR, STELE_TYPE_ANY, false);
	uint32_t numbers =
		table("numbers", STELE_TYPE_U64, STELE_TYPE_U64, false);
	uint32_t many = table("many", STELE_TYPE_STR, STELE_TYPE_STR, true);
	uint32_t any = table("any", STELE_TYPE_ANY, STELE_TYPE_ANY, false);
	uint32_t kind = table("kind", second ? STELE_TYPE_STR : STELE_TYPE_U64,
			      STELE_TYPE_U8, false);
	struct stele_cell list[2] = { str("x"), str(second ? "z" : "y") };

	put(names, str("same"), stele_cell_f64(second ? 7.0 : 7.5));
	put(names, str("list"), stele_cell_list(list, 2));
	put(names, str(second ? "new" : "old"), str("value"));
	for (uint64_t i = 0; i < 100; i++)
		if (i != (second ? 5u : 6u))
			must(stele_builder_table_add_u64(
				b, numbers, i, second && i == 9 ? 90 : i,
				&err));
	put(many, str("k"), str("a"));
	put(many, str("k"), str(second ? "B" : "b"));
	if (second)
		put(many, str("k"), str("c"));
	put(any, tuple(list), stele_cell_u64(1));
	put(any, stele_cell_u64(7), stele_cell_u64(second ? 3 : 2));
	put(kind, second ? str("x") : stele_cell_u64(1), stele_cell_u64(1));
	must(stele_builder_root(b, "config",
				&(struct stele_cell){ .type = STELE_TYPE_LIST,
						      .len = 2,
						      .u.cells = list },
				&err));
	must(stele_builder_root(b, second ? "b root" : "a-root", &list[0],
				&err));
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	must(stele_builder_create(argv[1], NULL, NULL, &b, &err));
	fill(argv[2][0] == '2');
	must(stele_builder_finish(b, NULL, &err));
	stele_builder_free(b);
	return 0;
}
