/* SPDX-License-Identifier: MIT */
/*
 * A schema for rows of text: each type is declared once, `any` among them, and
 * there are tables with every kind of key.
 */
#ifndef TYPED_H
#define TYPED_H

#include <stele/schema.h>

#include "replay.h"

static const char typed_text[] =
	"record Row {\n"
	"	b: bool? optional  i: i8? optional  l: i64? optional\n"
	"	u: u16? optional  w: u64? optional  half: f32? optional\n"
	"	f: f64? optional  day: date? optional  at: datetime? optional\n"
	"	clock: time? optional  zone: zoned? optional\n"
	"	span: timedelta? optional  id: uuid? optional\n"
	"	big: bigint? optional  price: decimal? optional\n"
	"	text: str? optional  raw: bytes? optional  any: any? optional\n"
	"	words: list<str?>? optional  grid: ndarray<f32>? optional\n"
	"	cells: array<u16>? optional  times: array<time>? optional\n"
	"	pair: tuple<u8, str?>? optional  bag: set<any?>? optional\n"
	"	map: dict<any, any?>? optional  sizes: dict<i32, u32>? optional\n"
	"	names: dict<str, list<u8>>? optional\n"
	"	money: user<Money>? optional  other: Other? optional\n"
	"	up: ref by_key? optional  near: list<weak by_key>? optional\n"
	"	level: u8 = 3  unit: decimal = \"1.50\"\n"
	"}\n"
	"record Other { key: str optional  next: Other? optional  n: any? optional }\n"
	"table by_key: Row(text)\n"
	"table by_n: Row(l)\n"
	"table by_two: Row(day, price) multi\n"
	"table by_any: Row(any) multi\n"
	"table by_bag: Row(bag) multi\n"
	"table by_path: Row(other.key) multi\n"
	"table seen: Row(id) filter 1/100\n"
	"rows Row\n";

/* Parsed once. */
static const struct stele_schema *typed_schema(void)
{
	static struct stele_schema *schema;
	struct stele_error err = { 0 };

	if (!schema && stele_schema_parse(typed_text, sizeof(typed_text) - 1,
					  &schema, &err))
		fuzz_fail("%u:%u: %s", err.line, err.column, err.reason);
	return schema;
}

#endif /* TYPED_H */
