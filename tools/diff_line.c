/* SPDX-License-Identifier: MIT */
/*
 * A difference as a line: for people, or as a JSON object.
 *
 * People see a part of a long value, around the first byte where old and new
 * part. What prints alike but differs, as [1] of a list and of an array, has
 * its types in front.
 */
#include "diff.h"

#include <errno.h>

#include "schema_name.h"

#define SHOWN_BYTES 160u /* of a value */
#define SHOWN_BEFORE 40u /* of them before the first difference */
#define STR_BYTES 65536u /* of a text that are looked at */

/* The text of a value. */
struct shown {
	const struct diff_value *value; /* NULL: there is none */
	const char *text;
	size_t len;
	bool cut; /* there is more */
};

/* Whether the difference is to be printed. */
static int count(struct diff *diff, bool *prints)
{
	*prints = false;
	if (diff->silent)
		return DIFF_STOP;
	if (diff->limit && diff->nr_found == diff->limit) {
		diff->cut = true;
		return DIFF_STOP;
	}
	diff->nr_found++;
	if (diff->quiet || command_output_lost())
		return DIFF_STOP;
	progress_end(&diff->progress);
	*prints = true;
	return 0;
}

/* ------------------------------------------------------------- values */

/* Of broken text the part may be longer. */
static size_t whole_points(const char *text, size_t len)
{
	for (unsigned i = 0; i < 3 && len && (text[len] & 0xc0) == 0x80; i++)
		len--;
	return len;
}

static int render(struct diff *diff, const struct diff_value *value,
		  struct shown *shown)
{
	struct diff_side *side = &diff->sides[value->side];
	struct text_buffer *buffer = &diff->texts[value->side];
	struct stele_value v = value->value;
	int rc;

	memset(shown, 0, sizeof(*shown));
	shown->value = value;
	if (v.type == STELE_TYPE_STR && v.len > STR_BYTES) {
		v.len = whole_points(v.u.ptr, STR_BYTES);
		shown->cut = true;
	}
	text_buffer_reset(buffer);
	if (diff->place.is_content)
		rc = json_out_row(&side->json, &v, v.record, &diff->err);
	else if (side->types && value == diff->place.keys)
		rc = key_out_json(&side->json, side->types, &v, &diff->err);
	else
		rc = json_out_value(&side->json, &v, value->type, &diff->err);
	if (text_buffer_flush(buffer))
		return diff_fail(diff, value->side, -ENOMEM);
	if (rc && rc != -STELE_E_LIMIT)
		return diff_fail(diff, value->side, rc);
	shown->cut = shown->cut || rc;
	diff->err.code = 0;
	shown->text = buffer->text ? buffer->text : "";
	shown->len = buffer->len;
	if (shown->len && shown->text[shown->len - 1] == '\n')
		shown->len--;
	return 0;
}

/* The part from `from` on, without what a terminal would obey. */
static void show(FILE *out, const struct shown *shown, size_t from)
{
	size_t end = shown->len;

	if (from)
		from = whole_points(shown->text, from);
	if (end - from > SHOWN_BYTES)
		end = whole_points(shown->text, from + SHOWN_BYTES);
	fputs(from ? "..." : "", out);
	command_print_name(out, shown->text + from, end - from);
	fputs(end < shown->len || shown->cut ? "..." : "", out);
}

static void show_type(FILE *out, const struct stele_value *value)
{
	fprintf(out, "%s", stele_type_name(value->type));
	if (value->type == STELE_TYPE_ARRAY ||
	    value->type == STELE_TYPE_NDARRAY)
		fprintf(out, "<%s>", stele_type_name(value->element));
	putc(' ', out);
}

static void show_both(FILE *out, const struct shown *old,
		      const struct shown *now)
{
	size_t least = old->len < now->len ? old->len : now->len, same = 0;
	const struct stele_value *a = &old->value->value;
	const struct stele_value *b = &now->value->value;
	bool retyped = a->type != b->type || a->element != b->element, alike;

	while (same < least && old->text[same] == now->text[same])
		same++;
	alike = same == old->len && same == now->len;
	if (same > SHOWN_BYTES / 2 && !alike)
		same -= SHOWN_BEFORE;
	else
		same = 0;
	if (alike && retyped)
		show_type(out, a);
	show(out, old, same);
	fputs(" -> ", out);
	if (alike && retyped)
		show_type(out, b);
	show(out, now, same);
}

/* ,"NAME": and the value, or what there is of its text. */
static void put_member(FILE *out, const char *name, const struct shown *shown)
{
	if (!shown->value)
		return;
	fprintf(out, shown->cut ? ",\"%s_cut\":" : ",\"%s\":", name);
	if (shown->cut)
		json_out_string(out, shown->text, shown->len);
	else
		fwrite(shown->text, 1, shown->len, out);
}

/* A key as it stands in a path. */
static int put_key(struct diff *diff, const struct diff_value *key)
{
	struct shown shown;
	int rc = render(diff, key, &shown);

	if (rc)
		return rc;
	if (!diff->as_json)
		show(diff->line.out, &shown, 0);
	else if (shown.cut)
		json_out_string(diff->line.out, shown.text, shown.len);
	else
		fwrite(shown.text, 1, shown.len, diff->line.out);
	return 0;
}

