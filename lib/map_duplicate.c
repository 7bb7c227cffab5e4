// SPDX-License-Identifier: MIT
/*
 * Two entries of a unique table that have one key: which they are is found by
 * going through the spill once more, for where they lay was not kept.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "map_finish.h"

#define SHOWN_KEY_BYTES 120u

/* A key for people; `to` has room. */
static void show_key(const struct stele_map_build *b, const uint8_t *key,
		     size_t len, char *to)
{
	static const char digits[] = "0123456789abcdef";
	bool text = b->options.key_type == STELE_FMT_KEY_STR;
	size_t i;

	if (b->options.key_type == STELE_FMT_KEY_CANONICAL && len &&
	    key[0] == 0x20) {
		text = true;
		key++;
		len--;
	}
	for (i = 0; i < len && i < SHOWN_KEY_BYTES; i++) {
		if (text && key[i] >= 0x20 && key[i] != 0x7f) {
			*to++ = (char)key[i];
			continue;
		}
		if (text) {
			*to++ = '\\';
			*to++ = 'x';
		}
		*to++ = digits[key[i] >> 4];
		*to++ = digits[key[i] & 15];
	}
	strcpy(to, i < len ? "..." : "");
}

/*
 * Which two entries have the key: by going through the spill again.  `value` is
 * the first 8 bytes of theirs.
 */
static int find_duplicates(const struct stele_map_build *b, const uint8_t *key,
			   size_t len, uint64_t number[2], uint64_t value[2])
{
	struct stele_spill_walk walk;
	struct stele_spilled e;
	uint64_t n = 0;
	unsigned found = 0;
	int rc;

	stele_spill_walk_begin(&walk, b->spill, &b->form);
	while (found < 2 && (rc = stele_spill_walk_next(&walk, &e)) > 0) {
		if (e.key_len == len && (!len || !memcmp(e.key, key, len))) {
			memcpy(&value[found], e.value,
			       e.value_len < 8 ? e.value_len : 8);
			number[found++] = n;
		}
		n++;
	}
	stele_spill_walk_end(&walk);
	return found == 2 ? 0 : rc < 0 ? rc : -EIO;
}

int stele_map_report_duplicate(const struct stele_map_build *b,
			       const uint8_t *key, size_t len,
			       struct stele_error *err)
{
	const struct stele_map_build_options *o = &b->options;
	const char *name = o->name, *what = "entry";
	char shown[4 * SHOWN_KEY_BYTES + 8];
	uint64_t number[2], value[2] = { 0 }, row[2], word = 0;
	int rc = find_duplicates(b, key, len, number, value);

	if (!rc && o->value_type == STELE_TYPE_RECORD && o->row &&
	    o->row(o->arg, value[0] * 8, &row[0]) &&
	    o->row(o->arg, value[1] * 8, &row[1])) {
		memcpy(number, row, sizeof(row));
		what = "row";
	}
	if (rc)
		return stele_fail(err, rc, "table '%s': %s", name,
				  stele_strerror(rc));
	if (len == sizeof(word))
		memcpy(&word, key, sizeof(word));
	if (o->key_type == STELE_FMT_KEY_U64)
		snprintf(shown, sizeof(shown), "%llu",
			 (unsigned long long)word);
	else if (o->key_type == STELE_FMT_KEY_I64)
		snprintf(shown, sizeof(shown), "%lld", (long long)word);
	else
		show_key(b, key, len, shown);
	rc = stele_fail(
		err, -STELE_E_DUPLICATE,
		"table '%s': key '%s' of %s %llu is that of %s %llu too", name,
		shown, what, (unsigned long long)number[1], what,
		(unsigned long long)number[0]);
	if (err && *what == 'r') {
		err->rows[0] = number[1];
		err->rows[1] = number[0];
		err->nr_rows = 2;
	}
	return rc;
}
