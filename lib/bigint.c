// SPDX-License-Identifier: MIT
/* Decimal digits to a magnitude, nine digits a step (schoolbook). */
#include "bigint.h"

/* magnitude = magnitude * factor + add, in words of 32 bits. */
static int multiply_add(struct stele_buffer *m, uint32_t factor, uint32_t add)
{
	uint64_t carry = add;

	for (size_t i = 0; i < m->len; i += 4) {
		uint32_t word;

		memcpy(&word, m->ptr + i, sizeof(word));
		carry += (uint64_t)word * factor;
		word = (uint32_t)carry;
		memcpy(m->ptr + i, &word, sizeof(word));
		carry >>= 32;
	}
	if (carry) {
		uint32_t word = (uint32_t)carry;

		return stele_buffer_append(m, &word, sizeof(word));
	}
	return 0;
}

int stele_bigint_parse(const char *text, size_t len, bool *negative,
		       struct stele_buffer *magnitude)
{
	static const uint32_t power[] = { 1,	     10,       100,
					  1000,	     10000,    100000,
					  1000000,   10000000, 100000000,
					  1000000000 };
	size_t i = 0;

	magnitude->len = 0;
	*negative = len && text[0] == '-';
	if (len && (text[0] == '-' || text[0] == '+'))
		i++;
	if (i == len)
		return -EINVAL;
	if (len - i > STELE_BIGINT_MAX_DIGITS)
		return -ERANGE;
	while (i < len) {
		uint32_t chunk = 0;
		unsigned n = 0;
		int rc;

		for (; n < 9 && i < len; n++, i++) {
			if (text[i] < '0' || text[i] > '9')
				return -EINVAL;
			chunk = chunk * 10 + (uint32_t)(text[i] - '0');
		}
		rc = multiply_add(magnitude, power[n], chunk);
		if (rc)
			return rc;
	}
	while (magnitude->len && !magnitude->ptr[magnitude->len - 1])
		magnitude->len--;
	if (!magnitude->len)
		*negative = false;
	return 0;
}