static bool is_plain(const struct diff_value *key)
{
	return key->value.type == STELE_TYPE_STR &&
	       schema_name_is_plain(key->value.u.ptr, key->value.len);
}

static struct stele_str text_of(const struct diff_value *key)
{
	return (struct stele_str){ key->value.u.ptr, key->value.len };
}

/* For people: quoted where it is not plain. */
static int put_name(struct diff *diff, struct stele_str name)
{
	if (schema_name_is_plain(name.ptr, name.len)) {
		fwrite(name.ptr, 1, name.len, diff->line.out);
		return 0;
	}
	text_buffer_reset(&diff->name);
	json_out_string(diff->name.out, name.ptr, name.len);
	if (text_buffer_flush(&diff->name))
		return diff_fail(diff, 0, -ENOMEM);
	command_print_name(diff->line.out, diff->name.text, diff->name.len);
	return 0;
}

/* -------------------------------------------------------------- paths */

static int put_keys(struct diff *diff)
{
	const struct diff_place *place = &diff->place;
	bool list = place->nr_keys > 1;
	int rc = 0;

	if (!diff->as_json && !list && is_plain(place->keys))
		return put_name(diff, text_of(place->keys));
	fputs(list ? "[" : "", diff->line.out);
	for (uint32_t i = 0; !rc && i < place->nr_keys; i++) {
		if (i)
			fputs(diff->as_json ? "," : ", ", diff->line.out);
		rc = put_key(diff, &place->keys[i]);
	}
	fputs(list ? "]" : "", diff->line.out);
	return rc;
}

static int put_step_json(struct diff *diff, const struct diff_path *path)
{
	bool is_object = path->step == DIFF_ITEM ||
			 (path->step == DIFF_KEY &&
			  path->key->value.type != STELE_TYPE_STR);
	int rc = 0;

	if (path->up)
		putc(',', diff->line.out);
	if (is_object)
		fputs(path->step == DIFF_ITEM ? "{\"item\":" : "{\"key\":",
		      diff->line.out);
	if (path->step == DIFF_FIELD)
		json_out_string(diff->line.out, path->name.ptr, path->name.len);
	else if (path->step == DIFF_INDEX)
		fprintf(diff->line.out, "%llu",
			(unsigned long long)path->index);
	else
		rc = put_key(diff, path->key);
	fputs(is_object ? "}" : "", diff->line.out);
	return rc;
}

static int put_step_text(struct diff *diff, const struct diff_path *path)
{
	static const char *const brackets[] = {
		[DIFF_KEY] = "[]", [DIFF_ITEM] = "{}"
	};
	bool first = !path->up && !diff->place.nr_keys;
	int rc;

	if (path->step == DIFF_FIELD ||
	    (path->step == DIFF_KEY && is_plain(path->key))) {
		fputs(first ? "" : ".", diff->line.out);
		return put_name(diff, path->step == DIFF_FIELD ?
					      path->name :
					      text_of(path->key));
	}
	if (path->step == DIFF_INDEX) {
		fprintf(diff->line.out, "[%llu]",
			(unsigned long long)path->index);
		return 0;
	}
	putc(brackets[path->step][0], diff->line.out);
	rc = put_key(diff, path->key);
	putc(brackets[path->step][1], diff->line.out);
	return rc;
}

static int put_path(struct diff *diff, const struct diff_path *path)
{
	int rc = path->up ? put_path(diff, path->up) : 0;

	if (rc)
		return rc;
	return diff->as_json ? put_step_json(diff, path) :
			       put_step_text(diff, path);
}

/* -------------------------------------------------------------- lines */

static const char *change_name(enum diff_change change)
{
	if (change == DIFF_CHANGED)
		return "changed";
	return change == DIFF_ADDED ? "added" : "removed";
}

static void begin_line(struct diff *diff, enum diff_change change,
		       const char *kind)
{
	text_buffer_reset(&diff->line);
	if (diff->as_json)
		fprintf(diff->line.out, "{\"change\":\"%s\",\"kind\":\"%s\"",
			change_name(change), kind);
	else
		fprintf(diff->line.out, "%c %s", change, kind);
}

/* A line goes out whole, or not at all. */
static int end_line(struct diff *diff, int rc)
{
	putc('\n', diff->line.out);
	if (text_buffer_flush(&diff->line))
		return diff_fail(diff, 0, -ENOMEM);
	if (!rc)
		fwrite(diff->line.text, 1, diff->line.len, stdout);
	return rc;
}

static void put_string(FILE *out, const char *name, struct stele_str value)
{
	fprintf(out, ",\"%s\":", name);
	json_out_string(out, value.ptr, value.len);
}

