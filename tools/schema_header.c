/* SPDX-License-Identifier: MIT */
/*
 * stele schema --header: names, the struct that a program holds, opening it.
 *
 * A header carries the text of its schema.  Opening parses it and opens a view,
 * so what the program was written for and what a segment holds are compared by
 * the rules of every other reader.
 */
#include "schema_header.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "c_name.h"

struct header {
	const struct command *command;
	const char *source;
	const struct stele_schema *schema;
	const char *prefix;
	uint32_t nr_fields; /* printed */
};

/* ---------------------------------------------------------------- names */

static char *means_field(const struct stele_finding *f)
{
	char *text;

	return asprintf(&text, "field '%.*s' of '%.*s'", (int)f->name.len,
			f->name.ptr, (int)f->record_name.len,
			f->record_name.ptr) < 0 ?
		       NULL :
		       text;
}

static char *means_table(const struct stele_finding *f)
{
	char *text;

	return asprintf(&text, "table '%.*s'", (int)f->name.len, f->name.ptr) <
			       0 ?
		       NULL :
		       text;
}

struct naming {
	const char *prefix;
	struct c_names names;
};

static int add_name(void *arg, const struct stele_finding *f)
{
	struct naming *n = arg;

	if (f->kind == STELE_FINDING_FIELD)
		return c_names_add(&n->names,
				   c_name_join(n->prefix, f->record_name,
					       &f->name),
				   means_field(f));
	if (f->kind == STELE_FINDING_TABLE)
		return c_names_add(&n->names,
				   c_name_join(n->prefix, f->name, NULL),
				   means_table(f));
	return 0;
}

static int add_own(struct naming *n, const char *name)
{
	struct stele_str str = { name, strlen(name) };

	return c_names_add(&n->names, c_name_join(n->prefix, str, NULL),
			   strdup("what each header has"));
}

/* No two things of the header may have one name. */
static int check_names(struct header *h)
{
	struct naming n = { .prefix = h->prefix };
	const struct c_name *twice;
	int rc = add_own(&n, "open");

	if (!rc)
		rc = add_own(&n, "close");
	if (!rc)
		rc = stele_schema_compare(h->schema, h->schema, add_name, &n);
	if (rc) {
		rc = command_fail(h->command, h->source, rc, NULL);
	} else {
		twice = c_names_twice(&n.names);
		if (twice) {
			command_say(h->command,
				    "%s: %s and %s would both be %s in C",
				    h->source, twice[0].means, twice[1].means,
				    twice[0].name);
			rc = COMMAND_INPUT;
		}
	}
	c_names_free(&n.names);
	return rc;
}

/* --------------------------------------------------------------- opening */

static uint32_t at_least_one(uint32_t n)
{
	return n ? n : 1;
}

static uint32_t count_fields(const struct stele_schema *schema)
{
	uint32_t nr = 0, i;

	for (i = 0; i < stele_schema_nr_records(schema); i++) {
		struct stele_record_info info;

		stele_schema_record(schema, i, &info);
		nr += info.nr_fields;
	}
	return nr;
}

static void print_frame(const struct header *h)
{
	printf("/*\n"
	       " * Made by `stele schema --header` of stele %s.\n"
	       " *\n"
	       " * A getter returns 0 and stores the value, or a code of "
	       "<stele/error.h>, as\n"
	       " * <stele/record.h> and <stele/view.h> have it.  Records are "
	       "those of the segment\n"
	       " * that was opened.  A lookup by a table that the segment does "
	       "not have gives\n"
	       " * -STELE_E_SCHEMA.\n"
	       " */\n"
	       "#ifndef STELE_FOR_%s\n#define STELE_FOR_%s\n\n"
	       "#include <string.h>\n\n#include <stele/stele.h>\n\n",
	       stele_version(), h->prefix, h->prefix);
	printf("struct %s {\n"
	       "\tstruct stele_view *view;\n"
	       "\tstruct stele_layout layout[%" PRIu32 "];\n"
	       "\tstruct stele_field field[%" PRIu32 "];\n"
	       "\tconst struct stele_map *map[%" PRIu32 "];\n"
	       "};\n\n",
	       h->prefix, at_least_one(stele_schema_nr_records(h->schema)),
	       at_least_one(count_fields(h->schema)),
	       at_least_one(stele_schema_nr_tables(h->schema)));
	printf("static inline void %s_close(struct %s *self)\n"
	       "{\n"
	       "\tstele_view_close(self->view);\n"
	       "\tself->view = NULL;\n"
	       "}\n\n",
	       h->prefix, h->prefix);
}

/* What strict compilers promise to take; more, and -Wpedantic complains. */
#define LITERAL_BYTES 4095

/* The schema's text as a string literal, a line each. */
static int print_text(const struct header *h)
{
	const char *line, *end;
	size_t len = 0;
	char *text;

	stele_schema_print(h->schema, NULL, 0, &len);
	text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	stele_schema_print(h->schema, text, len + 1, &len);
	if (len > LITERAL_BYTES)
		puts("#pragma GCC diagnostic push\n"
		     "#pragma GCC diagnostic ignored \"-Woverlength-strings\"");
	fputs("\tstatic const char text[] =\n\t\t\"\"", stdout);
	for (line = text; *line; line = end) {
		end = strchr(line, '\n') + 1;
		fputs("\n\t\t\"", stdout);
		c_name_print_text(stdout, line, (size_t)(end - line));
		fputc('"', stdout);
	}
	fputs(";\n", stdout);
	if (len > LITERAL_BYTES)
		puts("#pragma GCC diagnostic pop");
	free(text);
	return 0;
}

