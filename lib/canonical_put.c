// SPDX-License-Identifier: MIT
/* Encodings of collections and decimals, piece by piece. */
#include "canonical_put.h"

#define VARINT_MAX 10u

int stele_put_bytes(struct stele_put *put, const void *p, uint64_t len)
{
	if (len > STELE_CANONICAL_MAX - put->len)
		return -STELE_E_LIMIT;
	if (len && put->len + len <= put->size)
		memcpy(put->buf + put->len, p, len);
	put->len += len;
	return 0;
}

static size_t varint(uint8_t *to, uint64_t n)
{
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		to[len++] = (uint8_t)(n | 0x80);
	to[len++] = (uint8_t)n;
	return len;
}

int stele_put_varint(struct stele_put *put, uint64_t n)
{
	uint8_t bytes[VARINT_MAX];

	return stele_put_bytes(put, bytes, varint(bytes, n));
}

int stele_put_head(struct stele_put *put, uint8_t tag, uint64_t nr)
{
	int rc;

	if (nr > STELE_CANONICAL_MAX / 2)
		return -STELE_E_LIMIT;
	rc = stele_put_bytes(put, &tag, 1);
	return rc ? rc : stele_put_varint(put, nr);
}

int stele_put_work(struct stele_put *put, uint64_t nr)
{
	if (nr > STELE_CANONICAL_WORK - put->work)
		return -STELE_E_LIMIT;
	put->work += (uint32_t)nr;
	return 0;
}

int stele_put_begin(struct stele_put *put, size_t *mark)
{
	int rc = stele_put_work(put, 1);

	*mark = put->len;
	return rc ? rc : stele_put_bytes(put, "", 1);
}

int stele_put_end(struct stele_put *put, size_t mark)
{
	uint8_t bytes[VARINT_MAX];
	size_t from = mark + 1, inside = put->len - from;
	size_t more = varint(bytes, inside) - 1;

	if (more > STELE_CANONICAL_MAX - put->len ||
	    stele_put_work(put, more ? inside / STELE_CANONICAL_STEP : 0))
		return -STELE_E_LIMIT;
	put->len += more;
	if (put->len > put->size)
		return 0;
	if (more)
		memmove(put->buf + from + more, put->buf + from, inside);
	memcpy(put->buf + mark, bytes, more + 1);
	return 0;
}

int stele_put_name(struct stele_put *put, struct stele_str name)
{
	int rc = stele_put_varint(put, name.len);

	return rc ? rc : stele_put_bytes(put, name.ptr, name.len);
}

int stele_put_form(struct stele_put *put, const struct stele_form *form)
{
	int rc = stele_put_bytes(put, form->head, form->head_len);

	return rc ? rc : stele_put_bytes(put, form->tail, form->tail_len);
}

/* Apart, so that its room on the stack is taken by decimals only. */
static __attribute__((noinline)) int put_finite(struct stele_put *put,
						bool negative, int32_t exponent,
						const uint8_t *magnitude,
						uint64_t len)
{
	uint8_t head[6] = { STELE_KEY_TAG_DECIMAL, !negative };
	struct stele_decimal_size size;
	struct stele_form form;
	int rc = stele_decimal_normalise(exponent, magnitude, len, &size);

	if (rc)
		return rc;
	switch (size.class) {
	case STELE_DECIMAL_INTEGER:
		stele_form_integer(&form, negative, size.magnitude, size.len);
		return stele_put_form(put, &form);
	case STELE_DECIMAL_DOUBLE:
		rc = stele_form_double(&form, negative ? -size.f : size.f);
		return rc ? rc : stele_put_form(put, &form);
	default:
		memcpy(head + 2, &size.exponent, sizeof(size.exponent));
		rc = stele_put_bytes(put, head, sizeof(head));
		return rc ? rc : stele_put_bytes(put, size.magnitude, size.len);
	}
}

int stele_put_decimal(struct stele_put *put, bool negative, bool infinite,
		      int32_t exponent, const uint8_t *magnitude, uint64_t len)
{
	struct stele_form form;
	int rc = stele_put_work(put, len);

	if (rc)
		return rc;
	if (!infinite)
		return put_finite(put, negative, exponent, magnitude, len);
	rc = stele_form_double(&form,
			       negative ? -__builtin_inf() : __builtin_inf());
	return rc ? rc : stele_put_form(put, &form);
}

int stele_put_record(struct stele_put *put, const struct stele_schema *schema,
		     uint32_t record, uint64_t nr_set)
{
	uint8_t tag = STELE_KEY_TAG_RECORD;
	int rc = stele_put_bytes(put, &tag, 1);

	if (!rc)
		rc = stele_put_name(
			put,
			stele_schema_str(schema, schema->records[record].name));
	return rc ? rc : stele_put_varint(put, nr_set);
}

int stele_put_user(struct stele_put *put, struct stele_str name,
		   struct stele_str bytes)
{
	uint8_t tag = STELE_KEY_TAG_USER;
	int rc = stele_put_bytes(put, &tag, 1);

	if (!rc)
		rc = stele_put_name(put, name);
	return rc ? rc : stele_put_bytes(put, bytes.ptr, bytes.len);
}

size_t stele_varint_read(const uint8_t *p, const uint8_t *end, uint64_t *n)
{
	size_t len = 0;
	uint8_t byte;

	*n = 0;
	do {
		if (p + len == end || len > 8)
			return 0;
		byte = p[len];
		*n |= (uint64_t)(byte & 0x7f) << (7 * len);
		len++;
	} while (byte & 0x80);
	return byte || len == 1 ? len : 0;
}
