/* SPDX-License-Identifier: MIT */
/*
 * A program against a header that `stele schema --header` made, in C and in C++:
 * prints what every getter and lookup says.  schema.sh makes the header and the
 * segments.
 */
#include <inttypes.h>
#include <stdio.h>

#include "now.h"

static void print_code(const char *name, int rc)
{
	printf(" %s:%s", name, stele_strerror(rc));
}

#define NUMBER(name, type, format)                                 \
	do {                                                       \
		type value;                                        \
		int rc = now_Package_##name(now, package, &value); \
                                                                   \
		if (rc)                                            \
			print_code(#name, rc);                     \
		else                                               \
			printf(" %s=%" format, #name, value);      \
	} while (0)

#define TEXT(call, name, record)                                             \
	do {                                                                 \
		struct stele_str value;                                      \
		int rc = now_##call(now, record, &value);                    \
                                                                             \
		if (rc)                                                      \
			print_code(name, rc);                                \
		else                                                         \
			printf(" %s=%.*s", name, (int)value.len, value.ptr); \
	} while (0)

static void print_others(const struct now *now, struct stele_record package)
{
	struct stele_record maintainer;
	struct stele_value price;
	uint8_t uuid[16];
	int64_t utc;
	int32_t offset;
	bool ok;
	char digits[64];
	size_t len;
	int rc;

	rc = now_Package_ok(now, package, &ok);
	if (rc)
		print_code("ok", rc);
	else
		printf(" ok=%d", ok);
	rc = now_Package_when(now, package, &utc, &offset);
	if (rc)
		print_code("when", rc);
	else
		printf(" when=%" PRId64 "%+d", utc, (int)offset);
	rc = now_Package_id(now, package, uuid);
	if (rc)
		print_code("id", rc);
	else
		printf(" id=%02x..%02x", uuid[0], uuid[15]);
	rc = now_Package_price(now, package, &price);
	if (!rc)
		rc = stele_value_digits(&price, digits, sizeof(digits), &len);
	if (rc)
		print_code("price", rc);
	else
		printf(" price=%s", digits);
	rc = now_Package_maintainer(now, package, &maintainer);
	if (rc) {
		print_code("maintainer", rc);
	} else {
		TEXT(Maintainer_name, "maintainer", maintainer);
		TEXT(Maintainer_email, "email", maintainer);
	}
}

static void print_package(const struct now *now, struct stele_record package)
{
	TEXT(Package_name, "name", package);
	TEXT(Package_section, "section", package);
	TEXT(Package_odd_name__, "odd", package);
	NUMBER(size, uint64_t, PRIu64);
	NUMBER(prio, uint64_t, PRIu64);
	NUMBER(neg, int64_t, PRId64);
	NUMBER(ratio, double, "g");
	NUMBER(big, double, "g");
	NUMBER(day, int64_t, PRId64);
	NUMBER(at, int64_t, PRId64);
	NUMBER(t, int64_t, PRId64);
	NUMBER(d, int64_t, PRId64);
	print_others(now, package);
	printf("\n");
}

static void print_lookups(const struct now *now)
{
	static const uint8_t id[16] = { 0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b,
					0x12, 0xd3, 0xa4, 0x56, 0x42, 0x66,
					0x14, 0x17, 0x40, 0x00 };
	struct stele_matches matches;
	struct stele_record record;
	int rc;

	printf("by_name apt: %d\n", now_by_name(now, "apt", 3, &record));
	printf("by_name none: %d\n", now_by_name(now, "none", 4, &record));
	printf("by_both: %d\n", now_by_both(now, "apt", 3, -2, &record));
	printf("by_id: %d\n", now_by_id(now, id, &record));
	printf("maybe apt: %d\n", now_maybe(now, "apt", 3));
	rc = now_by_maintainer(now, "Anna", 4, &matches);
	printf("by_maintainer: %d, %d rows\n", rc, rc ? 0 : (int)matches.len);
}

static int print_all(const struct stele_segment *segment)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_record package;
	struct stele_value row;
	struct stele_error err;
	struct now now;
	int rc = now_open(&now, segment, &err);

	if (rc) {
		printf("%s\n", err.reason);
		return rc;
	}
	while (!(rc = stele_segment_next_row(segment, &rows, &row))) {
		rc = stele_value_record(&row, &package);
		if (rc)
			break;
		print_package(&now, package);
	}
	print_lookups(&now);
	printf("laid out: %d\n", now.layout[0].end != 0);
	now_close(&now);
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

int main(int argc, char **argv)
{
	struct stele_segment *segment;
	struct stele_error err;
	int rc;

	if (argc != 2)
		return 2;
	rc = stele_segment_open(argv[1], NULL, &segment, &err);
	if (rc) {
		printf("%s\n", err.reason);
		return 1;
	}
	rc = print_all(segment);
	stele_segment_close(segment);
	return rc ? 1 : 0;
}
