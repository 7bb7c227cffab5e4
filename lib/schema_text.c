// SPDX-License-Identifier: MIT
/*
 * The parser of schema text; stele-schema(5) is its grammar.
 *
 * No word is reserved: what a word means follows from where it stands, and a
 * name with a colon behind it always begins a field.  Line ends mean nothing
 * but for documentation: behind a field, record or table on its line it belongs
 * to that, else to what comes next.
 */
#include "schema_lex.h"
#include "schema_text.h"
#include "schema_type.h"
#include "text.h"

struct parser {
	struct stele_draft *draft;
	struct stele_lexer lexer;
	struct stele_token token; /* the one to be looked at */
	uint32_t last_line; /* of the one before */
	struct stele_buffer doc; /* lines above what comes next */
	struct stele_mark doc_mark; /* line 0: there are none */
};

/* -------------------------------------------------------------- tokens */

static int advance(struct parser *p)
{
	p->last_line = p->token.line;
	return stele_lexer_next(&p->lexer, &p->token, p->draft->err);
}

static struct stele_mark mark_of(const struct parser *p)
{
	struct stele_mark mark = { p->token.line, p->token.column };

	return mark;
}

static int out_of_memory(struct parser *p)
{
	return stele_fail(p->draft->err, -ENOMEM, "out of memory");
}

static int fail_here(struct parser *p, const char *why)
{
	return stele_fail_text(p->draft->err, -STELE_E_SYNTAX, p->token.line,
			       p->token.column, "%s", why);
}

/* "expected WHAT, found 'x'" */
static int expected(struct parser *p, const char *what)
{
	const struct stele_token *t = &p->token;
	const char *quote = t->kind == STELE_TOKEN_QUOTED ? "\"" : "'";

	if (t->kind == STELE_TOKEN_END)
		return stele_fail_text(p->draft->err, -STELE_E_SYNTAX, t->line,
				       t->column, "expected %s, found the end",
				       what);
	if (t->kind == STELE_TOKEN_DOC)
		return stele_fail_text(p->draft->err, -STELE_E_SYNTAX, t->line,
				       t->column,
				       "expected %s, found documentation",
				       what);
	return stele_fail_text(p->draft->err, -STELE_E_SYNTAX, t->line,
			       t->column, "expected %s, found %s%.*s%s", what,
			       quote, STELE_SHOWN(t->text), quote);
}

static bool is_mark(const struct parser *p, char c)
{
	return p->token.kind == STELE_TOKEN_MARK && *p->token.text.ptr == c;
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->token.kind == STELE_TOKEN_NAME &&
	       p->token.text.len == strlen(word) &&
	       !memcmp(p->token.text.ptr, word, p->token.text.len);
}

static bool is_name(const struct parser *p)
{
	return p->token.kind == STELE_TOKEN_NAME ||
	       p->token.kind == STELE_TOKEN_QUOTED;
}

/* Whether the token is a name that begins a field. */
static bool begins_field(const struct parser *p)
{
	struct stele_lexer ahead = p->lexer;
	struct stele_token next;

	return is_name(p) && !stele_lexer_next(&ahead, &next, NULL) &&
	       next.kind == STELE_TOKEN_MARK && *next.text.ptr == ':';
}

static int take_mark(struct parser *p, char c, const char *what)
{
	return is_mark(p, c) ? advance(p) : expected(p, what);
}

/* Skip a mark that may be there. */
static int skip_mark(struct parser *p, char c, bool *there)
{
	*there = is_mark(p, c);
	return *there ? advance(p) : 0;
}

/* ------------------------------------------------------------- strings */

/* Offsets of strings have 32 bits. */
static int check_room(struct parser *p, size_t len)
{
	if (p->draft->pool.len + len <= UINT32_MAX)
		return 0;
	return stele_fail_text(
		p->draft->err, -STELE_E_LIMIT, p->token.line, p->token.column,
		"names and texts of a schema are longer than %u bytes",
		UINT32_MAX);
}

