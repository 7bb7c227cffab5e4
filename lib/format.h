/* SPDX-License-Identifier: MIT */
/*
 * The segment image, byte by byte: every structure that lies in a segment, its
 * size and its constants.  doc/FORMAT.md says the same in words and numbers the
 * invariants; this file owns nothing else and knows no function of the library.
 *
 * Conventions.  All integers are little-endian.  An *offset* counts bytes from
 * the first byte of the image.  A *position* is the offset of an object's head
 * or of a value word.  [0, L) are the sealed bytes.
 *
 * Reading order: this header, then object.h (values), schema_image.h, table.h.
 */
#ifndef STELE_FORMAT_H
#define STELE_FORMAT_H

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "stele reads and writes its little-endian format in place: big-endian machines are not supported"
#endif

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------- header */

#define STELE_FMT_MAGIC "\x89STELE\r\n" /* 8 bytes, no terminator */
#define STELE_FMT_TRAILER_MAGIC "\x89STELEND"

/*
 * Major versions with the top bit are development versions: no release accepts
 * them.  A reader refuses another major and reads any minor.
 */
#define STELE_FMT_DEVELOPMENT 0x8000u
#define STELE_FMT_MAJOR (STELE_FMT_DEVELOPMENT | 1u)
#define STELE_FMT_MINOR 0u

#define STELE_FMT_BLOCK 4096u /* header, padding and digest blocks */
#define STELE_FMT_EXTENT (2u << 20)
#define STELE_FMT_MAX_SECTIONS 60u

/* Feature bits a reader must know (incompat) or may ignore (compat). */
#define STELE_FMT_INCOMPAT_CLUSTERED (1ull << 0) /* records inside buckets */
#define STELE_FMT_INCOMPAT_PATCH (1ull << 1) /* a patch over a base segment */
#define STELE_FMT_INCOMPAT_KNOWN 0ull
#define STELE_FMT_COMPAT_PAGED (1ull << 0) /* made for demand loading */
#define STELE_FMT_COMPAT_INTERPRETER (1ull << 1) /* an interpreter's objects */
#define STELE_FMT_COMPAT_LIVE (1ull << 2) /* initial state of live data */

/*
 * Sections, in file order.  Every byte of [0, L) belongs to the header, to one
 * section, or to the zero padding between two of them.
 */
enum stele_fmt_section_kind {
	STELE_FMT_SECTION_HEAP =
		1, /* objects; more than one such section may be */
	STELE_FMT_SECTION_TABLE_DATA = 2, /* buckets, lines, overflow entries */
	STELE_FMT_SECTION_TABLE_INDEX = 3, /* partitions and separators */
	STELE_FMT_SECTION_TABLES = 4, /* table descriptors, then their names */
	STELE_FMT_SECTION_SCHEMA = 5, /* the schema image */
	/* announced by a feature bit; a reader that lacks it skips or refuses */
	STELE_FMT_SECTION_INTERPRETER = 16,
	STELE_FMT_SECTION_LIVE = 17,
	STELE_FMT_SECTION_PATCH_BASE = 18,
};

#define STELE_FMT_SECTION_F_HOT (1u << 0) /* always resident */
#define STELE_FMT_SECTION_F_ALL 1u

struct stele_fmt_section {
	uint32_t kind;
	uint32_t flags;
	uint64_t off; /* multiple of 64 */
	uint64_t len; /* bytes, > 0 */
	uint64_t nr_items; /* objects, tables, ...: what `kind` counts */
	uint8_t zero[32];
};
static_assert(sizeof(struct stele_fmt_section) == 64, "ABI");

