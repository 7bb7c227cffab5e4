#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Filters, and what info says of them and of how full tables are.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of the shell inside
. "$(dirname "$0")/tap"

rows=$(for ((i = 0; i < 500; i++)); do printf '{"name":"n%d","size":%d}\\n' $i $((i * 7)); done)

build "$rows" --table 'by_name=name' --table 'has=name:filter 1/1000'
of() { "$stele" info --json x.stele | jq -c ".tables[] | select(.name == \"$1\") | $2"; }

prints a_filter_says_its_rate_and_size '["filter","str",500,500,1000,11]' \
	of has '[.kind, .key, .keys, .values, .one_wrong_in, .columns]'
prints a_filter_takes_few_bits true of has '.bits_a_key > 9.97 and .bits_a_key < 14'
prints other_tables_have_no_rate null of by_name .one_wrong_in
prints fill_is_shown true of by_name '.fill > 0.8 and .fill <= 1'
promise info_for_people_has_them \
	sh -c '"$0" info x.stele | grep -q "^  one wrong in   1000$"' "$stele"
prints a_key_that_was_given_is_there true "$stele" get x.stele has n499
absent() { "$stele" get x.stele has nowhere; [ $? -eq 1 ]; }
promise another_is_not absent
promise verify_asks_for_the_key_of_each_row "$stele" verify x.stele

printf '%s\n' 'record R { name: str  size: u32 }' 'table has: R(name) filter 1/1' >one.schema
fails a_rate_of_one_is_no_filter 3 'wrong once in 2 to 16777215 times' \
	"$stele" build -o y.stele --schema one.schema rows.ndjson

finish
