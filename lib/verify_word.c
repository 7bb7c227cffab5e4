// SPDX-License-Identifier: MIT
/*
 * Verifying value words: each has the one spelling that its value has, and a
 * reference leads to the head of an object, a tag-7 string into one RUN.
 */
#include <unistr.h>

#include "calendar.h"
#include "verify.h"

static int verify_reference(struct stele_verify *v, uint64_t at, uint64_t word)
{
	unsigned kind;

	if (!stele_verify_is_start(v, word))
		return stele_verify_broken(v, at, STELE_I_WORD_TARGET);
	kind = STELE_FMT_HEAD_KIND(stele_load(v->seg, word));
	if (kind == STELE_FMT_KIND_RUN || kind == STELE_FMT_KIND_PAD)
		return stele_verify_broken(v, at, STELE_I_WORD_KIND);
	return 0;
}

static int verify_short(struct stele_verify *v, uint64_t at, uint64_t word)
{
	unsigned len = word >> 3 & 7;
	uint8_t text[8];

	if (word & 0xc0 || (len < 7 && word >> (8 + 8 * len)))
		return stele_verify_broken(v, at, STELE_I_WORD_SHORT);
	memcpy(text, &word, sizeof(text));
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_STR && u8_check(text + 1, len))
		return stele_verify_broken(v, at, STELE_I_STR_UTF8);
	return 0;
}

static int verify_calendar(struct stele_verify *v, uint64_t at, uint64_t word)
{
	static const uint8_t types[] = {
		[STELE_FMT_CALENDAR_DATE] = STELE_TYPE_DATE,
		[STELE_FMT_CALENDAR_DATETIME] = STELE_TYPE_DATETIME,
		[STELE_FMT_CALENDAR_TIME] = STELE_TYPE_TIME,
		[STELE_FMT_CALENDAR_TIMEDELTA] = STELE_TYPE_TIMEDELTA,
	};

	if (!stele_calendar_fits(types[word >> 3 & 3], (int64_t)word >> 5))
		return stele_verify_broken(v, at, STELE_I_WORD_CALENDAR);
	return 0;
}

/* The last object of its heap that begins at or before pos. */
static bool find_start(const struct stele_verify *v, uint64_t pos,
		       uint64_t *start)
{
	uint64_t bit, word, back = 0;
	const struct stele_heap *heap = stele_verify_bit(v, pos, &bit);

	if (!heap)
		return false;
	while (back <= STELE_FMT_RUN_MAX / 8) {
		/* the bits up to `bit`, at the top of a word */
		word = v->starts[bit / 64] << (63 - bit % 64);
		if (word) {
			back += (unsigned)__builtin_clzll(word);
			*start = pos - 8 * back;
			return pos - heap->off >= 8 * back;
		}
		back += bit % 64 + 1;
		if (bit < 64)
			break;
		bit = (bit | 63) - 64;
	}
	return false;
}

static int verify_ascii(struct stele_verify *v, uint64_t at, uint64_t word)
{
	uint64_t len = word >> 3 & STELE_FMT_ASCII_MAX;
	uint64_t off = word >> 16, start, head;

	if (len < STELE_FMT_ASCII_MIN)
		return stele_verify_broken(v, at, STELE_I_WORD_ASCII);
	if (off < v->run_begin || off >= v->run_end) {
		if (!find_start(v, off & ~7ull, &start))
			return stele_verify_broken(v, at, STELE_I_WORD_ASCII);
		head = stele_load(v->seg, start);
		if (STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_RUN)
			return stele_verify_broken(v, at, STELE_I_WORD_ASCII);
		v->run_begin = start + 8;
		v->run_end = v->run_begin + STELE_FMT_HEAD_COUNT(head);
	}
	if (off < v->run_begin || off > v->run_end || len > v->run_end - off)
		return stele_verify_broken(v, at, STELE_I_WORD_ASCII);
	return 0;
}

int stele_verify_word(struct stele_verify *v, uint64_t at, uint64_t word)
{
	switch (STELE_FMT_TAG(word)) {
	case STELE_FMT_TAG_REF:
		if (word >= STELE_FMT_MIN_REF)
			return verify_reference(v, at, word);
		if (word > STELE_FMT_MAX_CONSTANT)
			return stele_verify_broken(v, at,
						   STELE_I_WORD_CONSTANT);
		return 0;
	case STELE_FMT_TAG_STR:
	case STELE_FMT_TAG_BYTES:
		return verify_short(v, at, word);
	case STELE_FMT_TAG_CALENDAR:
		return verify_calendar(v, at, word);
	case STELE_FMT_TAG_ASCII:
		return verify_ascii(v, at, word);
	default: /* every integer and double of these tags is well spelled */
		return 0;
	}
}