struct stele_fmt_header {
	uint8_t magic[8];
	uint16_t major;
	uint16_t minor;
	uint32_t header_bytes; /* 4096 */
	uint64_t incompat;
	uint64_t compat;
	uint64_t len_bytes; /* L; includes the last section, no padding */
	uint64_t hash_seed; /* seed of dict indexes and default of tables */
	uint64_t roots; /* position of the dict of named roots, 0: none */
	uint64_t nr_rows; /* heap objects with the row flag */
	uint64_t extra_heap; /* zero; unused by this version */
	uint32_t nr_sections;
	uint8_t share_log2; /* the content-sharing rule's k; 0: no sharing */
	uint8_t granule_log2; /* 12..16 where COMPAT_PAGED, else 0 */
	uint8_t zero[170];
	uint64_t checksum; /* XXH3-64, seed 0, of the 4096 bytes with 0 here */
	struct stele_fmt_section section[STELE_FMT_MAX_SECTIONS];
};
static_assert(sizeof(struct stele_fmt_header) == STELE_FMT_BLOCK, "ABI");
static_assert(offsetof(struct stele_fmt_header, checksum) == 248, "ABI");

/* The last 64 bytes of the image, behind the digest tree. */
struct stele_fmt_trailer {
	uint8_t magic[8];
	uint64_t len_bytes; /* L again */
	uint64_t tree_off; /* L rounded up to 4096 */
	uint64_t tree_bytes; /* behind it the trailer */
	uint8_t identity[32]; /* fs-verity digest of [0, L) */
};
static_assert(sizeof(struct stele_fmt_trailer) == 64, "ABI");

#define STELE_FMT_DEFAULT_SEED 0x7374656c65000001ull /* "stele", 0, 0, 1 */

/* -------------------------------------------------------- value words */

/*
 * A value word is 64 bits; its low three bits are the tag.  Each value has one
 * spelling only, the first that fits in the order below, so equal immediates
 * are equal words.
 *
 *  tag 0  word < 4096: a constant below; else the position (multiple of 8) of
 *         an object whose head says the type
 *  tag 1  integer, bits 3..63 signed
 *  tag 2  string of up to 7 bytes: length in bits 3..5, bits 6..7 zero, byte i
 *         in bits 8+8i..; unused bytes zero
 *  tag 3, tag 4  double: its bits rotated left by 4 (exponents 2^-255..2^256)
 *  tag 5  bytes of up to 7 bytes, as tag 2
 *  tag 6  calendar: bits 3..4 kind, bits 5..63 signed count: 0 date (days from
 *         1970-01-01), 1 datetime (microseconds from then), 2 time of day
 *         (microseconds from midnight), 3 timedelta (microseconds)
 *  tag 7  ASCII string of 8..8191 bytes inside a RUN object: length in bits
 *         3..15, offset of its first byte in bits 16..63
 */
#define STELE_FMT_TAG(word) ((unsigned)((word)&7u))
enum {
	STELE_FMT_TAG_REF = 0,
	STELE_FMT_TAG_INT = 1,
	STELE_FMT_TAG_STR = 2,
	STELE_FMT_TAG_F64_LOW = 3,
	STELE_FMT_TAG_F64_HIGH = 4,
	STELE_FMT_TAG_BYTES = 5,
	STELE_FMT_TAG_CALENDAR = 6,
	STELE_FMT_TAG_ASCII = 7,
};

#define STELE_FMT_UNSET 0ull
#define STELE_FMT_NULL 8ull
#define STELE_FMT_FALSE 16ull
#define STELE_FMT_TRUE 24ull
#define STELE_FMT_ZERO 32ull /* +0.0 */
#define STELE_FMT_MINUS_ZERO 40ull
#define STELE_FMT_INF 48ull
#define STELE_FMT_MINUS_INF 56ull
#define STELE_FMT_NAN 64ull /* the only NaN */
#define STELE_FMT_MAX_CONSTANT 64ull
#define STELE_FMT_MIN_REF 4096ull

#define STELE_FMT_INT_MIN (-(1ll << 60))
#define STELE_FMT_INT_MAX ((1ll << 60) - 1)
#define STELE_FMT_SHORT_MAX 7u
#define STELE_FMT_ASCII_MIN 8u
#define STELE_FMT_ASCII_MAX 8191u
#define STELE_FMT_ASCII_MAX_OFF ((1ull << 48) - 1)
#define STELE_FMT_CALENDAR_DATE 0u
#define STELE_FMT_CALENDAR_DATETIME 1u
#define STELE_FMT_CALENDAR_TIME 2u
#define STELE_FMT_CALENDAR_TIMEDELTA 3u
#define STELE_FMT_TIMEDELTA_MIN (-(1ll << 58)) /* of a word */
#define STELE_FMT_TIMEDELTA_MAX ((1ll << 58) - 1)

