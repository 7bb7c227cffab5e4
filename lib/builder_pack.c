// SPDX-License-Identifier: MIT
/*
 * A cell with all that it points to as one run of bytes, to be kept until the
 * end of the build: each address becomes an offset in the run, and an address
 * again when it is read.  Only of what can be a key.
 */
#include "builder.h"

static int append_aligned(struct stele_buffer *out, size_t base, const void *p,
			  size_t len, uint64_t *off)
{
	int rc = stele_buffer_zeros(out, -(out->len - base) & 7);

	*off = out->len - base;
	return rc ? rc : stele_buffer_append(out, p, len);
}

static int pack_cells(struct stele_buffer *out, size_t base,
		      const struct stele_cell *cells, uint64_t nr,
		      uint64_t *off);

static int pack_user(struct stele_buffer *out, size_t base,
		     const struct stele_user *user, uint64_t *off)
{
	uint64_t name, bytes;
	int rc = append_aligned(out, base, user, sizeof(*user), off);

	if (!rc)
		rc = append_aligned(out, base, user->name, user->name_len,
				    &name);
	return rc ? rc :
		    append_aligned(out, base, user->ptr, user->len, &bytes);
}

/* What the cell points to goes behind it. */
static int pack_target(struct stele_buffer *out, size_t base,
		       const struct stele_cell *cell, uint64_t *off)
{
	switch (cell->type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return append_aligned(out, base, cell->u.ptr, cell->len, off);
	case STELE_TYPE_UUID:
		return append_aligned(out, base, cell->u.ptr, 16, off);
	case STELE_TYPE_USER:
		return pack_user(out, base, cell->u.user, off);
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_RECORD:
		return pack_cells(out, base, cell->u.cells, cell->len, off);
	default:
		*off = cell->u.u;
		return 0;
	}
}

static int pack_cells(struct stele_buffer *out, size_t base,
		      const struct stele_cell *cells, uint64_t nr,
		      uint64_t *off)
{
	int rc = append_aligned(out, base, cells, nr * sizeof(*cells), off);

	for (uint64_t i = 0; !rc && i < nr; i++) {
		uint64_t target;

		rc = pack_target(out, base, &cells[i], &target);
		if (!rc)
			memcpy(out->ptr + base + *off + i * sizeof(*cells) +
				       offsetof(struct stele_cell, u),
			       &target, sizeof(target));
	}
	return rc;
}

int stele_cell_pack(struct stele_buffer *out, const struct stele_cell *cell)
{
	uint64_t off;

	return pack_cells(out, out->len, cell, 1, &off);
}

/* The name and the bytes follow, each at a multiple of 8. */
static void unpack_user(struct stele_user *user)
{
	const char *at = (const char *)(user + 1);

	user->name = at;
	user->ptr = at + ((user->name_len + 7) & ~(size_t)7);
}

static void unpack_cells(uint8_t *base, struct stele_cell *cells, uint64_t nr);

/* What the cell points to, at its offset. */
static const void *unpack_target(uint8_t *base, const struct stele_cell *cell)
{
	uint8_t *target = base + cell->u.u;

	if (cell->type == STELE_TYPE_USER)
		unpack_user((struct stele_user *)(void *)target);
	else if (cell->type == STELE_TYPE_TUPLE ||
		 cell->type == STELE_TYPE_SET ||
		 cell->type == STELE_TYPE_RECORD)
		unpack_cells(base, (struct stele_cell *)(void *)target,
			     cell->len);
	return target;
}

static void unpack_cells(uint8_t *base, struct stele_cell *cells, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++)
		switch (cells[i].type) {
		case STELE_TYPE_STR:
		case STELE_TYPE_BYTES:
		case STELE_TYPE_BIGINT:
		case STELE_TYPE_DECIMAL:
		case STELE_TYPE_UUID:
		case STELE_TYPE_USER:
		case STELE_TYPE_TUPLE:
		case STELE_TYPE_SET:
		case STELE_TYPE_RECORD:
			cells[i].u.ptr = unpack_target(base, &cells[i]);
		}
}

const struct stele_cell *stele_cell_unpack(uint8_t *packed)
{
	struct stele_cell *cell = (struct stele_cell *)(void *)packed;

	unpack_cells(packed, cell, 1);
	return cell;
}
