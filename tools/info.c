/* SPDX-License-Identifier: MIT */
/*
 * stele info: what a segment is, and what its home, seal and pages really are.
 *
 * Each fact is printed once by put_*(), as a line for people or as a member of
 * a JSON object.
 */
#include <stdio.h>

#include "command.h"
#include "json_out.h"

static const char help[] =
	"usage: stele info [OPTION]... SEG\n\n"
	"Print what a segment is: its home and seal and what they promise, sizes,\n"
	"the pages in use now, and each table with its fill and probes.\n\n"
	"      --json  as one JSON object\n"
	"  -h, --help  this text\n";

struct report {
	bool as_json;
	bool inner; /* of a table */
	bool first;
};

/* The name in front of a value. */
static void put_name(struct report *r, const char *name)
{
	if (!r->as_json) {
		printf("%s%-*s ", r->inner ? "  " : "", r->inner ? 14 : 16,
		       name);
		return;
	}
	printf("%s\"", r->first ? "" : ",");
	for (; *name; name++)
		putchar(*name == ' ' ? '_' : *name);
	fputs("\":", stdout);
	r->first = false;
}

static void put_end(const struct report *r)
{
	if (!r->as_json)
		putchar('\n');
}

static void put_number(struct report *r, const char *name, uint64_t n)
{
	put_name(r, name);
	printf("%llu", (unsigned long long)n);
	put_end(r);
}

static void put_str(struct report *r, const char *name, const char *ptr,
		    size_t len)
{
	put_name(r, name);
	if (r->as_json)
		json_out_string(stdout, ptr, len);
	else
		command_print_name(stdout, ptr, len);
	put_end(r);
}

static void put_text(struct report *r, const char *name, const char *text)
{
	put_str(r, name, text, __builtin_strlen(text));
}

static void put_bool(struct report *r, const char *name, bool is)
{
	put_name(r, name);
	if (r->as_json)
		fputs(is ? "true" : "false", stdout);
	else
		fputs(is ? "yes" : "no", stdout);
	put_end(r);
}

static void put_digest(struct report *r, const char *name,
		       const uint8_t digest[32])
{
	put_name(r, name);
	fputs(r->as_json ? "\"sha256:" : "sha256:", stdout);
	for (unsigned i = 0; i < 32; i++)
		printf("%02x", digest[i]);
	if (r->as_json)
		putchar('"');
	put_end(r);
}

/* --------------------------------------------------------------- words */

static const char *home_name(enum stele_home home)
{
	switch (home) {
	case STELE_HOME_FILE:
		return "file";
	case STELE_HOME_MEMFD:
		return "memfd";
	case STELE_HOME_DEVICE:
		return "device";
	}
	return "unknown";
}

static const char *seal_name(enum stele_seal seal)
{
	switch (seal) {
	case STELE_SEAL_NONE:
		return "none";
	case STELE_SEAL_ADVISORY:
		return "advisory";
	case STELE_SEAL_MEMFD:
		return "memfd";
	case STELE_SEAL_VERITY:
		return "verity";
	case STELE_SEAL_DEVICE:
		return "device";
	}
	return "unknown";
}

static const char *kind_name(enum stele_map_kind kind)
{
	switch (kind) {
	case STELE_MAP_BUCKET:
		return "bucket";
	case STELE_MAP_INTEGER:
		return "integer";
	case STELE_MAP_FILTER:
		return "filter";
	}
	return "unknown";
}

static const char *key_name(enum stele_key_type key)
{
	switch (key) {
	case STELE_KEY_STR:
		return "str";
	case STELE_KEY_BYTES:
		return "bytes";
	case STELE_KEY_I64:
		return "i64";
	case STELE_KEY_U64:
		return "u64";
	case STELE_KEY_CANONICAL:
		return "canonical";
	}
	return "unknown";
}

/* --------------------------------------------------------------- facts */

static void put_format(struct report *r, const struct stele_segment_info *info)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%u.%u",
		 info->major & 0x8000 ? "development " : "",
		 info->major & 0x7fffu, info->minor);
	put_text(r, "format", text);
	put_number(r, "incompat", info->incompat);
	put_number(r, "compat", info->compat);
}

