#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Options, help, exit codes, pipes, and the reports of info, verify and schema.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of commands in quotes
. "$(dirname "$0")/tap"
commands='build info ls get dump verify schema'

prints version_is_printed "stele $(cat "$OLDPWD/VERSION")" "$stele" --version
usage_without_command() { "$stele" >out 2>message; [ $? -eq 2 ] && [ ! -s out ] && grep -q ^usage: message; }
promise no_command_is_wrong_usage usage_without_command
fails unknown_command 2 "unknown command 'frob'" "$stele" frob
helps() { "$stele" "$@" >out 2>message && [ ! -s message ] && grep -q '^usage: stele' out; }
promise help_lists_commands helps --help
promise help_by_command helps help
for c in $commands; do
	promise "help_of_$c" helps "$c" --help
	promise "short_help_of_$c" helps "$c" -h
	promise "help_about_$c" helps help "$c"
	fails "unknown_option_of_$c" 2 "unknown option '--frob'" "$stele" "$c" --frob
	fails "unknown_letter_of_$c" 2 "unknown option '-Q'" "$stele" "$c" -Q
	fails "no_operand_of_$c" 2 "Try 'stele $c --help'." "$stele" "$c"
	case $c in get | verify) continue ;; esac
	fails "too_many_operands_of_$c" 2 "Try 'stele $c --help'." "$stele" "$c" a b c d