/* ------------------------------------------------------------ objects */

/*
 * An object begins with a head of 8 bytes at a multiple of 8:
 * bits 0..7 kind, 8..15 flags, 16..63 count.  A head of zero is 8 bytes of
 * padding.  Behind the payload zero bytes fill up to a multiple of 8.
 */
#define STELE_FMT_HEAD(kind, flags, count) \
	((uint64_t)(kind) | (uint64_t)(flags) << 8 | (uint64_t)(count) << 16)
#define STELE_FMT_HEAD_KIND(head) ((unsigned)((head)&0xff))
#define STELE_FMT_HEAD_FLAGS(head) ((unsigned)((head) >> 8 & 0xff))
#define STELE_FMT_HEAD_COUNT(head) ((uint64_t)(head) >> 16)
#define STELE_FMT_MAX_COUNT ((1ull << 48) - 1)

enum stele_fmt_kind { /* count; payload */
		      STELE_FMT_KIND_PAD = 0,
		      STELE_FMT_KIND_RUN =
			      1, /* bytes; ASCII strings, reached by tag 7 */
		      STELE_FMT_KIND_I64 =
			      2, /* 0; int64 outside the immediate range */
		      STELE_FMT_KIND_U64 = 3, /* 0; uint64 above INT64_MAX */
		      STELE_FMT_KIND_F64 =
			      4, /* 0; double that is no immediate */
		      STELE_FMT_KIND_BIGINT =
			      5, /* bytes; magnitude, little-endian, minimal */
		      STELE_FMT_KIND_STR =
			      6, /* bytes; u64 code points, UTF-8 */
		      STELE_FMT_KIND_BYTES = 7, /* bytes; bytes */
		      STELE_FMT_KIND_LIST = 8, /* items; value words */
		      STELE_FMT_KIND_DICT =
			      9, /* pairs; key word, value word; index */
		      STELE_FMT_KIND_ARRAY = 10, /* elements; raw elements */
		      STELE_FMT_KIND_RECORD =
			      11, /* record index in the schema; the body */
		      STELE_FMT_KIND_TUPLE = 12, /* items; value words */
		      STELE_FMT_KIND_SET = 13, /* items; value words; index */
		      STELE_FMT_KIND_NDARRAY =
			      14, /* axes; struct stele_fmt_ndarray */
		      STELE_FMT_KIND_DECIMAL =
			      15, /* bytes; int32 exponent, magnitude */
		      /* 16 was kept for times, which are words */
		      STELE_FMT_KIND_ZONED = 17, /* 0; struct stele_fmt_zoned */
		      STELE_FMT_KIND_TIMEDELTA =
			      18, /* 0; int64 that no word holds */
		      STELE_FMT_KIND_UUID =
			      19, /* 0; 16 bytes, as in its text */
		      STELE_FMT_KIND_USER =
			      20, /* bytes; name word (text), the bytes */
};

#define STELE_FMT_OBJ_F_IDENTITY (1u << 0) /* the maker shared it on purpose */
#define STELE_FMT_OBJ_F_ROW (1u << 1) /* RECORD: a row, not a nested record */
#define STELE_FMT_OBJ_F_ASCII (1u << 4) /* STR: all bytes below 0x80 */
#define STELE_FMT_OBJ_F_NEGATIVE (1u << 4) /* BIGINT, DECIMAL */
#define STELE_FMT_OBJ_F_INFINITE (1u << 5) /* DECIMAL: count and exponent 0 */
#define STELE_FMT_OBJ_F_NAN (1u << 6) /* DECIMAL: count and exponent 0 */
#define STELE_FMT_OBJ_F_SALTED (1u << 4) /* DICT, SET: a salt, see below */
#define STELE_FMT_OBJ_ELEM_SHIFT 4 /* ARRAY: enum stele_fmt_elem in 4..7 */

#define STELE_FMT_RUN_MAX 65536u /* payload bytes of one RUN */
#define STELE_FMT_BIGINT_MAX 41525u /* bytes of magnitude: 100,000 digits */