static void put_segment(struct report *r, const struct stele_segment_info *info)
{
	char mode[8];

	if (info->path)
		put_text(r, "path", info->path);
	put_text(r, "home", home_name(info->home));
	put_text(r, "seal", seal_name(info->seal));
	put_bool(r, "stable", info->stable);
	snprintf(mode, sizeof(mode), "%04o", info->mode & 07777);
	put_text(r, "mode", mode);
	put_number(r, "owner", info->owner);
	put_format(r, info);
	put_digest(r, "identity", info->identity);
	if (info->has_file_digest)
		put_digest(r, "file digest", info->file_digest);
	put_number(r, "len bytes", info->len_bytes);
	put_number(r, "image bytes", info->image_bytes);
	put_number(r, "rows", info->nr_rows);
	put_number(r, "share log2", info->share_log2);
	put_number(r, "page bytes", info->page_bytes);
	put_number(r, "huge bytes", info->huge_bytes);
	put_number(r, "resident bytes", info->resident_bytes);
}

/* A number with four digits behind the point. */
static void put_double(struct report *r, const char *name, double value)
{
	put_name(r, name);
	printf("%.4f", value);
	put_end(r);
}

/* What a filter promises, and what that takes. */
static void put_filter(struct report *r, const struct stele_map_info *info)
{
	uint64_t bytes = info->data_bytes + info->index_bytes;

	put_number(r, "one wrong in", info->filter);
	put_number(r, "columns", info->filter_bits);
	put_double(r, "bits a key",
		   info->nr_keys ? 8.0 * (double)bytes / (double)info->nr_keys :
				   0);
}

static void put_table(struct report *r, const struct stele_map_info *info,
		      const struct stele_schema *schema)
{
	struct stele_record_info record;

	put_str(r, r->as_json ? "name" : "table", info->name.ptr,
		info->name.len);
	r->inner = true;
	put_text(r, "kind", kind_name(info->kind));
	put_text(r, "key", key_name(info->key));
	if (!stele_schema_record(schema, info->record, &record))
		put_str(r, "record", record.name.ptr, record.name.len);
	else
		put_text(r, "value", stele_type_name(info->value));
	put_bool(r, "multi", info->multi);
	put_number(r, "keys", info->nr_keys);
	put_number(r, "values", info->nr_values);
	put_number(r, "bucket bytes", info->bucket_bytes);
	put_number(r, "buckets", info->nr_buckets);
	put_double(r, "fill", info->fill);
	if (info->filter)
		put_filter(r, info);
	put_number(r, "partitions", info->nr_partitions);
	put_number(r, "max probe", info->max_probe);
	put_number(r, "index bytes", info->index_bytes);
	put_number(r, "data bytes", info->data_bytes);
	put_number(r, "used bytes", info->used_bytes);
	r->inner = false;
}

static int put_tables(struct report *r, const struct stele_segment *segment,
		      uint32_t nr)
{
	const struct stele_schema *schema = stele_segment_schema(segment);
	int rc = 0;

	if (r->as_json)
		fputs(",\"tables\":[", stdout);
	for (uint32_t i = 0; !rc && i < nr; i++) {
		struct stele_map_info info = { .size = sizeof(info) };

		rc = stele_map_info(stele_segment_map_at(segment, i), &info);
		if (r->as_json)
			fputs(i ? ",{" : "{", stdout);
		r->first = true;
		if (!rc)
			put_table(r, &info, schema);
		if (r->as_json)
			putchar('}');
	}
	if (r->as_json)
		fputs("]}\n", stdout);
	return rc;
}

static int report(const struct command *command, const char *name,
		  const struct stele_segment *segment, bool as_json)
{
	struct stele_segment_info info = { .size = sizeof(info) };
	struct report r = { .as_json = as_json, .first = true };
	int rc = stele_segment_info(segment, &info);

	if (rc)
		return command_fail(command, name, rc, NULL);
	if (as_json)
		putchar('{');
	put_segment(&r, &info);
	rc = put_tables(&r, segment, info.nr_maps);
	return command_finish(command,
			      rc ? command_fail(command, name, rc, NULL) : 0);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct stele_segment *segment;
	bool as_json = false;
	int option, rc;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1) {
		if (option == 'h')
			return command_help(command);
		if (option != 'j')
			return COMMAND_USAGE;
		as_json = true;
	}
	if (argc - optind != 1)
		return command_usage(command, "SEG is wanted");
	rc = command_open(command, argv[optind], &segment);
	if (rc)
		return rc;
	rc = report(command, argv[optind], segment, as_json);
	stele_segment_close(segment);
	return rc;
}

const struct command command_info = {
	.name = "info",
	.summary = "what a segment is, and where it really lies",
	.help = help,
	.run = run,
};
