// SPDX-License-Identifier: MIT
/*
 * Fuzz target: keys and paths as words of the command line, over one segment with
 * a table of every kind.  The first byte of an input says which table is asked,
 * or that the rest is a path; what is found prints.
 */
#include "ingest.h"
#include "path.h"
#include "typed.h"

#define MAX_BYTES 8192u

static const char rows_text[] =
	"{\"text\":\"a\",\"l\":1,\"day\":\"2024-02-29\",\"price\":\"1.50\",\"any\":1,"
	"\"bag\":[1,2,\"x\"],\"other\":{\"key\":\"k\",\"n\":[1,{\"b\":[]}]}}\n"
	"{\"text\":\"/a%\",\"l\":-5,\"day\":\"2024-03-01\",\"price\":null,\"any\":"
	"{\"$type\":\"tuple\",\"items\":[1,\"a\"]},\"words\":[\"a\",null],"
	"\"map\":[[1,2],[\"a\",[1]]],\"names\":{\"a/b\":[1,2]},\"bag\":[]}\n"
	"{\"text\":\"c\",\"any\":{\"$type\":\"record Other\",\"key\":\"k\"},"
	"\"grid\":[[1,2],[3,4]],\"up\":\"a\",\"near\":[\"a\",\"none\"],"
	"\"id\":\"123e4567-e89b-12d3-a456-426614174000\",\"sizes\":{\"-3\":4}}\n";

static struct stele_segment *segment(void)
{
	static struct ingest in;
	struct stele_error err;

	if (!in.segment && ingest_build(&in, rows_text, sizeof(rows_text) - 1,
					SOURCE_NDJSON, typed_schema(), &err))
		fuzz_fail("the rows don't build: %s", err.reason);
	return in.segment;
}

/* Into nothing that is kept. */
static void print(const struct stele_value *value, uint32_t type)
{
	struct stele_error err = { 0 };
	struct json_out json;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out || json_out_open(&json, segment(), out))
		fuzz_fail("no memory");
	if (json_out_value(&json, value, type, &err))
		fuzz_fail("what was found does not print: %s", err.reason);
	json_out_close(&json);
	fclose(out);
	free(text);
}

static void print_matches(struct stele_matches *matches)
{
	struct stele_value value;
	int rc;

	while (!(rc = stele_matches_next(matches, &value)))
		print(&value, JSON_OUT_ANY);
	if (rc != -STELE_E_ABSENT)
		fuzz_fail("matches end with %d", rc);
}

static void ask_key(const struct stele_map *map, const char *text, size_t len)
{
	struct stele_error err = { 0 };
	struct stele_matches matches;
	struct keys keys;
	int rc;

	keys_open(&keys, segment());
	rc = key_find(&keys, map, text, len, &matches, &err);
	if (!rc)
		print_matches(&matches);
	else if (rc != -STELE_E_ABSENT)
		ingest_refused(rc, &err);
	keys_close(&keys);
}

static void ask_path(const char *text)
{
	struct stele_error err = { 0 };
	struct keys keys;
	struct path path;
	int rc;

	keys_open(&keys, segment());
	rc = path_follow(&keys, text, &path, &err);
	if (rc)
		ingest_refused(rc, &err);
	else if (path.kind == PATH_MATCHES)
		print_matches(&path.matches);
	else if (path.kind == PATH_VALUE)
		print(&path.value, path.type);
	keys_close(&keys);
}

static void fuzz(const uint8_t *data, size_t size)
{
	const struct stele_map *map;
	char *text;

	if (!size || size > MAX_BYTES)
		return;
	text = malloc(size);
	if (!text)
		fuzz_fail("no memory");
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	map = stele_segment_map_at(segment(), *data % 16);
	if (map)
		ask_key(map, text, size - 1);
	else if (*text == '/')
		ask_path(text);
	free(text);
}