/* Element types of typed arrays; the numbers stand in images. */
enum stele_fmt_elem {
	STELE_FMT_ELEM_BOOL = 0,
	STELE_FMT_ELEM_I8 = 1,
	STELE_FMT_ELEM_I16 = 2,
	STELE_FMT_ELEM_I32 = 3,
	STELE_FMT_ELEM_I64 = 4,
	STELE_FMT_ELEM_U8 = 5,
	STELE_FMT_ELEM_U16 = 6,
	STELE_FMT_ELEM_U32 = 7,
	STELE_FMT_ELEM_U64 = 8,
	STELE_FMT_ELEM_F32 = 9,
	STELE_FMT_ELEM_F64 = 10,
	STELE_FMT_ELEM_DATE = 11, /* int32 days */
	STELE_FMT_ELEM_DATETIME = 12, /* int64 microseconds */
	STELE_FMT_ELEM_TIME = 13, /* int64 microseconds of the day */
	STELE_FMT_ELEM_TIMEDELTA = 14, /* int64 microseconds */
	STELE_FMT_ELEM_UUID = 15, /* 16 bytes */
};

/*
 * An ARRAY of 64 bytes or more has its elements at a multiple of 64 (its head
 * eight bytes before); a smaller one right behind its head.
 *
 * A DICT keeps its pairs in the order they were given.  A SET has its items in
 * ascending order of their canonical encodings (bytes, then length).  Keys and
 * items are hashable: scalars but NaN and unset, tuples, sets, records and user
 * values of such.  Up to 8 are searched in a line.  With more, an index of 2^k
 * uint32 slots follows the pairs or items, 2^k the least power of two >= 3/2
 * count: a slot is 0 or the number plus one in its low k bits and the key
 * hash's bits k..31 above them; a key's search starts at slot (hash >> 32) mod
 * 2^k and goes on by one until a 0.  The hash is XXH3-64 of the key's canonical
 * encoding under hash_seed.  Where a search for a key that is there would take
 * more than 256 steps, the flag SALTED is set, a word of salt stands before the
 * slots, and the hash is SipHash-2-4 of the encoding under (salt, hash_seed);
 * the salt is XXH3-64, under hash_seed plus the number of salts tried before, of
 * the unsalted hashes in order.
 */
#define STELE_FMT_DICT_LINEAR 8u
#define STELE_FMT_DICT_MAX ((1ull << 30) - 1) /* SET too */
#define STELE_FMT_INDEX_STEPS 256u /* slots looked at to find a key */

/*
 * A DECIMAL is (-1)^negative * magnitude * 10^exponent, kept as it was given:
 * 1.50 is no 1.5.  The magnitude is little-endian, its last byte not zero; zero
 * has none.
 */
#define STELE_FMT_DECIMAL_MAX 4153u /* bytes of magnitude: 10,000 digits */
#define STELE_FMT_DECIMAL_EXPONENT 1000000 /* -this .. this */

/* A ZONED is an instant; local time is the instant plus the offset. */
struct stele_fmt_zoned {
	int64_t utc; /* microseconds from 1970-01-01T00:00:00Z */
	int32_t offset; /* seconds east, -86399..86399 */
	uint32_t zero;
};
static_assert(sizeof(struct stele_fmt_zoned) == 16, "ABI");

/*
 * An NDARRAY's payload: this, then for each axis u64 length, then for each axis
 * i64 stride in bytes, then zeros up to the next multiple of 64 and the data.
 * An axis of length 0 or 1, and each axis of an array without elements, has
 * stride 0.  Of the others some may have stride 0 (the same elements again); the
 * rest have, in some order of the axes, the strides of a dense array: the
 * element's width, and each next the stride before times its length.  The data
 * is data_bytes = the elements that are different places, not one byte more.
 */
struct stele_fmt_ndarray {
	uint8_t element; /* enum stele_fmt_elem */
	uint8_t zero[7];
	uint64_t data_bytes;
};
static_assert(sizeof(struct stele_fmt_ndarray) == 16, "ABI");
#define STELE_FMT_NDARRAY_AXES 32u

