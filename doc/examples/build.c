// SPDX-License-Identifier: MIT
/* Builds a segment of three rows, with a table over them. */
#include <stdio.h>
#include <string.h>

#include <stele/stele.h>

static const char text[] = "record Package {\n"
			   "	name: str\n"
			   "	size: u64\n"
			   "	section: str optional\n"
			   "}\n"
			   "table by_name: Package(name)\n"
			   "table by_section: Package(section) multi\n";

static struct stele_cell str(const char *s)
{
	return stele_cell_str(s, strlen(s));
}

static int add_rows(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_cell rows[][3] = {
		{ str("apt"), stele_cell_u64(1424920), str("admin") },
		{ str("dpkg"), stele_cell_u64(1567996), str("admin") },
		{ str("zutils"), stele_cell_u64(85328) }, /* unset section */
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < 3; i++)
		rc = stele_builder_add(b, 0, rows[i], 3, NULL, err);
	return rc;
}

int main(int argc, char **argv)
{
	struct stele_schema *schema = NULL;
	struct stele_builder *b = NULL;
	struct stele_error err;
	int rc;

	if (argc != 2)
		return 2;
	rc = stele_schema_parse(text, strlen(text), &schema, &err);
	if (!rc)
		rc = stele_builder_create(argv[1], schema, NULL, &b, &err);
	if (!rc)
		rc = add_rows(b, &err);
	if (!rc)
		rc = stele_builder_finish(b, NULL, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[1], err.reason);
	stele_builder_free(b);
	stele_schema_free(schema);
	return rc ? 1 : 0;
}
