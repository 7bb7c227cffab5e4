// SPDX-License-Identifier: MIT
/* Decimal digits to a magnitude, 18 digits a step (schoolbook). */
#include "bigint.h"
#include "magnitude.h"

#define CHUNK_DIGITS 18u

int stele_bigint_append(struct stele_buffer *magnitude, const char *digits,
			size_t len)
{
	for (size_t i = 0; i < len;) {
		uint64_t chunk = 0, power = 1;
		int rc = 0;

		for (unsigned n = 0; n < CHUNK_DIGITS && i < len; n++, i++) {
			if (digits[i] < '0' || digits[i] > '9')
				return -EINVAL;
			chunk = chunk * 10 + (uint64_t)(digits[i] - '0');
			power *= 10;
		}
		chunk = stele_magnitude_multiply(magnitude->ptr, magnitude->len,
						 power, chunk);
		if (chunk)
			rc = stele_buffer_append(magnitude, &chunk,
						 sizeof(chunk));
		if (rc)
			return rc;
	}
	return 0;
}

int stele_bigint_parse(const char *text, size_t len, bool *negative,
		       struct stele_buffer *magnitude)
{
	size_t sign = len && (text[0] == '-' || text[0] == '+');
	int rc;

	magnitude->len = 0;
	*negative = sign && text[0] == '-';
	if (sign == len)
		return -EINVAL;
	if (len - sign > STELE_BIGINT_MAX_DIGITS)
		return -ERANGE;
	rc = stele_bigint_append(magnitude, text + sign, len - sign);
	if (rc)
		return rc;
	magnitude->len = stele_magnitude_trim(magnitude->ptr, magnitude->len);
	if (!magnitude->len)
		*negative = false;
	return 0;
}
