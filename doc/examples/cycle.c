// SPDX-License-Identifier: MIT
/*
 * A cycle: two people, each the other's friend. A row is reserved, referred to
 * by its handle, and filled later.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stele/stele.h>

static const char text[] = "record Person { name: str  friend: Person? }\n"
			   "table by_name: Person(name)\n";

static int add_people(struct stele_builder *b, struct stele_error *err)
{
	struct stele_handle ada, bob;
	int rc = stele_builder_reserve_row(b, 0, &ada, err);

	if (!rc) {
		const struct stele_cell cells[] = { stele_cell_str("Bob", 3),
						    stele_cell_ref(ada) };

		rc = stele_builder_add(b, 0, cells, 2, &bob, err);
	}
	if (!rc) {
		const struct stele_cell cells[] = { stele_cell_str("Ada", 3),
						    stele_cell_ref(bob) };

		rc = stele_builder_fill(b, ada, cells, 2, err);
	}
	return rc;
}

static int walk(const struct stele_segment *seg, struct stele_error *err)
{
	const struct stele_map *map = stele_segment_map(seg, "by_name");
	struct stele_field name, friend;
	struct stele_record person;
	struct stele_value value;
	struct stele_str str;
	int rc;

	rc = stele_field_resolve(seg, "Person", "name", STELE_TYPE_STR, &name,
				 err);
	if (!rc)
		rc = stele_field_resolve(seg, "Person", "friend",
					 STELE_TYPE_RECORD, &friend, err);
	if (!rc)
		rc = stele_map_get_str(map, "Ada", 3, &value);
	if (!rc)
		rc = stele_value_record(&value, &person);
	for (int i = 0; !rc && i < 4; i++) {
		rc = stele_record_get_str(person, &name, &str);
		if (!rc)
			printf("%.*s\n", (int)str.len, str.ptr);
		if (!rc)
			rc = stele_record_get_record(person, &friend, &person);
	}
	return rc;
}

int main(void)
{
	struct stele_schema *schema = NULL;
	struct stele_segment *seg = NULL;
	struct stele_builder *b = NULL;
	struct stele_error err;
	int rc, fd = -1;

	rc = stele_schema_parse(text, strlen(text), &schema, &err);
	if (!rc)
		rc = stele_builder_create_memfd("people", schema, NULL, &b,
						&err);
	if (!rc)
		rc = add_people(b, &err);
	if (!rc)
		rc = stele_builder_finish(b, &fd, &err);
	if (!rc)
		rc = stele_segment_open_fd(fd, NULL, &seg, &err);
	if (!rc)
		rc = walk(seg, &err);
	if (rc)
		fprintf(stderr, "%s\n", stele_strerror(rc));
	stele_segment_close(seg);
	if (fd >= 0)
		close(fd);
	stele_builder_free(b);
	stele_schema_free(schema);
	return rc ? 1 : 0;
}