/* Strings of the pool begin where it ended before. */
static int keep(struct parser *p, const void *ptr, size_t len,
		struct stele_fmt_str *str)
{
	struct stele_buffer *pool = &p->draft->pool;
	int rc = check_room(p, len);

	if (rc)
		return rc;
	str->off = (uint32_t)pool->len;
	str->len = (uint32_t)len;
	return stele_buffer_append(pool, ptr, len) ? out_of_memory(p) : 0;
}

static int take_name(struct parser *p, const char *what,
		     struct stele_draft_name *name)
{
	struct stele_buffer *pool = &p->draft->pool;
	size_t before = pool->len, bad = 0;
	int rc;

	if (!is_name(p))
		return expected(p, what);
	name->mark = mark_of(p);
	if (p->token.kind == STELE_TOKEN_NAME) {
		rc = keep(p, p->token.text.ptr, p->token.text.len, &name->str);
		return rc ? rc : advance(p);
	}
	rc = check_room(p, p->token.text.len);
	if (rc)
		return rc;
	rc = stele_text_unquote(pool, p->token.text.ptr, p->token.text.len,
				&bad);
	if (rc == -STELE_E_SYNTAX) {
		p->token.column += (uint32_t)bad + 1;
		return fail_here(p, "not an escape, or half a surrogate pair");
	}
	if (rc)
		return out_of_memory(p);
	name->str.off = (uint32_t)before;
	name->str.len = (uint32_t)(pool->len - before);
	return advance(p);
}

/* --------------------------------------------------------- documentation */

static int take_doc(struct parser *p)
{
	int rc = 0;

	if (p->doc_mark.line)
		rc = stele_buffer_append(&p->doc, "\n", 1);
	else
		p->doc_mark = mark_of(p);
	if (!rc)
		rc = stele_buffer_append(&p->doc, p->token.text.ptr,
					 p->token.text.len);
	return rc ? out_of_memory(p) : advance(p);
}

/* The lines above what comes next. */
static int take_docs(struct parser *p)
{
	int rc = 0;

	while (p->token.kind == STELE_TOKEN_DOC && !rc)
		rc = take_doc(p);
	return rc;
}

/* What was said above and what is said behind, on the same line. */
static int end_doc(struct parser *p, struct stele_fmt_str *doc)
{
	int rc = 0;

	if (p->token.kind == STELE_TOKEN_DOC && p->token.line == p->last_line)
		rc = take_doc(p);
	if (!rc)
		rc = keep(p, p->doc.ptr, p->doc.len, doc);
	p->doc.len = 0;
	p->doc_mark.line = 0;
	return rc;
}

/* Lines that stand above nothing. */
static int refuse_doc(struct parser *p)
{
	if (!p->doc_mark.line)
		return 0;
	return stele_fail_text(
		p->draft->err, -STELE_E_SYNTAX, p->doc_mark.line,
		p->doc_mark.column,
		"documentation of nothing: it stands above or behind a record, field or table");
}

/* --------------------------------------------------------------- types */

static int parse_type(struct parser *p, unsigned depth, uint32_t *index);

/* The type within < >, and whether it is nullable. */
static int parse_item(struct parser *p, unsigned depth,
		      struct stele_draft_type *type)
{
	bool nullable;
	int rc;

	rc = parse_type(p, depth, &type->item);
	if (!rc)
		rc = skip_mark(p, '?', &nullable);
	if (!rc && nullable)
		type->flags |= STELE_FMT_TYPE_F_NULLABLE;
	return rc ? rc : take_mark(p, '>', "'>'");
}

static int parse_dict(struct parser *p, unsigned depth,
		      struct stele_draft_type *type)
{
	int rc = parse_type(p, depth, &type->key);

	if (!rc)
		rc = take_mark(p, ',', "',' and the type of the dict's values");
	return rc ? rc : parse_item(p, depth, type);
}

