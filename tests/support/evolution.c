// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "evolution.h"
#include "pair.h"

#define SAME STELE_VERDICT_SAME
#define CONVERT STELE_VERDICT_CONVERT
#define CHECK STELE_VERDICT_CHECK
#define REFUSE STELE_VERDICT_REFUSE

const char *const evolution_types[EVOLUTION_KINDS] = {
	"bool",
	"i8",
	"i16",
	"i32",
	"i64",
	"u8",
	"u16",
	"u32",
	"u64",
	"f32",
	"f64",
	"date",
	"datetime",
	"bigint",
	"str",
	"bytes",
	"list<u32>",
	"array<u16>",
	"dict<str, u8>",
	"A",
	"ref by_n",
	"any",
	"tuple<u8, str>",
	"set<i16>",
	"ndarray<f32>",
	"decimal",
	"time",
	"zoned",
	"timedelta",
	"uuid",
	"user<Money>",
};

const struct evolution_pair evolution_pairs[] = {
	{ "u8", "u8?", SAME },
	{ "u8?", "u8", CHECK },
	{ "u8?", "u16?", CONVERT },
	{ "u8?", "any", CONVERT },
	{ "any", "u8?", CHECK },
	{ "u8", "u8 optional", SAME },
	{ "u8 optional", "u8", CHECK },
	{ "u8 optional", "u8?", CONVERT },
	{ "u8 optional", "any", CONVERT },
	{ "u8 optional", "u8 = 1", CONVERT },
	{ "u8? optional", "u8 = 1", CHECK },
	{ "str? optional", "str", CHECK },
	{ "str optional", "str = \"x\"", CONVERT },
	{ "list<u8>", "list<u16>", CONVERT },
	{ "list<u16>", "list<u8>", REFUSE },
	{ "list<u8>", "list<u8?>", SAME },
	{ "list<u8?>", "list<u8>", CHECK },
	{ "list<u8>", "list<any>", CONVERT },
	{ "list<any>", "list<u8>", CHECK },
	{ "list<i32>", "list<f64>", CONVERT },
	{ "list<f32>", "list<f64>", CONVERT },
	{ "list<list<u8>>", "list<list<i64>>", CONVERT },
	{ "list<list<u8?>>", "list<list<u8>>", CHECK },
	{ "list<ref by_n>", "list<A>", CONVERT },
	{ "list<weak by_n>", "list<A>", CHECK },
	{ "list<u8>", "array<u8>", REFUSE },
	{ "list<u8>", "set<u8>", REFUSE },
	{ "list<u8>", "tuple<u8>", REFUSE },
	{ "array<u8>", "array<u8>", SAME },
	{ "array<u8>", "array<u16>", REFUSE },
	{ "array<u8>", "list<u8>", CONVERT },
	{ "array<u8>", "list<f32>", CONVERT },
	{ "array<u8>", "list<any>", CONVERT },
	{ "array<u8>", "list<str>", REFUSE },
	{ "array<uuid>", "list<uuid>", CONVERT },
	{ "dict<str, u8>", "dict<str, u16>", CONVERT },
	{ "dict<str, u8?>", "dict<str, u8>", CHECK },
	{ "dict<u8, str>", "dict<i64, str>", CONVERT },
	{ "dict<any, str>", "dict<str, str>", CHECK },
	{ "dict<str, u8>", "dict<u8, u8>", REFUSE },
	{ "set<u8>", "set<u16>", CONVERT },
	{ "set<any>", "set<u8>", CHECK },
	{ "set<str>", "set<u8>", REFUSE },
	{ "tuple<>", "tuple<>", SAME },
	{ "tuple<u8, str>", "tuple<u16, str?>", CONVERT },
	{ "tuple<u8?, str>", "tuple<u8, str>", CHECK },
	{ "tuple<u8>", "tuple<u8, u8>", REFUSE },
	{ "tuple<u8, str>", "tuple<str, u8>", REFUSE },
	{ "ndarray<f32>", "ndarray<f64>", REFUSE },
	{ "ndarray<f32>", "list<any>", REFUSE },
	{ "user<Money>", "user<Cash>", REFUSE },
	{ "user<Money>", "bytes", REFUSE },
	{ "A", "B", REFUSE },
	{ "A", "ref by_n", REFUSE },
	{ "ref by_n", "B", REFUSE },
	{ "ref by_n", "ref b_by_n", REFUSE },
	{ "ref by_n", "ref by_k", SAME },
	{ "ref by_n", "weak by_n", SAME },
	{ "weak by_n", "weak by_n", SAME },
	{ "weak by_n", "ref by_n", CHECK },
	{ "weak by_n", "A", CHECK },
	{ "weak by_n", "weak by_k", CHECK },
	{ "weak by_n", "any", CONVERT },
};
const size_t nr_evolution_pairs =
	sizeof(evolution_pairs) / sizeof(*evolution_pairs);

void evolution_schema(char text[EVOLUTION_TEXT], const char *type)
{
	snprintf(text, EVOLUTION_TEXT,
		 "record R { f: %s }\n"
		 "record A { n: str  k: u64 }\n"
		 "record B { n: str }\n"
		 "table by_n: A(n)\n"
		 "table by_k: A(k)\n"
		 "table b_by_n: B(n)\n"
		 "rows R\n",
		 type);
}

static int take_verdict(void *arg, const struct stele_finding *finding)
{
	enum stele_verdict *verdict = arg;

	if (finding->kind == STELE_FINDING_FIELD && !finding->record &&
	    !finding->field)
		*verdict = finding->verdict;
	return 0;
}

enum stele_verdict evolution_verdict(const char *stored, const char *reader)
{
	enum stele_verdict verdict = REFUSE;
	char text[EVOLUTION_TEXT];
	struct stele_schema *s, *r;

	evolution_schema(text, stored);
	s = pair_parse(text);
	evolution_schema(text, reader);
	r = pair_parse(text);
	if (stele_schema_compare(s, r, take_verdict, &verdict))
		abort();
	stele_schema_free(r);
	stele_schema_free(s);
	return verdict;
}