static int put_place(struct diff *diff, const struct diff_path *path)
{
	const struct diff_place *place = &diff->place;
	int rc = 0;

	if (place->name.ptr && diff->as_json) {
		put_string(diff->line.out,
			   *place->kind == 'r' ? "record" : "table",
			   place->name);
	} else if (place->name.ptr) {
		putc(' ', diff->line.out);
		rc = put_name(diff, place->name);
	}
	if (!rc && place->nr_keys) {
		fputs(diff->as_json ? ",\"key\":" : " ", diff->line.out);
		rc = put_keys(diff);
	}
	if (rc || !path)
		return rc;
	if (diff->as_json)
		fputs(",\"path\":[", diff->line.out);
	else if (!place->nr_keys)
		putc(' ', diff->line.out);
	rc = put_path(diff, path);
	fputs(diff->as_json ? "]" : "", diff->line.out);
	return rc;
}

static void put_values(const struct diff *diff, const struct diff_path *path,
		       const struct shown *old, const struct shown *now)
{
	if (diff->as_json) {
		put_member(diff->line.out, "old", old);
		put_member(diff->line.out, "new", now);
		putc('}', diff->line.out);
	} else if (old->value || now->value) {
		/* a value without a key says by itself what it is of */
		fputs(path || diff->place.nr_keys ? ": " : " ", diff->line.out);
		if (old->value && now->value)
			show_both(diff->line.out, old, now);
		else
			show(diff->line.out, old->value ? old : now, 0);
	}
}

int diff_found(struct diff *diff, enum diff_change change,
	       const struct diff_path *path, const struct diff_value *old,
	       const struct diff_value *now)
{
	struct shown olds = { 0 }, nows = { 0 };
	bool prints;
	int rc = count(diff, &prints);

	if (!prints)
		return rc;
	begin_line(diff, change, diff->place.kind);
	rc = put_place(diff, path);
	if (!rc && old)
		rc = render(diff, old, &olds);
	if (!rc && now)
		rc = render(diff, now, &nows);
	if (!rc)
		put_values(diff, path, &olds, &nows);
	return end_line(diff, rc);
}

/* -------------------------------------------------------------- facts */

static int put_names(struct diff *diff, const struct diff_subject *subject)
{
	bool is_table = !strcmp(subject->kind, "table");
	int rc = 0;

	for (unsigned i = 0; !rc && i < 2 && subject->names[i].ptr; i++) {
		if (diff->as_json) {
			put_string(diff->line.out,
				   i	    ? "field" :
				   is_table ? "table" :
					      "record",
				   subject->names[i]);
			continue;
		}
		putc(i ? '.' : ' ', diff->line.out);
		rc = put_name(diff, subject->names[i]);
	}
	if (rc || !subject->what)
		return rc;
	if (diff->as_json)
		fprintf(diff->line.out, ",\"what\":\"%s\"", subject->what);
	else
		fprintf(diff->line.out, ": %s", subject->what);
	return 0;
}

static void put_side(FILE *out, const struct diff_subject *subject,
		     const char *name, struct stele_str text)
{
	if (text.ptr && subject->is_number)
		fprintf(out, ",\"%s\":%.*s", name, (int)text.len, text.ptr);
	else if (text.ptr)
		put_string(out, name, text);
}

static void put_fact(const struct diff *diff,
		     const struct diff_subject *subject, struct stele_str old,
		     struct stele_str now)
{
	if (diff->as_json) {
		put_side(diff->line.out, subject, "old", old);
		put_side(diff->line.out, subject, "new", now);
		putc('}', diff->line.out);
	} else if (old.ptr || now.ptr) {
		fputs(": ", diff->line.out);
		command_print_name(diff->line.out, old.ptr, old.len);
		fputs(old.ptr && now.ptr ? " -> " : "", diff->line.out);
		command_print_name(diff->line.out, now.ptr, now.len);
	}
}

int diff_fact(struct diff *diff, enum diff_change change,
	      const struct diff_subject *subject, struct stele_str old,
	      struct stele_str now)
{
	bool prints;
	int rc = count(diff, &prints);

	if (!prints)
		return rc;
	begin_line(diff, change, subject->kind);
	rc = put_names(diff, subject);
	put_fact(diff, subject, old, now);
	return end_line(diff, rc);
}

int diff_fact_change(struct diff *diff, const struct diff_subject *subject,
		     struct stele_str old, struct stele_str now)
{
	const struct stele_str none = { NULL, 0 };

	if (diff_same(old, now))
		return 0;
	if (!old.len)
		return diff_fact(diff, DIFF_ADDED, subject, none, now);
	if (!now.len)
		return diff_fact(diff, DIFF_REMOVED, subject, old, none);
	return diff_fact(diff, DIFF_CHANGED, subject, old, now);
}

int diff_fact_text(struct diff *diff, const struct diff_subject *subject,
		   const char *old, const char *now)
{
	return diff_fact_change(diff, subject,
				(struct stele_str){ old, strlen(old) },
				(struct stele_str){ now, strlen(now) });
}

int diff_fact_number(struct diff *diff, struct diff_subject *subject,
		     uint64_t old, uint64_t now)
{
	char olds[24], nows[24];
	int rc;

	snprintf(olds, sizeof(olds), "%llu", (unsigned long long)old);
	snprintf(nows, sizeof(nows), "%llu", (unsigned long long)now);
	subject->is_number = true;
	rc = diff_fact_text(diff, subject, olds, nows);
	subject->is_number = false;
	return rc;
}
