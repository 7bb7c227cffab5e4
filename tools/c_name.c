/* SPDX-License-Identifier: MIT */
/*
 * Names of C.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c_name.h"

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Words of C11 and C++17 that begin with a letter, in order. */
static const char *const keywords[] = {
	"alignas",
	"alignof",
	"and",
	"and_eq",
	"asm",
	"auto",
	"bitand",
	"bitor",
	"bool",
	"break",
	"case",
	"catch",
	"char",
	"char16_t",
	"char32_t",
	"class",
	"compl",
	"const",
	"const_cast",
	"constexpr",
	"continue",
	"decltype",
	"default",
	"delete",
	"do",
	"double",
	"dynamic_cast",
	"else",
	"enum",
	"explicit",
	"export",
	"extern",
	"false",
	"float",
	"for",
	"friend",
	"goto",
	"if",
	"inline",
	"int",
	"linux",
	"long",
	"mutable",
	"namespace",
	"new",
	"noexcept",
	"not",
	"not_eq",
	"nullptr",
	"operator",
	"or",
	"or_eq",
	"private",
	"protected",
	"public",
	"register",
	"reinterpret_cast",
	"restrict",
	"return",
	"short",
	"signed",
	"sizeof",
	"static",
	"static_assert",
	"static_cast",
	"struct",
	"switch",
	"template",
	"this",
	"thread_local",
	"throw",
	"true",
	"try",
	"typedef",
	"typeid",
	"typename",
	"typeof",
	"union",
	"unix",
	"unsigned",
	"using",
	"virtual",
	"void",
	"volatile",
	"wchar_t",
	"while",
	"xor",
	"xor_eq",
};

static int compare_words(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool c_name_is_prefix(const char *text)
{
	size_t nr = sizeof(keywords) / sizeof(*keywords), i;

	if (!is_letter(*text))
		return false;
	for (i = 1; text[i]; i++)
		if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '_')
			return false;
	/* the library's own */
	if (!strncmp(text, "stele", 5) && (!text[5] || text[5] == '_'))
		return false;
	return !bsearch(text, keywords, nr, sizeof(*keywords), compare_words);
}

/* Copies what can stand in an identifier; gives the end. */
static char *put(char *at, const char *ptr, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*at++ = is_letter(ptr[i]) || is_digit(ptr[i]) ? ptr[i] : '_';
	return at;
}

char *c_name_join(const char *prefix, struct stele_str first,
		  const struct stele_str *second)
{
	size_t len = strlen(prefix);
	char *name = malloc(len + first.len + (second ? second->len : 0) + 3);
	char *at;

	if (!name)
		return NULL;
	at = put(name, prefix, len);
	*at++ = '_';
	at = put(at, first.ptr, first.len);
	if (second) {
		*at++ = '_';
		at = put(at, second->ptr, second->len);
	}
	*at = '\0';
	return name;
}

char *c_name_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t len = dot && dot != base ? (size_t)(dot - base) : strlen(base);
	char *name = malloc(len + 1);

	if (name)
		*put(name, base, len) = '\0';
	return name;
}

/* Whether a byte could begin a trigraph, or begin or end a comment. */
static bool is_risky(const char *ptr, size_t len, size_t i)
{
	char before = i ? ptr[i - 1] : 0, after = i + 1 < len ? ptr[i + 1] : 0;

	if (ptr[i] == '*')
		return before == '/' || after == '/';
	return ptr[i] == '?' && (before == '?' || after == '?');
}

void c_name_print_text(FILE *out, const char *ptr, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)ptr[i];

		if (c == '\n')
			fputs("\\n", out);
		else if (c == '\t')
			fputs("\\t", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c > 0x7e || is_risky(ptr, len, i))
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
}

int c_names_add(struct c_names *names, char *name, char *means)
{
	struct c_name *larger = NULL;

	if (name && means)
		larger = realloc(names->names,
				 (names->nr + 1) * sizeof(*larger));
	if (!larger) {
		free(name);
		free(means);
		return -ENOMEM;
	}
	names->names = larger;
	names->names[names->nr].name = name;
	names->names[names->nr++].means = means;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct c_name *)a)->name,
		      ((const struct c_name *)b)->name);
}

const struct c_name *c_names_twice(struct c_names *names)
{
	if (names->nr)
		qsort(names->names, names->nr, sizeof(*names->names),
		      compare_names);
	for (size_t i = 1; i < names->nr; i++)
		if (!strcmp(names->names[i - 1].name, names->names[i].name))
			return &names->names[i - 1];
	return NULL;
}

void c_names_free(struct c_names *names)
{
	for (size_t i = 0; i < names->nr; i++) {
		free(names->names[i].name);
		free(names->names[i].means);
	}
	free(names->names);
}
