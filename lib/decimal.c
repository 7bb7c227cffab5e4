// SPDX-License-Identifier: MIT
/*
 * Decimals: their text, and their size as one of three classes.
 *
 * A decimal that is no integer has 5 or 2 in its denominator.  Once divided by
 * * ten as often as it goes, c * 10^-k is a double only where c is 5^k times an
 * odd number of up to 53 bits: the fives of the denominator cancel, and of twos
 * c has none left beside them.
 */
#include <math.h>
#include <strings.h>

#include <stele/error.h>

#include "bigint.h"
#include "decimal.h"
#include "magnitude.h"

/* ----------------------------------------------------------------- text */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && !strncasecmp(text, word, len);
}

/* What is no number; false where the text is none of these words. */
static bool read_special(const char *text, size_t len, bool sign,
			 struct stele_decimal *decimal)
{
	decimal->nan = !sign && is_word(text, len, "nan");
	decimal->infinite = is_word(text, len, "inf") ||
			    is_word(text, len, "infinity");
	return decimal->nan || decimal->infinite;
}

/* The number behind an E; clamped far beyond every limit.  False: none. */
static bool read_exponent(const char *text, size_t len, int64_t *exponent)
{
	size_t i = len && (text[0] == '-' || text[0] == '+');

	*exponent = 0;
	if (i == len)
		return false;
	for (; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
		if (*exponent < INT64_MAX / 100)
			*exponent = *exponent * 10 + (text[i] - '0');
	}
	if (text[0] == '-')
		*exponent = -*exponent;
	return true;
}

/* The digits before and behind the point, and where they lie in the text. */
struct spelling {
	const char *whole;
	size_t nr_whole;
	const char *fraction;
	size_t nr_fraction;
	int64_t exponent; /* that of the text */
};

static bool read_spelling(const char *text, size_t len, struct spelling *s)
{
	const char *end = text + len;

	*s = (struct spelling){ .whole = text };
	while (text < end && is_digit(*text))
		text++;
	s->nr_whole = (size_t)(text - s->whole);
	s->fraction = text;
	if (text < end && *text == '.') {
		s->fraction = ++text;
		while (text < end && is_digit(*text))
			text++;
		s->nr_fraction = (size_t)(text - s->fraction);
	}
	if (!s->nr_whole && !s->nr_fraction)
		return false;
	if (text == end)
		return true;
	return (*text == 'e' || *text == 'E') &&
	       read_exponent(text + 1, (size_t)(end - text - 1), &s->exponent);
}

/* Leading zeros are no digits of the coefficient. */
static size_t count_digits(const struct spelling *s)
{
	size_t i = 0, k = 0;

	while (i < s->nr_whole && s->whole[i] == '0')
		i++;
	if (i == s->nr_whole)
		while (k < s->nr_fraction && s->fraction[k] == '0')
			k++;
	return s->nr_whole - i + s->nr_fraction - k;
}

static int read_number(const struct spelling *s, struct stele_decimal *decimal,
		       struct stele_buffer *magnitude)
{
	int64_t exponent;
	int rc;

	if (count_digits(s) > STELE_DECIMAL_MAX_DIGITS)
		return -STELE_E_LIMIT;
	if (__builtin_sub_overflow(s->exponent, (int64_t)s->nr_fraction,
				   &exponent) ||
	    exponent < -STELE_FMT_DECIMAL_EXPONENT ||
	    exponent > STELE_FMT_DECIMAL_EXPONENT)
		return -STELE_E_RANGE;
	decimal->exponent = (int32_t)exponent;
	rc = stele_bigint_append(magnitude, s->whole, s->nr_whole);
	if (!rc)
		rc = stele_bigint_append(magnitude, s->fraction,
					 s->nr_fraction);
	if (!rc)
		magnitude->len =
			stele_magnitude_trim(magnitude->ptr, magnitude->len);
	return rc;
}

int stele_decimal_parse(const char *text, size_t len,
			struct stele_decimal *decimal,
			struct stele_buffer *magnitude)
{
	size_t sign = len && (text[0] == '-' || text[0] == '+');
	struct spelling s;

	magnitude->len = 0;
	*decimal = (struct stele_decimal){
		.negative = sign && text[0] == '-',
	};
	if (read_special(text + sign, len - sign, sign, decimal))
		return 0;
	if (!read_spelling(text + sign, len - sign, &s))
		return -STELE_E_TYPE;
	return read_number(&s, decimal, magnitude);
}

