/* SPDX-License-Identifier: MIT */
/*
 * The numbered invariants of an image: what opening, reading and verifying
 * refuse, each with its number for struct stele_error and its one-line text.
 * doc/FORMAT.md lists the same, and is written from here.
 *
 * Numbers are for good: a new invariant takes a free number of its group, and
 * the number of one that went is not used again.  Groups: 1 header, 20
 * sections, 30 trailer and tree, 40 schema, 60 objects, 90 value words, 110
 * records, 130 tables, 140 bucket tables, 160 integer tables, 170
 * filters.
 */
#ifndef STELE_INVARIANT_H
#define STELE_INVARIANT_H

#include "fail.h"

/* clang-format off */
#define STELE_INVARIANTS(X)                                                    \
	X(1, HEADER_MAGIC, "the image begins with the magic bytes")            \
	X(2, HEADER_MAJOR, "the major version is one the reader knows")        \
	X(3, HEADER_BYTES, "the header says that it has 4096 bytes")           \
	X(4, HEADER_CHECKSUM, "the header's checksum is that of its bytes")    \
	X(5, HEADER_INCOMPAT, "the reader knows every incompatible feature")   \
	X(6, HEADER_ZERO, "reserved bytes of the header are zero")             \
	X(7, HEADER_SECTIONS, "the header has at most 60 sections")            \
	X(8, HEADER_LENGTH, "L is the end of the last section")                \
	X(9, HEADER_SHARE, "the sharing rule's k is at most 28")               \
	X(10, HEADER_GRANULE,                                                  \
	  "the granule is 2^12..2^16 in a paged segment, else 0")              \
	X(11, HEADER_ROOTS, "the roots are a DICT in a HEAP section, or 0")    \
	X(12, HEADER_ROOT_NAME, "the keys of the roots are strings, none empty") \
	X(13, HEADER_ROWS, "nr_rows counts the records with the row flag")     \
	X(20, SECTION_KIND,                                                    \
	  "a section is of a known kind, or announced by a feature bit")       \
	X(21, SECTION_FLAGS, "a section has known flags only")                 \
	X(22, SECTION_BOUNDS, "a section lies behind the header and before L") \
	X(23, SECTION_ORDER, "sections lie in file order, none in another")    \
	X(24, SECTION_ALIGN,                                                   \
	  "a section begins at the next multiple of 64; table data at the "    \
	  "next one of 4096 or 2 MiB")                                         \
	X(25, SECTION_ONCE, "there is at most one SCHEMA and one TABLES")      \
	X(26, SECTION_ZERO, "unused entries of the section table are zero")    \
	X(27, SECTION_GAP, "bytes between two sections are zero")              \
	X(28, SECTION_ITEMS, "nr_items counts what the section's kind says")   \
	X(30, TRAILER_PRESENT, "the home holds padding, tree and trailer")     \
	X(31, TRAILER_MAGIC, "the trailer begins with its magic bytes")        \
	X(32, TRAILER_LENGTH, "header and trailer tell the same L")            \
	X(33, TRAILER_TREE, "tree_off and tree_bytes are those that L gives")  \
	X(34, TRAILER_PADDING, "bytes between L and the tree are zero")        \
	X(35, TRAILER_TAIL, "bytes behind the trailer are zero")               \
	X(36, DIGEST_IDENTITY,                                                 \
	  "the identity is the fs-verity digest of L and the tree's root")     \
	X(37, DIGEST_TREE, "each block of the tree has the hash above it")     \
	X(38, DIGEST_DATA, "each block of [0, L) has the hash in the tree")    \
	X(40, SCHEMA_SIZE, "the schema's counts give its section's length")    \
	X(41, SCHEMA_ZERO, "reserved bytes of the schema are zero")            \
	X(42, SCHEMA_INDEX, "indexes in the schema are below their counts")    \
	X(43, SCHEMA_STRING, "strings of the schema are UTF-8 in its pool")    \
	X(44, SCHEMA_NAME, "names are well-formed, none twice in its scope")   \
	X(45, SCHEMA_TYPE, "types are known, well-formed and not recursive")   \
	X(46, SCHEMA_LAYOUT, "fields lie where the layout rule puts them")     \
	X(47, SCHEMA_FINGERPRINT, "a record's fingerprint is that of its text") \
	X(48, SCHEMA_TABLE, "a table's key paths lead to fields that are keys") \
	X(49, SCHEMA_FLAGS, "fields, types and tables have known flags only")  \
	X(50, SCHEMA_DEFAULT, "a default is the canonical text of its type")   \
	X(60, OBJECT_KIND, "an object is of a known kind")                     \
	X(61, OBJECT_FLAGS, "an object has the flags of its kind only")        \
	X(62, OBJECT_BOUNDS, "an object lies inside one HEAP section")         \
	X(63, OBJECT_FILL, "bytes of an object that nothing has are zero")        \
	X(64, OBJECT_PAD,                                                      \
	  "padding words come before an aligned ARRAY only, at most seven")    \
	X(65, OBJECT_COUNT, "the head's count suits the kind")                 \
	X(66, RUN_BYTES, "a RUN is 8..65536 bytes, all ASCII")                 \
	X(67, NUMBER_SPELLING, "a number object holds what no smaller one can") \
	X(68, STR_SPELLING, "a STR object holds what no word can")             \
	X(69, STR_UTF8, "text is UTF-8")                                       \
	X(70, STR_COUNT, "a STR object tells its code points")                 \
	X(71, STR_ASCII, "a STR object's ASCII flag tells the truth")          \
	X(72, BYTES_SPELLING, "a BYTES object has 8 bytes or more")            \
	X(73, ARRAY_ELEMENT, "an array has elements of a known type")          \
	X(74, ARRAY_ALIGN, "64 bytes of elements or more lie at a multiple of 64") \
	X(75, ARRAY_VALUE,                                                     \
	  "a bool of an array is 0 or 1, its times are in their range")      \
	X(76, DICT_KEY, "a DICT's key can be a key")        \
	X(77, DICT_UNIQUE, "the keys of a DICT differ")                        \
	X(78, DICT_INDEX, "a DICT's index leads to each of its pairs")         \
	X(79, SET_ORDER, \
	  "the items of a SET ascend by their encoding as keys") \
	X(80, SET_INDEX, "a SET's index leads to each of its items") \
	X(81, INDEX_STEPS, "a search in an index takes at most 256 steps") \
	X(82, DECIMAL_SPELLING, \
	  "a decimal has digits, or says that it is no number") \
	X(83, ZONED_RANGE, \
	  "a zoned datetime is of the years 1..9999, also in its zone") \
	X(84, NDARRAY_SHAPE, \
	  "an NDARRAY has the data that its shape and strides reach") \
	X(86, USER_NAME, "a USER has a name, a string of 1..65535 bytes") \
	X(87, INDEX_SALT, \
	  "an index is salted where it must be, by the salt its keys give") \
	X(90, WORD_CONSTANT, "a word below 4096 is one of the constants")      \
	X(91, WORD_TARGET, "a reference is the position of an object")         \
	X(92, WORD_KIND, "a reference leads to neither RUN nor padding")       \
	X(93, WORD_SHORT, "a short string's unused bits are zero")             \
	X(94, WORD_CALENDAR,                                                   \
	  "a calendar word is in the range of its kind")        \
	X(95, WORD_ASCII, "a tag-7 word is 8..8191 bytes inside one RUN")      \
	X(96, WORD_UNSET, "only a record's field can be unset")                \
	X(97, WORD_KEY, \
	  "a key has no list, dict, array or NaN in it, and ends") \
	X(110, RECORD_SCHEMA, "a record's count is a record of the schema")    \
	X(111, RECORD_GAP, "a record's bytes that no field has are zero")      \
	X(112, RECORD_BITS, "no field is both null and unset")                 \
	X(113, RECORD_ABSENT, "the bytes of a null or unset field are zero")   \
	X(114, FIELD_TYPE, "a field's value is of the declared type")          \
	X(115, FIELD_NULL, "only a nullable field or item is null")            \
	X(116, FIELD_UNSET, "only an optional field is unset")                 \
	X(117, FIELD_BOOL, "a bool field is 0 or 1")                           \
	X(118, FIELD_RECORD, "a nested record is of the declared record")      \
	X(119, FIELD_REF,                                                      \
	  "a reference is a row of its table's record, or, weak, an absent key") \
	X(120, FIELD_TIME, "a field of a time is in the range of its type") \
	X(130, TABLE_KIND, "a table is of a known kind, key and value type")   \
	X(131, TABLE_FLAGS, "a table has known flags only")                    \
	X(132, TABLE_ZERO, "what a table has no use for is zero")              \
	X(133, TABLE_NAME, "names of tables lie behind the descriptors, UTF-8") \
	X(134, TABLE_UNIQUE, "no two tables have one name")                    \
	X(135, TABLE_RECORD, "a table's record and declaration are the schema's") \
	X(136, TABLE_BOUNDS, "a table's parts lie in sections of their kind")  \
	X(137, TABLE_SPACE, "tables' parts fill their sections but for zeros") \
	X(138, TABLE_COUNT, "nr_keys and nr_values count keys and values")     \
	X(139, TABLE_USED, "used_bytes is the sum over buckets or lines")      \
	X(140, PARTITION_ORDER, "partitions follow each other without a gap")  \
	X(141, PARTITION_PROBE, "a partition's max_probe is reached, and <= 64") \
	X(142, PARTITION_HASH, "a partition's hash is known, its key counts")  \
	X(143, BUCKET_BOUNDS, "a bucket's tags and offsets lie inside it")     \
	X(144, BUCKET_PACKED, "entries follow each other, zeros behind them")  \
	X(145, BUCKET_PLACE, "an entry is where a lookup finds its key")       \
	X(146, BUCKET_TAG, "a tag is the low byte of its key's hash")          \
	X(147, BUCKET_ORDER, "entries are ordered by signature, hash and key") \
	X(148, ENTRY_LENGTH, "an entry's lengths give exactly its bytes")      \
	X(149, ENTRY_VARINT, "a varint has no needless byte")                  \
	X(150, ENTRY_KEY, "a key is well-formed")                              \
	X(151, ENTRY_VALUE, "a value is well-formed")                          \
	X(152, ENTRY_OUT, "an entry is out of line where it must be, only then") \
	X(153, ENTRY_ROW, "a RECORD value is a row of the table's record")     \
	X(154, ENTRY_ROW_KEY, "an entry's key is that of its row")             \
	X(155, TABLE_ROWS, "a declared table holds every key that its rows have") \
	X(156, ENTRY_ROW_TWICE, "a declared table has no row twice under a key") \
	X(157, SEPARATOR_LEAST, \
	  "a separator is the least signature that went on, or 255") \
	X(158, ROW_BYTES, "rows take no more bytes than L asks for") \
	X(160, LINE_GROUPS, "groups of lines are of one size")                 \
	X(161, LINE_PLACE, "a key is in one of its two lines, once")           \
	X(162, LINE_FREE, "free slots hold the empty key and 0, behind the rest") \
	X(163, LINE_ORDER, "the keys of a line ascend")                        \
	X(164, LINE_EMPTY, "the empty key is the one that the seed gives") \
	X(170, FILTER_SHAPE, \
	  "a filter has the slots that its keys and its rate ask for") \
	X(171, FILTER_KEYS, \
	  "a declared filter answers yes for each key its rows have")
/* clang-format on */

enum stele_invariant {
#define STELE_INVARIANT_ENUM(number, name, text) STELE_I_##name = number,
	STELE_INVARIANTS(STELE_INVARIANT_ENUM)
#undef STELE_INVARIANT_ENUM
};

/* -STELE_E_FORMAT: the bytes at `offset` break an invariant; its text says it. */
int stele_broken(struct stele_error *err, uint64_t offset,
		 enum stele_invariant invariant);

#endif /* STELE_INVARIANT_H */
