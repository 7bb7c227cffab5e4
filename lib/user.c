// SPDX-License-Identifier: MIT
/*
 * Values of the user's types: a name, which is a string like any other, and
 * bytes that nothing but that name explains.
 */
#include "segment.h"

int stele_value_user(const struct stele_value *value, struct stele_str *name,
		     struct stele_str *bytes)
{
	const struct stele_segment *seg = value->segment;
	uint64_t at = value->u.pos + 8;
	struct stele_value text;
	int rc;

	if (value->type != STELE_TYPE_USER)
		return -STELE_E_TYPE;
	rc = stele_value_decode(seg, stele_load(seg, at), seg->base + at,
				&text);
	if (rc)
		return rc;
	if (text.type != STELE_TYPE_STR || !text.len ||
	    text.len > STELE_FMT_USER_NAME_MAX)
		return -STELE_E_FORMAT;
	name->ptr = text.u.ptr;
	name->len = text.len;
	bytes->ptr = (const char *)seg->base + at + 8;
	bytes->len = value->len;
	return 0;
}
