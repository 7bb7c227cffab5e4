/* SPDX-License-Identifier: MIT */
/*
 * Getters of a generated header.  Where the record is laid out as the compiler
 * was told, and the field is there, a getter loads it from a place that is a
 * constant; all else, errors too, is the library's, by the field that was
 * resolved when the view was opened.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "c_name.h"
#include "schema_header.h"

/* The families of getters. */
struct form {
	const char *results; /* what it stores */
	const char *call; /* the library's getter */
	const char *arguments;
	const char *quick; /* how it reads a constant place; NULL: it doesn't */
};

/* In `quick`, @ is the field's bits, from the lowest; ^ its second word. */
static const struct form forms[] = {
	[STELE_TYPE_BOOL] = { "bool *value", "bool", "value",
			      "*value = (uint8_t)(@) != 0;" },
	[STELE_TYPE_I8] = { "int64_t *value", "i64", "value",
			    "*value = (int8_t)(@);" },
	[STELE_TYPE_I16] = { "int64_t *value", "i64", "value",
			     "*value = (int16_t)(@);" },
	[STELE_TYPE_I32] = { "int64_t *value", "i64", "value",
			     "*value = (int32_t)(@);" },
	[STELE_TYPE_I64] = { "int64_t *value", "i64", "value",
			     "*value = (int64_t)(@);" },
	[STELE_TYPE_U8] = { "uint64_t *value", "u64", "value",
			    "*value = (uint8_t)(@);" },
	[STELE_TYPE_U16] = { "uint64_t *value", "u64", "value",
			     "*value = (uint16_t)(@);" },
	[STELE_TYPE_U32] = { "uint64_t *value", "u64", "value",
			     "*value = (uint32_t)(@);" },
	[STELE_TYPE_U64] = { "uint64_t *value", "u64", "value", "*value = @;" },
	[STELE_TYPE_F32] = { "double *value", "f64", "value",
			     "uint32_t bits = (uint32_t)(@);\n"
			     "\t\tfloat narrow;\n\n"
			     "\t\tmemcpy(&narrow, &bits, sizeof(narrow));\n"
			     "\t\t*value = (double)narrow;" },
	[STELE_TYPE_F64] = { "double *value", "f64", "value",
			     "uint64_t bits = @;\n\n"
			     "\t\tmemcpy(value, &bits, sizeof(*value));" },
	[STELE_TYPE_DATE] = { "int64_t *days", "time", "days",
			      "*days = (int32_t)(@);" },
	[STELE_TYPE_DATETIME] = { "int64_t *us", "time", "us",
				  "*us = (int64_t)(@);" },
	[STELE_TYPE_TIME] = { "int64_t *us", "time", "us",
			      "*us = (int64_t)(@);" },
	[STELE_TYPE_TIMEDELTA] = { "int64_t *us", "time", "us",
				   "*us = (int64_t)(@);" },
	[STELE_TYPE_ZONED] = { "int64_t *utc, int32_t *offset", "zoned",
			       "utc, offset",
			       "*utc = (int64_t)(@);\n"
			       "\t\t*offset = (int32_t)(^);" },
	[STELE_TYPE_UUID] = { "uint8_t uuid[16]", "uuid", "uuid",
			      "uint64_t words[2] = { @, ^ };\n\n"
			      "\t\tmemcpy(uuid, words, sizeof(words));" },
	[STELE_TYPE_STR] = { "struct stele_str *value", "str", "value", NULL },
	[STELE_TYPE_BYTES] = { "struct stele_str *value", "str", "value",
			       NULL },
	[STELE_TYPE_RECORD] = { "struct stele_record *value", "record", "value",
				NULL },
	[STELE_TYPE_REF] = { "struct stele_record *value", "record", "value",
			     NULL },
};
static const struct form other = { "struct stele_value *value", NULL, "value",
				   NULL };

static const struct form *form_of(enum stele_type type)
{
	if ((size_t)type < sizeof(forms) / sizeof(*forms) &&
	    forms[type].results)
		return &forms[type];
	return &other;
}

void schema_getter_print_asked(enum stele_type type)
{
	const char *name =
		stele_type_name(form_of(type)->call ? type : STELE_TYPE_ANY);

	fputs("STELE_TYPE_", stdout);
	while (*name)
		putchar(toupper((unsigned char)*name++));
}

/* The word at an offset, with what lies there lowest. */
static void print_load(uint32_t off)
{
	printf("stele_layout_load(layout, record.pos, %" PRIu32 ")", off & ~7u);
	if (off & 7)
		printf(" >> %" PRIu32, 8 * (off & 7));
}

static void print_quick(const char *quick, uint32_t off)
{
	for (; *quick; quick++) {
		if (*quick == '@')
			print_load(off);
		else if (*quick == '^')
			print_load(off + 8);
		else
			putchar(*quick);
	}
}

static void print_bit(uint32_t bit)
{
	if (bit != UINT32_MAX)
		printf(" &&\n\t    !stele_layout_bit(layout, record.pos, %" PRIu32
		       ")",
		       bit);
}

/* The body's part for bodies that lie as the schema says. */
static void print_quick_way(const struct form *form,
			    const struct stele_field_info *info,
			    uint32_t record, enum stele_type type)
{
	printf("\tconst struct stele_layout *layout = &self->layout[%" PRIu32
	       "];\n\n"
	       "\tif (stele_layout_holds(layout, record)",
	       record);
	if (type == STELE_TYPE_STR) {
		printf(" &&\n"
		       "\t    stele_layout_str(layout, record.pos, %" PRIu32
		       ", value))\n"
		       "\t\treturn 0;\n",
		       info->offset);
		return;
	}
	print_bit(info->null_bit);
	print_bit(info->unset_bit);
	fputs(") {\n\t\t", stdout);
	print_quick(form->quick, info->offset);
	fputs("\n\t\treturn 0;\n\t}\n", stdout);
}

int schema_getter_print(const struct stele_schema *schema, const char *prefix,
			const struct stele_finding *finding, uint32_t at)
{
	struct stele_field_info info;
	struct stele_type_info type;
	const struct form *form;
	char *name = c_name_join(prefix, finding->record_name, &finding->name);

	if (!name)
		return -ENOMEM;
	stele_schema_field(schema, finding->record, finding->field, &info);
	stele_schema_type(schema, info.type, &type);
	form = form_of(type.type);
	fputs("\n/* ", stdout);
	c_name_print_text(stdout, finding->record_name.ptr,
			  finding->record_name.len);
	putchar('.');
	c_name_print_text(stdout, finding->name.ptr, finding->name.len);
	fputs(": ", stdout);
	c_name_print_text(stdout, finding->reader_type.ptr,
			  finding->reader_type.len);
	printf(" */\nstatic inline int %s(const struct %s *self,\n"
	       "\t\tstruct stele_record record, %s)\n{\n",
	       name, prefix, form->results);
	if (form->quick || type.type == STELE_TYPE_STR)
		print_quick_way(form, &info, finding->record, type.type);
	printf("\treturn stele_record_get%s%s(record, &self->field[%" PRIu32
	       "], %s);\n}\n",
	       form->call ? "_" : "", form->call ? form->call : "", at,
	       form->arguments);
	free(name);
	return 0;
}
