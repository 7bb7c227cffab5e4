/* SPDX-License-Identifier: MIT */
/*
 * Opening a segment: the reader's first step.
 *
 *	struct stele_segment *seg;
 *	int rc = stele_segment_open("./packages.stele", NULL, &seg, &err);
 *	const struct stele_map *map = stele_segment_map(seg, "by_name");
 *	struct stele_value pkg;
 *	rc = stele_map_get_str(map, "firefox-esr", 11, &pkg);
 *	...
 *	stele_segment_close(seg);
 *
 * Opening checks header, version, bounds and schema, and runs nothing.  Every
 * other byte is checked when it is read, so no bytes, however hostile, make a
 * reader crash; a mapped plain file that its owner truncates raises SIGBUS, and
 * STELE_OPEN_F_COPY or a memfd is free of that (stele_segment_info.stable).
 *
 * Next: record.h for fields, map.h for tables.
 */
#ifndef STELE_SEGMENT_H
#define STELE_SEGMENT_H

#include <stele/value.h>

STELE_BEGIN_DECLS

#define STELE_OPEN_F_COPY (1u << 0) /* into a sealed memfd of our own */
#define STELE_OPEN_F_POPULATE (1u << 1) /* fault all pages in at once */
#define STELE_OPEN_F_HUGE (1u << 2) /* ask for 2 MiB pages where possible */
#define STELE_OPEN_F_ALL 7u

struct stele_open_options {
	size_t size; /* sizeof(struct stele_open_options) */
	uint32_t flags; /* STELE_OPEN_F_... */
	uint32_t check_owner; /* 1: refuse unless owned by expect_owner */
	uint32_t expect_owner; /* uid */
	uint32_t check_identity; /* 1: refuse unless the trailer tells
				  * expect_identity; verify proves it true */
	uint8_t expect_identity[32];
};

/*
 * Open by name, or by path where the name has a slash.  A name is looked up as
 * stele-segment(5) says: $STELE_PATH, /dev/stele, /run/stele, /var/lib/stele;
 * "user:NAME" in $XDG_DATA_HOME/stele.  Cost: independent of the segment's size, but for COPY.
 *
 * -ENOENT, -EACCES, ... of the system; -STELE_E_FORMAT, _VERSION, _FEATURE,
 * _OWNER and _IDENTITY (the reason tells both values), -EINVAL for options.
 */
STELE_API int stele_segment_open(const char *name,
				 const struct stele_open_options *options,
				 struct stele_segment **segment,
				 struct stele_error *err);

/* The same from a descriptor of a file or memfd, which stays the caller's. */
STELE_API int stele_segment_open_fd(int fd,
				    const struct stele_open_options *options,
				    struct stele_segment **segment,
				    struct stele_error *err);

/* Unmaps; every value, record and map of the segment ends here.  NULL is fine. */
STELE_API void stele_segment_close(struct stele_segment *segment);

enum stele_home {
	STELE_HOME_FILE = 1,
	STELE_HOME_MEMFD = 2,
	STELE_HOME_DEVICE = 3,
};

enum stele_seal {
	STELE_SEAL_NONE = 0, /* the mode allows writing */
	STELE_SEAL_ADVISORY = 1, /* read-only mode bits */
	STELE_SEAL_MEMFD = 2, /* F_SEAL_WRITE, GROW, SHRINK, SEAL */
	STELE_SEAL_VERITY = 3, /* fs-verity */
	STELE_SEAL_DEVICE = 4,
};

struct stele_segment_info {
	size_t size; /* in: sizeof(struct stele_segment_info) */
	enum stele_home home;
	enum stele_seal seal;
	bool stable; /* no SIGBUS whatever the file's owner does */
	uint16_t major; /* of the format; top bit: development */
	uint16_t minor;
	uint64_t incompat; /* feature bits */
	uint64_t compat;
	uint64_t len_bytes; /* the sealed bytes */
	uint64_t image_bytes; /* with tree and trailer */
	uint64_t nr_rows;
	uint32_t nr_maps;
	uint8_t share_log2;
	uint8_t identity[32]; /* as the trailer says; verify proves it */
	uint8_t file_digest[32]; /* fs-verity's measure of the whole file */
	bool has_file_digest;
	uint32_t owner; /* uid */
	uint32_t mode; /* permission bits */
	uint64_t page_bytes; /* the larger page size in use, as smaps says */
	uint64_t huge_bytes; /* mapped by pages of 2 MiB now */
	uint64_t resident_bytes; /* of our mapping, now */
	const void *base; /* first byte of the mapping */
	const char *path; /* that won; NULL for a descriptor; the segment's */
};

/*
 * What the segment is and which home, seal and page size it really has.  Reads
 * /proc/self/smaps: some hundred microseconds; where that cannot be read, the
 * sizes of pages are 0.
 */
STELE_API int stele_segment_info(const struct stele_segment *segment,
				 struct stele_segment_info *info);

/* The stored schema; the segment's. */
STELE_API const struct stele_schema *
stele_segment_schema(const struct stele_segment *segment);

/* The value under a name among the roots; -STELE_E_ABSENT. */
STELE_API int stele_segment_root(const struct stele_segment *segment,
				 const char *name, struct stele_value *value);

/* All roots as a DICT; an empty one's type is NULL. */
STELE_API int stele_segment_roots(const struct stele_segment *segment,
				  struct stele_value *roots);

struct stele_map;

/* A table by name; the segment's; NULL where there is none. */
STELE_API const struct stele_map *
stele_segment_map(const struct stele_segment *segment, const char *name);

/* The i-th of stele_segment_info.nr_maps tables; NULL beyond. */
STELE_API const struct stele_map *
stele_segment_map_at(const struct stele_segment *segment, uint32_t i);

/*
 * All rows in the order they were built.  Begin with STELE_ROWS_BEGIN; each
 * next gives a row, then -STELE_E_ABSENT; -STELE_E_FORMAT on broken bytes.
 */
struct stele_rows {
	uint32_t section;
	uint32_t zero;
	uint64_t pos;
};
#define STELE_ROWS_BEGIN \
	{                \
		0, 0, 0  \
	}

STELE_API int stele_segment_next_row(const struct stele_segment *segment,
				     struct stele_rows *rows,
				     struct stele_value *row);

struct stele_verify_options {
	size_t size;
	uint32_t threads; /* 0: one a core */
	uint32_t zero;
	/* called now and then; non-zero ends verifying with -ECANCELED */
	int (*progress)(void *arg, uint64_t done_bytes, uint64_t all_bytes);
	void *arg;
};

/*
 * Prove every numbered invariant of doc/FORMAT.md and the digest of every byte.
 * On the first that does not hold: -STELE_E_FORMAT or -STELE_E_DIGEST with
 * offset, invariant and reason.  -STELE_E_LIMIT where values are shared by so
 * many keys and types that looking at them takes more than 32 steps a byte
 * (doc/FORMAT.md).  Iterative; time linear in the size, memory 1/40 of it, and 16
 * bytes for each key of the largest index that is salted.  Accepts what is built
 * and only that.
 */
STELE_API int stele_segment_verify(const struct stele_segment *segment,
				   const struct stele_verify_options *options,
				   struct stele_error *err);

STELE_END_DECLS

#endif /* STELE_SEGMENT_H */