#define STELE_FMT_USER_NAME_MAX 65535u /* bytes, at least 1; text */

/* ------------------------------------------------------------- schema */

/*
 * The schema section is one image: this head, then the arrays in the order of
 * its counts (records, fields, types, tables, steps), then the string pool.  A
 * library keeps a parsed schema text in the same form.
 */
struct stele_fmt_str {
	uint32_t off; /* in the string pool */
	uint32_t len;
};

struct stele_fmt_schema_head {
	uint32_t nr_records;
	uint32_t nr_fields;
	uint32_t nr_types;
	uint32_t nr_tables;
	uint32_t nr_steps;
	uint32_t pool_bytes;
	uint32_t root_record; /* the record that rows are, ~0: none named */
	uint32_t zero;
};
static_assert(sizeof(struct stele_fmt_schema_head) == 32, "ABI");

#define STELE_FMT_NONE 0xffffffffu

struct stele_fmt_record {
	struct stele_fmt_str name;
	struct stele_fmt_str doc;
	uint32_t first_field;
	uint32_t nr_fields; /* 0..65535 */
	uint32_t body_bytes; /* head included, multiple of 8 */
	uint32_t null_off; /* of the null bitmap in the body, 0: none */
	uint32_t unset_off; /* of the unset bitmap, 0: none */
	uint32_t zero;
	uint8_t fingerprint[16];
};
static_assert(sizeof(struct stele_fmt_record) == 56, "ABI");

#define STELE_FMT_FIELD_F_NULLABLE (1u << 0)
#define STELE_FMT_FIELD_F_OPTIONAL (1u << 1) /* may be unset */
#define STELE_FMT_FIELD_F_DEFAULT (1u << 2)
#define STELE_FMT_FIELD_F_ALL 7u

struct stele_fmt_field {
	struct stele_fmt_str name;
	struct stele_fmt_str doc;
	struct stele_fmt_str former; /* former names, each ended by '\n' */
	struct stele_fmt_str value; /* the default, as JSON text */
	uint32_t type; /* index of a type */
	uint32_t flags;
	uint32_t off; /* in the record's body, >= 8 */
	uint32_t null_bit; /* in the null bitmap, NONE where there is none */
	uint32_t unset_bit;
	uint32_t zero;
};
static_assert(sizeof(struct stele_fmt_field) == 56, "ABI");

/* `kind` is an enum stele_type of <stele/value.h>; its numbers are pinned. */
#define STELE_FMT_TYPE_F_NULLABLE (1u << 0) /* items may be null */
#define STELE_FMT_TYPE_F_WEAK (1u << 1) /* REF: an absent key stays a key */

struct stele_fmt_type {
	uint8_t kind;
	uint8_t flags; /* of the items: LIST, SET and DICT; REF */
	uint16_t zero;
	/* LIST, SET, DICT: item type; ARRAY, NDARRAY: element kind; RECORD, REF:
	 * record; TUPLE: first of its steps; USER: its name's place in the pool */
	uint32_t arg;
	/* DICT: key type; REF: table index; TUPLE: steps; USER: name's bytes */
	uint32_t arg2;
	uint32_t zero2;
};
static_assert(sizeof(struct stele_fmt_type) == 16, "ABI");

#define STELE_FMT_DECL_F_MULTI (1u << 0)
#define STELE_FMT_DECL_F_CLUSTERED (1u << 1)
#define STELE_FMT_DECL_F_FILTER (1u << 2) /* neither MULTI nor CLUSTERED */
#define STELE_FMT_DECL_F_ALL 7u
/* FILTER: a key that is not there is found once in this many, 2..2^24-1 */
#define STELE_FMT_DECL_RATE_SHIFT 8

/*
 * A table over a record's rows.  Its keys are `nr_keys` paths; each path is a
 * run of steps: the count of steps, then that many field numbers, each within
 * the record that the step before leads to.
 *
 * Behind the steps of all tables, in the order of the types, stand those of
 * tuples: a step for each item, its type, with the top bit where it may be null.
 */
#define STELE_FMT_STEP_NULLABLE 0x80000000u

