/* SPDX-License-Identifier: MIT */
/*
 * The keys that stele-json(5) keeps for itself: "$type", "$id" and "$ref".  A key
 * of the data that is one of these words behind one or more '$' is written with
 * one '$' more.  And which keys of declared dicts are those of an object.
 */
#ifndef STELE_TOOLS_TEXT_KEY_H
#define STELE_TOOLS_TEXT_KEY_H

#include <stele/schema.h>
#include <string.h>

enum text_key {
	TEXT_KEY_DATA,
	TEXT_KEY_TYPE,
	TEXT_KEY_ID,
	TEXT_KEY_REF,
};

/* The word behind all '$', TEXT_KEY_DATA for none of ours; *nr counts the '$'. */
static inline enum text_key text_key_word(struct stele_str key, size_t *nr)
{
	const char *p = key.ptr;
	size_t len = key.len;

	for (; len && *p == '$'; p++)
		len--;
	*nr = key.len - len;
	if (!*nr)
		return TEXT_KEY_DATA;
	if (len == 4 && !memcmp(p, "type", 4))
		return TEXT_KEY_TYPE;
	if (len == 2 && !memcmp(p, "id", 2))
		return TEXT_KEY_ID;
	if (len == 3 && !memcmp(p, "ref", 3))
		return TEXT_KEY_REF;
	return TEXT_KEY_DATA;
}

/* Which of our keys this is; one of the data loses the '$' it was given. */
static inline enum text_key text_key_read(struct stele_str *key)
{
	enum text_key word;
	size_t nr;

	if (!key->len || *key->ptr != '$')
		return TEXT_KEY_DATA;
	word = text_key_word(*key, &nr);
	if (nr == 1 || word == TEXT_KEY_DATA)
		return word;
	key->ptr++;
	key->len--;
	return TEXT_KEY_DATA;
}

/* Whether the key needs one '$' more in the text. */
static inline bool text_key_escapes(struct stele_str key)
{
	size_t nr;

	return key.len && *key.ptr == '$' &&
	       text_key_word(key, &nr) != TEXT_KEY_DATA;
}

/* Whether a dict with keys of that type is an object: of text and of digits. */
static inline bool text_key_suits(enum stele_type type)
{
	return type == STELE_TYPE_STR || type == STELE_TYPE_BIGINT ||
	       (type >= STELE_TYPE_I8 && type <= STELE_TYPE_U64);
}

#endif /* STELE_TOOLS_TEXT_KEY_H */