/* Items are linked: those of tuples within stand between them. */
static int add_item(struct parser *p, const struct stele_draft_item *item,
		    uint32_t *first, uint32_t *last)
{
	struct stele_buffer *items = &p->draft->items;
	uint32_t index = (uint32_t)(items->len / sizeof(*item));

	if (stele_buffer_append(items, item, sizeof(*item)))
		return out_of_memory(p);
	if (*last == STELE_FMT_NONE)
		*first = index;
	else
		((struct stele_draft_item *)(void *)items->ptr)[*last].next =
			index;
	*last = index;
	return 0;
}

static int parse_tuple(struct parser *p, unsigned depth,
		       struct stele_draft_type *type)
{
	uint32_t last = STELE_FMT_NONE;
	bool more = !is_mark(p, '>');
	int rc = 0;

	type->item = STELE_FMT_NONE;
	while (more && !rc) {
		struct stele_draft_item item = { .next = STELE_FMT_NONE };

		rc = parse_type(p, depth, &item.type);
		if (!rc)
			rc = skip_mark(p, '?', &item.nullable);
		if (!rc)
			rc = add_item(p, &item, &type->item, &last);
		if (!rc)
			rc = skip_mark(p, ',', &more);
	}
	return rc ? rc : take_mark(p, '>', "',' or '>'");
}

static int parse_user(struct parser *p, struct stele_draft_type *type)
{
	int rc = take_name(p, "the name of a user's type", &type->name);

	return rc ? rc : take_mark(p, '>', "'>'");
}

/* What an array or ndarray has elements of. */
static int parse_array(struct parser *p, struct stele_draft_type *type)
{
	int kind = -1, element = -1, rc;

	if (p->token.kind == STELE_TOKEN_NAME)
		kind = stele_type_of_word(p->token.text);
	if (kind >= 0)
		element = stele_element_of_type((unsigned)kind);
	if (element < 0)
		return expected(p, "a type of fixed width for an array");
	type->element = (uint16_t)element;
	rc = advance(p);
	if (!rc && is_mark(p, '?'))
		return fail_here(p, "elements of an array are never null");
	return rc ? rc : take_mark(p, '>', "'>'");
}

static int parse_reference(struct parser *p, bool weak,
			   struct stele_draft_type *type)
{
	if (weak)
		type->flags = STELE_FMT_TYPE_F_WEAK;
	return take_name(p,
			 weak ? "the name of a table after 'weak'" :
				"the name of a table after 'ref'",
			 &type->name);
}

static bool has_brackets(unsigned kind)
{
	return kind == STELE_TYPE_LIST || kind == STELE_TYPE_ARRAY ||
	       kind == STELE_TYPE_DICT || kind == STELE_TYPE_TUPLE ||
	       kind == STELE_TYPE_SET || kind == STELE_TYPE_NDARRAY ||
	       kind == STELE_TYPE_USER;
}

/* What follows the word that begins a type. */
static int parse_type_rest(struct parser *p, unsigned depth, bool weak,
			   struct stele_draft_type *type)
{
	int rc;

	if (type->kind == STELE_TYPE_REF)
		return parse_reference(p, weak, type);
	if (!has_brackets(type->kind))
		return 0;
	rc = take_mark(p, '<', "'<'");
	if (rc)
		return rc;
	switch (type->kind) {
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return parse_array(p, type);
	case STELE_TYPE_DICT:
		return parse_dict(p, depth + 1, type);
	case STELE_TYPE_TUPLE:
		return parse_tuple(p, depth + 1, type);
	case STELE_TYPE_USER:
		return parse_user(p, type);
	default:
		return parse_item(p, depth + 1, type);
	}
}

/* The word that begins a type: one of ours, or a record's name. */
static int parse_type_word(struct parser *p, bool *weak,
			   struct stele_draft_type *type)
{
	int kind = -1;

	if (p->token.kind == STELE_TOKEN_NAME)
		kind = stele_type_of_word(p->token.text);
	if (kind < 0) {
		type->kind = STELE_TYPE_RECORD;
		return take_name(p, "a type", &type->name);
	}
	type->kind = (uint8_t)kind;
	*weak = is_word(p, "weak");
	return advance(p);
}