struct stele_fmt_decl {
	struct stele_fmt_str name;
	struct stele_fmt_str doc;
	uint32_t record;
	uint32_t flags;
	uint32_t first_step;
	uint32_t nr_keys;
};
static_assert(sizeof(struct stele_fmt_decl) == 32, "ABI");

/* ------------------------------------------------------------- tables */

enum stele_fmt_table_kind {
	STELE_FMT_TABLE_BUCKET = 1,
	STELE_FMT_TABLE_INTEGER = 2,
	STELE_FMT_TABLE_FILTER = 3, /* keys are not stored */
};

enum stele_fmt_key {
	STELE_FMT_KEY_STR = 1, /* UTF-8 bytes */
	STELE_FMT_KEY_BYTES = 2,
	STELE_FMT_KEY_I64 = 3, /* 8 bytes */
	STELE_FMT_KEY_U64 = 4, /* 8 bytes */
	STELE_FMT_KEY_CANONICAL = 5, /* the canonical encoding of any key */
};

#define STELE_FMT_TABLE_F_MULTI (1u << 0)
#define STELE_FMT_TABLE_F_CLUSTERED (1u << 1) /* with INCOMPAT_CLUSTERED */
#define STELE_FMT_TABLE_F_ALL 1u

/*
 * value_type is an enum stele_type: types of fixed width are raw; STR and BYTES
 * carry a length; ANY is a value word; RECORD is a position divided by 8 in
 * value_bytes bytes (in an integer table: 8 bytes).  A filter has BOOL in 0 bytes.
 */
struct stele_fmt_table {
	uint32_t kind;
	uint32_t flags;
	uint8_t key_type; /* enum stele_fmt_key */
	uint8_t value_type; /* enum stele_type */
	uint8_t value_bytes; /* of one value, 0: varies */
	uint8_t bucket_log2; /* 6..15; INTEGER, FILTER: 6 */
	uint32_t record; /* RECORD values: the schema's record, else NONE */
	uint32_t decl; /* the schema's table declaration, else NONE */
	uint32_t name_len;
	uint64_t name_off; /* offset of the name, UTF-8 */
	uint64_t nr_keys;
	uint64_t nr_values; /* = nr_keys unless MULTI */
	uint64_t seed;
	uint64_t data_off; /* buckets or lines */
	uint64_t nr_buckets; /* INTEGER, FILTER: lines */
	uint64_t separators_off; /* nr_buckets bytes */
	uint64_t partitions_off;
	uint32_t nr_partitions; /* INTEGER: groups of lines, all of one size */
	uint32_t filter; /* FILTER: a key that is not there is found once in so many */
	uint64_t overflow_off; /* out-of-line entries, 0: none */
	uint64_t overflow_bytes;
	uint64_t empty_key; /* INTEGER: marks a free slot, never a key */
	uint64_t used_bytes; /* of buckets and lines: entries, heads, columns */
	uint8_t zero2[48];
};
static_assert(sizeof(struct stele_fmt_table) == 176, "ABI");

/*
 * Bucket table.  h = hash of the key (stele_hash_bytes under the table's seed;
 * of its 8 bytes for I64 and U64).  Partition: range(h >> 32, nr_partitions).
 * In a partition with a seed counter or SipHash, h is then computed anew.
 * Probe i = 0..max_probe: g = remix(h, i); bucket = first_bucket +
 * range(g >> 32, nr_buckets); signature = range16(g & 0xffff, 255).  The key is
 * in the first probe's bucket whose separator is above the signature, or
 * nowhere.  Tag: h & 0xff.
 */
enum stele_fmt_hash {
	STELE_FMT_HASH_XXH3 = 0, /* seed + counter * golden ratio */
	STELE_FMT_HASH_SIPHASH = 1, /* key: seed, counter */
};

#define STELE_FMT_MAX_PROBE 64u

struct stele_fmt_partition {
	uint64_t first_bucket;
	uint32_t nr_buckets; /* >= 1 */
	uint8_t max_probe; /* 0..64 */
	uint8_t hash; /* enum stele_fmt_hash */
	uint16_t counter;
};
static_assert(sizeof(struct stele_fmt_partition) == 16, "ABI");