done
written() {
	for c in $commands; do
		"$stele" "$c" --help | grep -o -- '--[a-z-]*' | sort -u | while read -r o; do
			o=${o#--}
			grep -qF -- "Fl \\-${o//-/\\-}" "$OLDPWD/doc/man/stele.1" &&
				grep -qF -- "--$o" "$OLDPWD/tools/completion/stele" ||
				{ echo "$c --$o"; exit 1; }
		done || return 1
	done
}
promise options_are_in_the_manual_and_the_completion written

build '{"a":1,"b":"x"}\n{"a":2,"b":"x"}\n' --table by_a=a
opt() { "$stele" build -o y.stele "$@" rows.ndjson 2>message; }
for o in threads memory; do
	fails "${o}_zero" 2 "--$o is a number from 1" "$stele" build -o y.stele --$o 0 rows.ndjson
	fails "${o}_of_text" 2 "--$o is a number from 1" "$stele" build -o y.stele --$o 1x rows.ndjson
done
fails threads_beyond_reason 2 '--threads' "$stele" build -o y.stele --threads 99999999999999999999 rows.ndjson
fails verify_threads_of_text 2 '--threads' "$stele" verify --threads x x.stele
fails unknown_format 2 "--format is ndjson or csv, not 'xml'" "$stele" build -o y.stele --format xml rows.ndjson
fails unknown_policy 2 "--on-duplicate is error, first or last" "$stele" build -o y.stele --on-duplicate never rows.ndjson
fails table_without_field 2 '--table is NAME=FIELD' "$stele" build -o y.stele --table t= rows.ndjson
fails table_without_name 2 '--table is NAME=FIELD' "$stele" build -o y.stele --table =a rows.ndjson
fails table_of_unknown_kind 3 'stele: build: --table' "$stele" build -o y.stele --table t=a:frob rows.ndjson
fails option_without_value 2 "option '--schema' needs a value" "$stele" build -o y.stele --schema
fails no_output 2 'no output' "$stele" build rows.ndjson
promise no_file_is_made_by_wrong_usage test ! -e y.stele

first() { opt --table t=b --on-duplicate first && [ "$("$stele" get y.stele /t/x/a)" = 1 ]; }
last() { opt --table t=b --on-duplicate last && [ "$("$stele" get y.stele /t/x/a)" = 2 ]; }
many() { opt --table t=b:multi && [ "$("$stele" get y.stele t x | wc -l)" = 2 ]; }
unique() { opt --table t=a:unique --table u=a,b && [ "$("$stele" get y.stele /u/%5B2,%22x%22%5D/a)" = 2 ]; }
promise of_duplicates_the_first first
promise of_duplicates_the_last last
promise all_values_of_a_key many
promise several_tables unique
fails duplicate_is_an_error 3 "'x'" "$stele" build -o z.stele --table t=b --on-duplicate error rows.ndjson
odd_names() {
	printf '{"a b":1,"m":{"x.y":2}}\n' >odd.ndjson
	"$stele" build -o y.stele --table 'my table=a b' --table 't2="m"."x.y"' odd.ndjson 2>message &&
		[ "$("$stele" get y.stele 'my table' 1)" = "$(cat odd.ndjson)" ] && [ "$("$stele" get y.stele t2 2)" = "$(cat odd.ndjson)" ]
}
promise tables_over_fields_of_any_name odd_names
odd_paths() {
	printf '{"c,d":1,"e:multi":2,"q\\"":3}\n' >odd.ndjson
	"$stele" build -o y.stele --table 't="c,d"' --table 'u="e:multi":multi' --table 'v="c,d","e:multi"' --table 'w="q\"","c,d"' odd.ndjson 2>message &&
		[ "$("$stele" get y.stele t 1; "$stele" get y.stele u 2; "$stele" get y.stele v '[1,2]'; "$stele" get y.stele w '[3,1]')" = "$(for _ in 1 2 3 4; do cat odd.ndjson; done)" ]
}
promise tables_over_quoted_fields_with_commas_and_colons odd_paths
no_replace() { cp x.stele kept.stele && ! "$stele" build -o x.stele --no-replace rows.ndjson 2>message && grep -q 'x.stele: ' message && cmp x.stele kept.stele; }
promise no_replace_keeps_the_file no_replace
fresh() { rm -f new.stele && "$stele" build -o new.stele --no-replace rows.ndjson 2>message && "$stele" verify new.stele; }
promise no_replace_makes_a_new_file fresh
replaces() { "$stele" build -o x.stele --table by_a=a rows.ndjson 2>message && "$stele" verify x.stele; }
promise a_build_replaces_the_file replaces
no_share() { opt --no-share && [ "$("$stele" info --json y.stele | jq .share_log2)" = 0 ] && "$stele" dump y.stele | cmp - rows.ndjson; }
promise no_share_builds_the_same_rows no_share
as_json() { [ "$("$stele" build -o y.stele --json rows.ndjson 2>message | jq .rows)" = 2 ]; }
promise build_reports_as_json as_json
verity() { rm -f y.stele; if opt --verity; then "$stele" verify y.stele; else [ ! -e y.stele ] && grep -q verity message; fi; }
promise verity_or_a_reason verity
stdin_() { "$stele" build -o y.stele --table by_a=a <rows.ndjson 2>message && cmp x.stele y.stele && "$stele" build -o y.stele --table by_a=a - < <(sleep 0.1; cat rows.ndjson) 2>message && cmp x.stele y.stele; }
promise standard_input_is_the_default stdin_
error_of_stdin() { echo '{' | "$stele" build -o y.stele 2>message; grep -q '^stele: build: standard input:1: ' message; }
promise errors_name_standard_input error_of_stdin
no_tmp() { echo '{"a":1}' | TMPDIR=$work/absent "$stele" build -o y.stele 2>message; [ $? -eq 4 ] && grep -q 'no temporary file' message; }
promise no_place_for_a_copy_of_the_input no_tmp

promise info_is_json sh -c '"$0" info --json x.stele | jq -e ".home == \"file\" and .seal == \"advisory\" and .stable == false and .rows == 2 and .page_bytes >= 4096 and (.tables | length) == 1 and .tables[0].keys == 2 and .tables[0].fill > 0 and .image_bytes > .len_bytes and (.identity | length) == 71"' "$stele"
identity() { [ "$("$stele" info --json x.stele | jq -r .identity)" = "sha256:$(head -c "$("$stele" info --json x.stele | jq .len_bytes)" x.stele >sealed && fsverity digest --compact sealed)" ]; }
if command -v fsverity >/dev/null; then
	promise identity_is_the_verity_digest_of_the_sealed_bytes identity
else
	skip identity_is_the_verity_digest_of_the_sealed_bytes 'no fsverity'
fi
promise info_for_people sh -c '"$0" info x.stele | grep -q "^seal  *advisory$"' "$stele"
writable() { cp x.stele w.stele && chmod 644 w.stele && "$stele" info w.stele | grep -q '^seal  *none$'; }
promise info_tells_a_file_that_can_be_written writable
promise verify_is_silent sh -c '[ -z "$("$0" verify x.stele ./x.stele 2>&1)" ]' "$stele"
fails verify_of_several_tells_the_worst 4 'absent.stele' "$stele" verify x.stele absent.stele
schema_again() { "$stele" schema x.stele >x.schema && "$stele" build -o y.stele --schema x.schema rows.ndjson && cmp x.stele y.stele; }
promise schema_builds_the_same schema_again
slash() { mkdir -p sub && cp x.stele sub/plain && "$stele" verify sub/plain; }
promise a_word_with_a_slash_is_a_path slash
fails other_words_are_names 4 'plain' "$stele" verify plain

python3 -c 'for i in range(200000): print("{\"a\":%d}" % i)' >many.ndjson
"$stele" build -o many.stele --table by_a=a many.ndjson 2>message
broken_pipe() { "$stele" dump many.stele 2>message | head -n 1 >out; [ "${PIPESTATUS[0]}" -eq 141 ] && [ ! -s message ]; }
promise a_closed_pipe_ends_it_quietly broken_pipe
for what in dump 'ls' info schema; do
	fails "full_output_of_$what" 4 'standard output: No space left' sh -c '"$0" "$1" x.stele >/dev/full' "$stele" "$what"
done
fails full_output_of_a_long_dump 4 'standard output: No space left' sh -c '"$0" dump many.stele >/dev/full' "$stele"
fails full_output_of_a_long_csv 4 'standard output: No space left' sh -c '"$0" dump --csv many.stele >/dev/full' "$stele"
fails full_output_of_a_long_ls 4 'standard output: No space left' sh -c '"$0" ls many.stele /by_a >/dev/full' "$stele"
fails full_output_of_get 4 'standard output: No space left' sh -c '"$0" get x.stele by_a 1 >/dev/full' "$stele"
fails full_output_of_help 4 'standard output: ' sh -c '"$0" --help >/dev/full' "$stele"
terminal() { script -qec "$stele verify many.stele" out >/dev/null && grep -q 'verify  *\[' out; }
quiet() { "$stele" verify many.stele >out 2>&1 && [ ! -s out ]; }
if command -v script >/dev/null; then
	promise a_bar_on_a_terminal terminal
else
	skip a_bar_on_a_terminal 'no script(1)'
fi
promise no_bar_in_a_pipe quiet

completes() {
	bash -c '
		. "$1"
		binary=$2
		stele() { "$binary" "$@"; }
		COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3)) COMPREPLY=()
		_stele
		echo "${COMPREPLY[*]}"' _ "$OLDPWD/tools/completion/stele" "$stele" "$@"
}
prints completion_of_commands 'schema' completes stele sche
prints completion_of_options '--schema' completes stele build --sch
prints completion_of_formats 'ndjson csv' completes stele build --format ''
prints completion_of_tables 'by_a' completes stele get x.stele by

# Nothing that a name says is run by a shell, obeyed by a terminal, or a column.
"$stele" build -o odd.stele --table '$(touch ran)=a' --table '`touch ran`=a' --table $'t\tb\nrows\e[31m=a' --table 'two words=a' rows.ndjson 2>message
completes_odd() { completes stele get odd.stele '' >words && [ ! -e ran ] && grep -qF '\$\(touch\ ran\)' words && grep -qF '\`touch\ ran\`' words; }
promise completion_runs_no_names_of_tables completes_odd
prints completion_quotes_names_of_tables 'two\ words' completes stele dump odd.stele two
lists_odd() { [ "$("$stele" ls odd.stele | wc -l)" -eq 5 ] && "$stele" ls odd.stele | grep -qF $'table\tt\\u0009b\\u000arows\\u001b[31m\tu64' && ! "$stele" info odd.stele | grep -q $'\e'; }
promise control_characters_in_names_are_shown lists_odd
prints control_characters_in_names_are_exact_as_json $'t\tb\nrows\e[31m' sh -c '"$0" ls --json odd.stele | jq -r "select(.kind == \"table\").name" | tail -n 3 | head -n 2' "$stele"
finish