static void print_fingerprints(const struct header *h)
{
	uint32_t nr = stele_schema_nr_records(h->schema), i;
	struct stele_record_info info;

	if (!nr)
		return;
	printf("\tstatic const unsigned char fingerprints[%" PRIu32
	       "][16] = {\n",
	       nr);
	for (i = 0; i < nr; i++) {
		stele_schema_record(h->schema, i, &info);
		fputs("\t\t{ ", stdout);
		for (int k = 0; k < 16; k++)
			printf("%s%u", k ? ", " : "", info.fingerprint[k]);
		fputs(" },\n", stdout);
	}
	fputs("\t};\n", stdout);
}

static void print_fields_of(const struct header *h, uint32_t record)
{
	struct stele_record_info info;
	struct stele_field_info field;
	struct stele_type_info type;

	stele_schema_record(h->schema, record, &info);
	for (uint32_t i = 0; i < info.nr_fields; i++) {
		stele_schema_field(h->schema, record, i, &field);
		stele_schema_type(h->schema, field.type, &type);
		printf("\t\t{ %" PRIu32 ", %" PRIu32 ", ", record, i);
		schema_getter_print_asked(type.type);
		fputs(" },\n", stdout);
	}
}

static void print_fields(const struct header *h)
{
	uint32_t nr = stele_schema_nr_records(h->schema), i;

	if (!count_fields(h->schema))
		return;
	printf("\tstatic const struct {\n"
	       "\t\tuint32_t record;\n"
	       "\t\tuint32_t field;\n"
	       "\t\tenum stele_type asked;\n"
	       "\t} fields[%" PRIu32 "] = {\n",
	       count_fields(h->schema));
	for (i = 0; i < nr; i++)
		print_fields_of(h, i);
	fputs("\t};\n", stdout);
}

/* A loop over all of one sort, which there may be none of. */
static void print_loop(uint32_t nr, const char *body)
{
	if (nr)
		printf("\tfor (uint32_t i = 0; !rc && i < %" PRIu32
		       "; i++)\n%s",
		       nr, body);
}

static void print_loops(const struct header *h)
{
	print_loop(
		stele_schema_nr_records(h->schema),
		"\t\trc = stele_view_layout(self->view, i, fingerprints[i],\n"
		"\t\t\t\t       &self->layout[i]);\n");
	print_loop(
		count_fields(h->schema),
		"\t\trc = stele_view_field_at(self->view, fields[i].record,\n"
		"\t\t\t\t\t fields[i].field, fields[i].asked,\n"
		"\t\t\t\t\t &self->field[i], err);\n");
	print_loop(
		stele_schema_nr_tables(h->schema),
		"\t\tif (stele_view_map(self->view, i, &self->map[i], NULL))\n"
		"\t\t\tself->map[i] = NULL;\n");
}

static int print_open(const struct header *h)
{
	int rc;

	printf("/* As stele_view_open(); close before the segment. */\n"
	       "static inline int %s_open(struct %s *self,\n"
	       "\t\tconst struct stele_segment *segment, "
	       "struct stele_error *err)\n{\n",
	       h->prefix, h->prefix);
	rc = print_text(h);
	if (rc)
		return rc;
	print_fingerprints(h);
	print_fields(h);
	printf("\tstruct stele_schema *schema;\n"
	       "\tint rc = stele_schema_parse(text, sizeof(text) - 1, &schema, "
	       "err);\n\n"
	       "\tmemset(self, 0, sizeof(*self));\n"
	       "\tif (rc)\n"
	       "\t\treturn rc;\n"
	       "\trc = stele_view_open(segment, schema, &self->view, err);\n"
	       "\tstele_schema_free(schema);\n");
	print_loops(h);
	printf("\tif (rc)\n"
	       "\t\t%s_close(self);\n"
	       "\treturn rc;\n}\n",
	       h->prefix);
	return 0;
}

/* ----------------------------------------------------------- all of it */

static int print_finding(void *arg, const struct stele_finding *f)
{
	struct header *h = arg;

	if (f->kind == STELE_FINDING_FIELD)
		return schema_getter_print(h->schema, h->prefix, f,
					   h->nr_fields++);
	if (f->kind == STELE_FINDING_TABLE)
		return schema_lookup_print(h->schema, h->prefix, f->table);
	return 0;
}

static int print_header(struct header *h)
{
	int rc;

	print_frame(h);
	rc = print_open(h);
	if (!rc)
		rc = stele_schema_compare(h->schema, h->schema, print_finding,
					  h);
	printf("\n#endif /* STELE_FOR_%s */\n", h->prefix);
	return rc ? command_fail(h->command, h->source, rc, NULL) : 0;
}

int schema_header(const struct command *command, const char *name,
		  const struct stele_schema *schema, const char *prefix)
{
	char *own = prefix ? strdup(prefix) : c_name_of_path(name);
	struct header h = { command, name, schema, own, 0 };
	int rc;

	if (!own)
		return command_fail(command, name, -ENOMEM, NULL);
	if (c_name_is_prefix(own))
		rc = check_names(&h);
	else
		rc = command_usage(
			command,
			"'%s' can't begin names of C: give another --prefix",
			own);
	if (!rc)
		rc = print_header(&h);
	free(own);
	return rc;
}