static int parse_type(struct parser *p, unsigned depth, uint32_t *index)
{
	struct stele_draft_type type = { .mark = mark_of(p) };
	bool weak = false;
	int rc;

	if (depth > STELE_MAX_TYPE_DEPTH)
		return stele_fail_text(p->draft->err, -STELE_E_LIMIT,
				       p->token.line, p->token.column,
				       "types are nested deeper than %u",
				       STELE_MAX_TYPE_DEPTH);
	rc = parse_type_word(p, &weak, &type);
	if (!rc)
		rc = parse_type_rest(p, depth, weak, &type);
	if (rc)
		return rc;
	*index = (uint32_t)(p->draft->types.len / sizeof(type));
	if (stele_buffer_append(&p->draft->types, &type, sizeof(type)))
		return out_of_memory(p);
	return 0;
}

/* -------------------------------------------------------------- fields */

/* The literal is kept as written: quotes with it, [] and {} without blanks. */
static int parse_literal(struct parser *p, struct stele_draft_field *field)
{
	struct stele_str text = p->token.text;
	bool list = is_mark(p, '['), dict = is_mark(p, '{');
	int rc;

	field->value_mark = mark_of(p);
	field->flags |= STELE_FMT_FIELD_F_DEFAULT;
	if (list || dict) {
		rc = advance(p);
		if (!rc)
			rc = take_mark(p, list ? ']' : '}',
				       list ? "']': a default list is empty" :
					      "'}': a default dict is empty");
		return rc ? rc : keep(p, list ? "[]" : "{}", 2, &field->value);
	}
	if (p->token.kind == STELE_TOKEN_QUOTED) {
		text.ptr--;
		text.len += 2;
	} else if (p->token.kind != STELE_TOKEN_NUMBER && !is_word(p, "true") &&
		   !is_word(p, "false") && !is_word(p, "null")) {
		return expected(
			p, "true, false, null, a number, a string, [] or {}");
	}
	rc = keep(p, text.ptr, text.len, &field->value);
	return rc ? rc : advance(p);
}

/* At a comma: whether another former name follows, not another field. */
static bool continues_names(const struct parser *p)
{
	struct parser ahead = *p;

	return is_mark(p, ',') &&
	       !stele_lexer_next(&ahead.lexer, &ahead.token, NULL) &&
	       is_name(&ahead) && !begins_field(&ahead);
}

/* Former names are kept together in the pool, each with a line end. */
static int parse_former(struct parser *p, struct stele_draft_field *field)
{
	uint32_t from = (uint32_t)p->draft->pool.len;
	bool more = true;
	int rc = 0;

	field->former_mark = mark_of(p);
	while (more && !rc) {
		struct stele_draft_name name;
		struct stele_fmt_str end;
		struct stele_str str;

		rc = take_name(p, "a former name", &name);
		if (rc)
			return rc;
		str = stele_draft_str(p->draft, name.str);
		if (str.len && memchr(str.ptr, '\n', str.len))
			return stele_fail_text(
				p->draft->err, -STELE_E_SCHEMA, name.mark.line,
				name.mark.column,
				"a former name with a line end in it");
		rc = keep(p, "\n", 1, &end);
		more = continues_names(p);
		if (!rc && more)
			rc = advance(p);
	}
	field->former.off = from;
	field->former.len = (uint32_t)p->draft->pool.len - from;
	return rc;
}

static int parse_field_rest(struct parser *p, struct stele_draft_field *field)
{
	bool there;
	int rc;

	rc = skip_mark(p, '?', &there);
	if (!rc && there)
		field->flags |= STELE_FMT_FIELD_F_NULLABLE;
	if (!rc && is_word(p, "optional") && !begins_field(p)) {
		field->flags |= STELE_FMT_FIELD_F_OPTIONAL;
		rc = advance(p);
	}
	if (!rc)
		rc = skip_mark(p, '=', &there);
	if (!rc && there)
		rc = parse_literal(p, field);
	if (!rc && is_word(p, "was") && !begins_field(p)) {
		rc = advance(p);
		if (!rc)
			rc = parse_former(p, field);
	}
	return rc;
}

