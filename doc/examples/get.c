// SPDX-License-Identifier: MIT
/* Looks one package up and prints a field of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <stele/stele.h>

static int print_size(const struct stele_segment *seg, const char *name,
		      struct stele_error *err)
{
	const struct stele_map *map = stele_segment_map(seg, "by_name");
	struct stele_field size;
	struct stele_record package;
	struct stele_value value;
	uint64_t bytes;
	int rc;

	if (!map)
		return -STELE_E_ABSENT;
	rc = stele_field_resolve(seg, "Package", "size", STELE_TYPE_U64, &size,
				 err);
	if (!rc)
		rc = stele_map_get_str(map, name, strlen(name), &value);
	if (!rc)
		rc = stele_value_record(&value, &package);
	if (!rc)
		rc = stele_record_get_u64(package, &size, &bytes);
	if (!rc)
		printf("%s: %" PRIu64 " bytes\n", name, bytes);
	return rc;
}

int main(int argc, char **argv)
{
	struct stele_segment *seg;
	struct stele_error err;
	int rc;

	if (argc != 3)
		return 2;
	rc = stele_segment_open(argv[1], NULL, &seg, &err);
	if (rc) {
		fprintf(stderr, "%s: %s\n", argv[1], err.reason);
		return 1;
	}
	rc = print_size(seg, argv[2], &err);
	if (rc)
		printf("%s: %s\n", argv[2], stele_strerror(rc));
	stele_segment_close(seg);
	return rc ? 1 : 0;
}
