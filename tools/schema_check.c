/* SPDX-License-Identifier: MIT */
/*
 * stele schema --check: findings as lines.
 */
#include "schema_check.h"

#include "json_out.h"
#include "schema_file.h"
#include "schema_name.h"

struct check {
	bool as_json;
	bool is_refused;
};

static void print_text(const struct stele_finding *f)
{
	static const char *const kinds[] = { "", "record ", "\t", "table " };
	struct stele_str name =
		f->kind == STELE_FINDING_RECORD ? f->record_name : f->name;

	fputs(kinds[f->kind], stdout);
	schema_name_print(stdout, name.ptr, name.len);
	printf(": %s", stele_verdict_name(f->verdict));
	if (f->reason.len) {
		fputs(": ", stdout);
		command_print_name(stdout, f->reason.ptr, f->reason.len);
	}
	putchar('\n');
}

static void print_member(const char *name, struct stele_str value)
{
	printf(",\"%s\":", name);
	json_out_string(stdout, value.ptr, value.len);
}

static void print_json(const struct stele_finding *f)
{
	printf("{\"verdict\":\"%s\"", stele_verdict_name(f->verdict));
	print_member("record", f->record_name);
	if (f->kind == STELE_FINDING_FIELD)
		print_member("field", f->name);
	if (f->kind == STELE_FINDING_TABLE)
		print_member("table", f->name);
	if (f->stored_type.len)
		print_member("stored", f->stored_type);
	if (f->reader_type.len)
		print_member("reader", f->reader_type);
	if (f->reason.len)
		print_member("reason", f->reason);
	puts("}");
}

static int found(void *arg, const struct stele_finding *f)
{
	struct check *check = arg;

	if (f->verdict == STELE_VERDICT_REFUSE)
		check->is_refused = true;
	if (check->as_json)
		print_json(f);
	else
		print_text(f);
	return 0;
}

int schema_check(const struct command *command, const char *stored,
		 const char *reader, bool as_json)
{
	struct check check = { .as_json = as_json };
	struct schema_source old, new;
	int rc = schema_source_open(command, stored, &old);

	if (rc)
		return rc;
	rc = schema_source_open(command, reader, &new);
	if (!rc) {
		rc = stele_schema_compare(old.schema, new.schema, found,
					  &check);
		if (rc)
			rc = command_fail(command, reader, rc, NULL);
		else
			rc = check.is_refused ? COMMAND_ABSENT : COMMAND_DONE;
		schema_source_close(&new);
	}
	schema_source_close(&old);
	return command_finish(command, rc);
}
