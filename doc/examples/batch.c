// SPDX-License-Identifier: MIT
/*
 * A table filled by hand, numbers to numbers, and many keys asked for at once,
 * so that their memory accesses overlap. The even ones are there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <stele/stele.h>

#define NR_KEYS 1000u
#define NR_ASKED 6u

static int add_squares(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_table_options options = {
		.size = sizeof(options),
		.key = STELE_TYPE_U64,
		.value = STELE_TYPE_U64,
	};
	uint32_t squares;
	int rc;

	rc = stele_builder_table(b, "squares", &options, &squares, err);
	for (uint64_t i = 0; !rc && i < NR_KEYS; i += 2)
		rc = stele_builder_table_add_u64(b, squares, i, i * i, err);
	return rc;
}

static int print_squares(const struct stele_segment *seg)
{
	const struct stele_map *map = stele_segment_map(seg, "squares");
	const uint64_t keys[NR_ASKED] = { 2, 3, 500, 998, 999, 1000 };
	struct stele_value values[NR_ASKED];
	int rc = stele_map_get_many_u64(map, keys, NR_ASKED, values);

	for (unsigned i = 0; !rc && i < NR_ASKED; i++) {
		if (values[i].type == STELE_TYPE_ABSENT)
			printf("%" PRIu64 ": absent\n", keys[i]);
		else
			printf("%" PRIu64 ": %" PRIu64 "\n", keys[i],
			       values[i].u.u);
	}
	return rc;
}

int main(void)
{
	struct stele_segment *seg = NULL;
	struct stele_builder *b = NULL;
	struct stele_error err;
	int rc, fd = -1;

	rc = stele_builder_create_memfd("squares", NULL, NULL, &b, &err);
	if (!rc)
		rc = add_squares(b, &err);
	if (!rc)
		rc = stele_builder_finish(b, &fd, &err);
	if (!rc)
		rc = stele_segment_open_fd(fd, NULL, &seg, &err);
	if (rc)
		fprintf(stderr, "%s\n", err.reason);
	else
		rc = print_squares(seg);
	stele_segment_close(seg);
	if (fd >= 0)
		close(fd);
	stele_builder_free(b);
	return rc ? 1 : 0;
}