static int parse_field(struct parser *p)
{
	struct stele_draft_field field = { .flags = 0 };
	bool comma;
	int rc;

	rc = take_name(p, "a field or '}'", &field.name);
	if (!rc)
		rc = take_mark(p, ':', "':' and the type of the field");
	if (!rc)
		rc = parse_type(p, 1, &field.type);
	if (!rc)
		rc = parse_field_rest(p, &field);
	if (!rc)
		rc = skip_mark(p, ',', &comma);
	if (!rc)
		rc = end_doc(p, &field.doc);
	if (!rc &&
	    stele_buffer_append(&p->draft->fields, &field, sizeof(field)))
		rc = out_of_memory(p);
	return rc;
}

/* -------------------------------------------------------- declarations */

static int parse_record(struct parser *p)
{
	size_t size = sizeof(struct stele_draft_field);
	struct stele_draft_record record = { .nr_fields = 0 };
	struct stele_buffer above = p->doc; /* the fields' use another */
	struct stele_mark above_mark = p->doc_mark;
	int rc;

	memset(&p->doc, 0, sizeof(p->doc));
	p->doc_mark.line = 0;
	record.first_field = (uint32_t)(p->draft->fields.len / size);
	rc = take_name(p, "the name of a record", &record.name);
	if (!rc)
		rc = take_mark(p, '{', "'{'");
	while (!rc) {
		rc = take_docs(p);
		if (rc || is_mark(p, '}'))
			break;
		rc = parse_field(p);
	}
	if (!rc)
		rc = refuse_doc(p);
	stele_buffer_free(&p->doc);
	p->doc = above;
	p->doc_mark = above_mark;
	if (!rc)
		rc = advance(p);
	if (!rc)
		rc = end_doc(p, &record.doc);
	record.nr_fields =
		(uint32_t)(p->draft->fields.len / size) - record.first_field;
	if (!rc &&
	    stele_buffer_append(&p->draft->records, &record, sizeof(record)))
		rc = out_of_memory(p);
	return rc;
}

/* field{.field}, its count in front. */
static int parse_path(struct parser *p)
{
	struct stele_buffer *steps = &p->draft->steps;
	struct stele_draft_step step = { .name = { .mark = mark_of(p) } };
	size_t head = steps->len;
	bool more = true;
	uint32_t nr = 0;
	int rc = 0;

	if (stele_buffer_append(steps, &step, sizeof(step)))
		return out_of_memory(p);
	for (; more && !rc; nr++) {
		rc = take_name(p, "the name of a key field", &step.name);
		if (!rc && stele_buffer_append(steps, &step, sizeof(step)))
			rc = out_of_memory(p);
		if (!rc)
			rc = skip_mark(p, '.', &more);
	}
	((struct stele_draft_step *)(void *)(steps->ptr + head))->nr = nr;
	return rc;
}

/* A number token; 0 where it is not one of 1..999,999,999 in plain digits. */
static uint32_t small_number(const struct parser *p)
{
	struct stele_str text = p->token.text;
	uint32_t number = 0;
	size_t i;

	if (p->token.kind != STELE_TOKEN_NUMBER || text.len > 9 ||
	    *text.ptr == '0')
		return 0;
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(text.ptr[i] - '0');
	}
	return number;
}