/* ----------------------------------------------------------------- size */

#define ROOM sizeof(((struct stele_decimal_size *)NULL)->magnitude)

/* Bytes in whole words of 8; behind a magnitude they are zero. */
static size_t words(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

/* Divide by five up to `most` times, while it goes; how many times it went. */
static uint32_t take_fives(uint8_t *m, size_t len, uint32_t most)
{
	static const struct {
		uint32_t fives;
		uint64_t power;
	} steps[] = { { 27, 7450580596923828125u },
		      { 9, 1953125 },
		      { 3, 125 },
		      { 1, 5 } };
	uint8_t quotient[ROOM];
	uint32_t taken = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		uint64_t inverse = stele_magnitude_inverse(steps[i].power);

		while (steps[i].fives <= most - taken &&
		       stele_magnitude_divide_exact(m, len, steps[i].power,
						    inverse, quotient)) {
			memcpy(m, quotient, len);
			len = words(stele_magnitude_trim(m, len));
			taken += steps[i].fives;
		}
	}
	return taken;
}

/* Divide by ten while the exponent is below 0 and it goes. */
static void take_zeros(struct stele_decimal_size *size, int32_t *exponent)
{
	size_t len = words(size->len), twos = 0;
	uint32_t most = (uint32_t) - *exponent;

	while (!size->magnitude[twos / 8])
		twos += 8;
	twos += (unsigned)__builtin_ctz(size->magnitude[twos / 8]);
	if (most > twos)
		most = (uint32_t)twos;
	if (!most)
		return;
	most = take_fives(size->magnitude, len, most);
	stele_magnitude_shift(size->magnitude, len, most);
	size->len = stele_magnitude_trim(size->magnitude, size->len);
	*exponent += (int32_t)most;
}

/* Multiply by 10^exponent. */
static int add_zeros(struct stele_decimal_size *size, int32_t exponent)
{
	size_t len = words(size->len);

	while (exponent) {
		uint64_t power = 1, carry;
		unsigned n = 0;

		for (; n < 18 && exponent; n++, exponent--)
			power *= 10;
		carry = stele_magnitude_multiply(size->magnitude, len, power,
						 0);
		if (carry) {
			memcpy(size->magnitude + len, &carry, sizeof(carry));
			len += sizeof(carry);
		}
		size->len = stele_magnitude_trim(size->magnitude, len);
		if (size->len > STELE_FMT_DECIMAL_MAX)
			return -STELE_E_LIMIT;
	}
	return 0;
}

/* Whether c * 10^-k, c not divisible by ten and k > 0, is a double. */
static bool is_double(const struct stele_decimal_size *size, int32_t k,
		      double *f)
{
	uint8_t m[320]; /* of 53 bits times 5^1074 */
	size_t len = words(size->len);
	uint64_t odd;

	/* 5^k has up to 7k/3 + 1 bits; the least double is 2^-1074 */
	if (k > 1074 || !(size->magnitude[0] & 1) ||
	    stele_magnitude_bits(size->magnitude, size->len) >
		    54 + 7 * (size_t)k / 3)
		return false;
	memcpy(m, size->magnitude, len);
	if (take_fives(m, len, (uint32_t)k) != (uint32_t)k)
		return false;
	if (stele_magnitude_bits(m, stele_magnitude_trim(m, len)) > 53)
		return false;
	memcpy(&odd, m, sizeof(odd));
	*f = ldexp((double)odd, -k);
	return true;
}

int stele_decimal_normalise(int32_t exponent, const uint8_t *magnitude,
			    uint64_t len, struct stele_decimal_size *size)
{
	if (len > STELE_FMT_DECIMAL_MAX)
		return -STELE_E_LIMIT;
	memset(size->magnitude + len, 0, words(len) - len);
	if (len)
		memcpy(size->magnitude, magnitude, len);
	size->len = stele_magnitude_trim(size->magnitude, len);
	size->class = STELE_DECIMAL_INTEGER;
	if (!size->len)
		return 0;
	if (exponent >= 0)
		return add_zeros(size, exponent);
	take_zeros(size, &exponent);
	if (!exponent)
		return 0;
	size->exponent = exponent;
	size->class = is_double(size, -exponent, &size->f) ?
			      STELE_DECIMAL_DOUBLE :
			      STELE_DECIMAL_OTHER;
	return 0;
}