/*
 * Bucket: u16 count; u8 tag[count]; u16 offset[count] (unaligned, from the
 * bucket's first byte, bit 15: out of line); the entries in this order without
 * gaps, ordered by (signature, hash, key); zeros.
 *
 * Entry: [varint key length, STR/BYTES/CANONICAL only] key
 *        [varint number of values, MULTI only]
 *        per value: [varint length, STR/BYTES values only] value.
 * An entry larger than a quarter bucket (in a table of one bucket: than 8 KiB)
 * lies out of line: in the bucket are struct stele_fmt_overflow; at `off`, a
 * multiple of 8 in the overflow run, the entry, as above.  The run has such
 * entries in the order of the buckets, zeros between them; it lies behind the
 * buckets.  A table without keys has no buckets and no partitions.
 * A varint is LEB128, at most 10 bytes, without needless bytes.
 */
#define STELE_FMT_BUCKET_OUT 0x8000u
#define STELE_FMT_BUCKET_MIN_LOG2 6u
#define STELE_FMT_BUCKET_MAX_LOG2 15u

struct stele_fmt_overflow {
	uint64_t hash;
	uint64_t off; /* offset in the image */
	uint64_t len; /* bytes of the entry */
};
static_assert(sizeof(struct stele_fmt_overflow) == 24, "ABI");

/*
 * Integer table: `nr_partitions` groups of nr_buckets / nr_partitions lines.
 * h = stele_hash_u64(key, seed); group = range(h >> 32, groups);
 * g = remix(h, 0); the key is in line range(g >> 32, lines) or line
 * range(g & 0xffffffff, lines) of its group.  Free slots hold empty_key and 0
 * and come after the used ones of their line, whose keys ascend.  The empty key
 * is stele_hash_u64(seed ^ 0x656d707479, seed).
 */
#define STELE_FMT_LINE_SLOTS 4u
#define STELE_FMT_GROUP_LINES 4096u /* of every group but a lone one: fewer */

struct stele_fmt_line {
	uint64_t key[STELE_FMT_LINE_SLOTS];
	uint64_t value[STELE_FMT_LINE_SLOTS];
};
static_assert(sizeof(struct stele_fmt_line) == 64, "ABI");

/*
 * Filter: a homogeneous ribbon (Dillinger, Hübschle-Schneider, Sanders and
 * Walzer, "Fast Succinct Retrieval and Approximate Membership using Ribbon", SEA
 * 2022) of 64 bits, in parts.  A slot has some bits, one a column; 64 slots are
 * a block, which has a word a column, bit i for slot i.  A key is 64 successive
 * slots and a mask of them; it is in the filter if in each column the bits under
 * the mask have an even sum.
 *
 * h = hash of the key, as of bucket tables.  x = h * nr_partitions, of 128 bits,
 * whose upper word is the part; f = the lower word, or, where the part's counter
 * is not 0, stele_hash_u64(h, counter).  The first slot is s = range(f >> 32, 64 *
 * (nr_blocks - 1)), the mask stele_hash_u64(h, seed) | 1, bit i for slot s + i.
 *
 * With c = the largest number that has 32 * 2^c <= 33 * filter, the first
 * low_blocks of a part have c columns, the others c + 1; a key has the columns
 * of the block of its first slot.  From nr_keys, the number of different h:
 *   nr_blocks = 1 + ceil(max(nr_keys, 1) * (272 + c + 1) / 16384)
 *   low_blocks = floor((nr_blocks - 1) * (64 * 2^c - 33 * filter) / (33 * filter))
 * The words of a part follow each other from its first line on, block by block;
 * zeros fill its last line.
 */
struct stele_fmt_filter {
	uint64_t first_line; /* the end of the part before */
	uint32_t nr_blocks; /* 2 or more */
	uint32_t low_blocks;
	uint32_t nr_keys;
	uint32_t counter;
};
static_assert(sizeof(struct stele_fmt_filter) == 24, "ABI");

#define STELE_FMT_FILTER_MIN 2u
#define STELE_FMT_FILTER_MAX ((1u << 24) - 1)

#endif /* STELE_FORMAT_H */