/* filter 1/N */
static int parse_filter(struct parser *p, struct stele_draft_table *table)
{
	uint32_t rate;
	int rc = advance(p);

	if (rc)
		return rc;
	if (small_number(p) != 1)
		return expected(p, "'1/N' after 'filter'");
	rc = advance(p);
	if (!rc)
		rc = take_mark(p, '/', "'/' and a number");
	if (rc)
		return rc;
	rate = small_number(p);
	if (!rate)
		return expected(p, "a number");
	if (rate < STELE_MIN_FILTER || rate > STELE_MAX_FILTER)
		return stele_fail_text(
			p->draft->err, -STELE_E_SCHEMA, p->token.line,
			p->token.column,
			"a filter is wrong once in %u to %u times, not in %u",
			STELE_MIN_FILTER, STELE_MAX_FILTER, rate);
	table->flags = STELE_FMT_DECL_F_FILTER |
		       rate << STELE_FMT_DECL_RATE_SHIFT;
	return advance(p);
}

static int parse_table_kind(struct parser *p, struct stele_draft_table *table)
{
	if (is_word(p, "multi"))
		table->flags = STELE_FMT_DECL_F_MULTI;
	else if (is_word(p, "clustered"))
		table->flags = STELE_FMT_DECL_F_CLUSTERED;
	else if (is_word(p, "filter"))
		return parse_filter(p, table);
	else if (!is_word(p, "unique"))
		return 0;
	return advance(p);
}

static int parse_table(struct parser *p)
{
	struct stele_draft_table table = { .nr_keys = 0 };
	bool more = true;
	int rc;

	table.first_step = (uint32_t)(p->draft->steps.len /
				      sizeof(struct stele_draft_step));
	rc = take_name(p, "the name of a table", &table.name);
	if (!rc)
		rc = take_mark(p, ':', "':' and a record");
	if (!rc)
		rc = take_name(p, "the name of a record", &table.record);
	if (!rc)
		rc = take_mark(p, '(', "'(' and key fields");
	for (; more && !rc; table.nr_keys++) {
		rc = parse_path(p);
		if (!rc)
			rc = skip_mark(p, ',', &more);
	}
	if (!rc)
		rc = take_mark(p, ')', "',' or ')'");
	if (!rc)
		rc = parse_table_kind(p, &table);
	if (!rc)
		rc = end_doc(p, &table.doc);
	if (!rc &&
	    stele_buffer_append(&p->draft->tables, &table, sizeof(table)))
		rc = out_of_memory(p);
	return rc;
}

static int parse_rows(struct parser *p, struct stele_mark mark)
{
	int rc = refuse_doc(p);

	if (rc)
		return rc;
	if (p->draft->rows.mark.line)
		return stele_fail_text(p->draft->err, -STELE_E_SCHEMA,
				       mark.line, mark.column,
				       "the record of rows is named twice");
	return take_name(p, "the name of a record", &p->draft->rows);
}

static int parse_declaration(struct parser *p)
{
	struct stele_mark mark = mark_of(p);
	bool record = is_word(p, "record"), table = is_word(p, "table");
	int rc;

	if (!record && !table && !is_word(p, "rows"))
		return expected(p, "'record', 'table' or 'rows'");
	rc = advance(p);
	if (rc)
		return rc;
	if (record)
		return parse_record(p);
	return table ? parse_table(p) : parse_rows(p, mark);
}

int stele_draft_read(struct stele_draft *draft, const char *text, size_t len)
{
	struct parser p = { .draft = draft };
	int rc;

	rc = stele_lexer_begin(&p.lexer, text, len, draft->err);
	if (!rc)
		rc = advance(&p);
	while (!rc) {
		rc = take_docs(&p);
		if (rc || p.token.kind == STELE_TOKEN_END)
			break;
		rc = parse_declaration(&p);
	}
	if (!rc)
		rc = refuse_doc(&p);
	stele_buffer_free(&p.doc);
	return rc;
}

void stele_draft_free(struct stele_draft *draft)
{
	stele_buffer_free(&draft->records);
	stele_buffer_free(&draft->fields);
	stele_buffer_free(&draft->types);
	stele_buffer_free(&draft->items);
	stele_buffer_free(&draft->tables);
	stele_buffer_free(&draft->steps);
	stele_buffer_free(&draft->pool);
}
