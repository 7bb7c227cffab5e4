/* SPDX-License-Identifier: MIT */
/*
 * Lookups of a generated header: the key's parts as arguments, and what the
 * table has as the result: a row; all matches of a multi table; of a filter,
 * whether the key may be there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "c_name.h"
#include "schema_header.h"

/* A part of a key: how it is handed in, and how it becomes a value. */
struct form {
	const char *parameters; /* @ is its name */
	const char *value; /* of keys[#] */
	const char *quick; /* of a table of such keys alone */
};

static const struct form text = {
	"const char *@, size_t @_len",
	"keys[#].type = STELE_TYPE_STR;\n"
	"\tkeys[#].u.ptr = @;\n"
	"\tkeys[#].len = @_len;",
	"str(self->map[$], @, @_len",
};
static const struct form bytes = {
	"const void *@, size_t @_len",
	"keys[#].type = STELE_TYPE_BYTES;\n"
	"\tkeys[#].u.ptr = (const char *)@;\n"
	"\tkeys[#].len = @_len;",
	"str(self->map[$], (const char *)@, @_len",
};
static const struct form integer = {
	"int64_t @",
	"keys[#].type = STELE_TYPE_I64;\n"
	"\tkeys[#].u.i = @;",
	"i64(self->map[$], @",
};
static const struct form natural = {
	"uint64_t @",
	"keys[#].type = STELE_TYPE_U64;\n"
	"\tkeys[#].u.u = @;",
	"u64(self->map[$], @",
};
static const struct form real = {
	"double @",
	"keys[#].type = STELE_TYPE_F64;\n"
	"\tkeys[#].u.f = @;",
	NULL,
};
static const struct form boolean = {
	"bool @",
	"keys[#].type = STELE_TYPE_BOOL;\n"
	"\tkeys[#].u.b = @;",
	NULL,
};
static const struct form date = {
	"int64_t @",
	"keys[#].type = STELE_TYPE_DATE;\n"
	"\tkeys[#].u.i = @;",
	NULL,
};
static const struct form datetime = {
	"int64_t @",
	"keys[#].type = STELE_TYPE_DATETIME;\n"
	"\tkeys[#].u.i = @;",
	NULL,
};
static const struct form time_of_day = {
	"int64_t @",
	"keys[#].type = STELE_TYPE_TIME;\n"
	"\tkeys[#].u.i = @;",
	NULL,
};
static const struct form timedelta = {
	"int64_t @",
	"keys[#].type = STELE_TYPE_TIMEDELTA;\n"
	"\tkeys[#].u.i = @;",
	NULL,
};
static const struct form uuid = {
	"const uint8_t @[16]",
	"keys[#].type = STELE_TYPE_UUID;\n"
	"\tkeys[#].u.ptr = (const char *)@;\n"
	"\tkeys[#].len = 16;",
	NULL,
};
static const struct form other = {
	"const struct stele_value *@",
	"keys[#] = *@;",
	NULL,
};

static const struct form *form_of(enum stele_type type)
{
	switch (type) {
	case STELE_TYPE_STR:
		return &text;
	case STELE_TYPE_BYTES:
		return &bytes;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		return &integer;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		return &natural;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		return &real;
	case STELE_TYPE_BOOL:
		return &boolean;
	case STELE_TYPE_DATE:
		return &date;
	case STELE_TYPE_DATETIME:
		return &datetime;
	case STELE_TYPE_TIME:
		return &time_of_day;
	case STELE_TYPE_TIMEDELTA:
		return &timedelta;
	case STELE_TYPE_UUID:
		return &uuid;
	default:
		return &other;
	}
}

struct lookup {
	const struct stele_schema *schema;
	struct stele_table_info info;
	uint32_t table;
};

/* The form of the k-th part of the key. */
static const struct form *part(const struct lookup *l, uint32_t k)
{
	struct stele_field_info field;
	struct stele_type_info type = { 0 };
	uint32_t record = l->info.record, step, number;

	for (step = 0;
	     !stele_schema_table_step(l->schema, l->table, k, step, &number);
	     step++) {
		stele_schema_field(l->schema, record, number, &field);
		stele_schema_type(l->schema, field.type, &type);
		record = type.record;
	}
	return form_of(type.type);
}

/* @ is the part's name, # its number, $ the table. */
static void print(const struct lookup *l, const char *format, uint32_t k)
{
	for (; *format; format++) {
		if (*format == '@' && l->info.nr_keys > 1)
			printf("key%" PRIu32, k);
		else if (*format == '@')
			fputs("key", stdout);
		else if (*format == '#')
			printf("%" PRIu32, k);
		else if (*format == '$')
			printf("%" PRIu32, l->table);
		else
			putchar(*format);
	}
}

static bool gives_row(const struct lookup *l)
{
	return !l->info.multi && !l->info.filter;
}

static const char *result(const struct lookup *l)
{
	return l->info.multi ? "matches" : "&value";
}

static void print_head(const struct lookup *l, const char *name,
		       const char *prefix)
{
	fputs("\n/* ", stdout);
	c_name_print_text(stdout, l->info.name.ptr, l->info.name.len);
	printf("%s */\nstatic inline int %s(const struct %s *self",
	       l->info.multi  ? ", multi" :
	       l->info.filter ? ", a filter" :
				"",
	       name, prefix);
	for (uint32_t k = 0; k < l->info.nr_keys; k++) {
		fputs(",\n\t\t", stdout);
		print(l, part(l, k)->parameters, k);
	}
	if (l->info.multi)
		fputs(",\n\t\tstruct stele_matches *matches", stdout);
	else if (!l->info.filter)
		fputs(",\n\t\tstruct stele_record *record", stdout);
	printf(")\n{\n");
	printf("\tstruct stele_value keys[%" PRIu32 "]%s;\n\tint rc;\n\n",
	       l->info.nr_keys, l->info.multi ? "" : ", value");
}

static void print_body(const struct lookup *l)
{
	const char *call = l->info.multi ? "find" : "get";
	const struct form *only = l->info.nr_keys == 1 ? part(l, 0) : &other;

	print(l, "\tif (!self->map[$])\n\t\treturn -STELE_E_SCHEMA;\n", 0);
	if (only->quick) {
		printf("\trc = stele_map_%s_", call);
		print(l, only->quick, 0);
		printf(", %s);\n\tif (rc != -STELE_E_TYPE)\n\t\treturn ",
		       result(l));
		fputs(gives_row(l) ?
			      "rc ? rc : stele_value_record(&value, record);\n" :
			      "rc;\n",
		      stdout);
	}
	fputs("\tmemset(keys, 0, sizeof(keys));\n", stdout);
	for (uint32_t k = 0; k < l->info.nr_keys; k++) {
		putchar('\t');
		print(l, part(l, k)->value, k);
		putchar('\n');
	}
	printf("\trc = stele_map_%s(self->map[%" PRIu32 "], keys, %" PRIu32
	       ", %s);\n\treturn ",
	       call, l->table, l->info.nr_keys, result(l));
	fputs(gives_row(l) ? "rc ? rc : stele_value_record(&value, record);\n" :
			     "rc;\n",
	      stdout);
	fputs("}\n", stdout);
}

int schema_lookup_print(const struct stele_schema *schema, const char *prefix,
			uint32_t table)
{
	struct lookup l = { .schema = schema, .table = table };
	char *name;

	stele_schema_table(schema, table, &l.info);
	name = c_name_join(prefix, l.info.name, NULL);
	if (!name)
		return -ENOMEM;
	print_head(&l, name, prefix);
	print_body(&l);
	free(name);
	return 0;
}
