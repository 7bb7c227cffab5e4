/* SPDX-License-Identifier: MIT */
/*
 * stele diff: both segments are opened and read in step; what they hold is
 * compared, not how it is stored.
 */
#include "diff.h"

#include <errno.h>
#include <stdlib.h>

static const char help[] =
	"usage: stele diff [OPTION]... A B\n\n"
	"Print what is different in segment B, a line each: '-' was in A, '+' is in\n"
	"B, '~' changed.  Rows are matched by the first unique table over them, else\n"
	"by all they hold; their order does not count, nor how values are stored:\n"
	"7 and 7.0, and 1.5 and 1.50 as decimals, are no difference.\n\n"
	"      --schema   only records and fields\n"
	"      --tables   only tables, and what was put into them by hand\n"
	"      --roots    only roots\n"
	"      --rows     only rows\n"
	"      --json     a JSON object a line\n"
	"  -q, --quiet    print nothing\n"
	"      --limit N  end after N differences\n"
	"  -h, --help     this text\n\n"
	"Exit: 0 when there are none, 1 when there are some.\n";

#define STOCK_PAIRS ((uint64_t)1 << 22)

struct section {
	unsigned flag;
	int (*run)(struct diff *diff);
};

static const struct section sections[] = {
	{ 1, diff_schema },
	{ 2, diff_tables },
	{ 4, diff_roots },
	{ 8, diff_rows },
};
#define NR_SECTIONS (sizeof(sections) / sizeof(sections[0]))

int diff_fail_by(struct diff *diff, unsigned side, int code, const char *reason)
{
	diff->at = &diff->sides[side];
	diff->err.code = code;
	snprintf(diff->err.reason, sizeof(diff->err.reason), "%s", reason);
	return code;
}

int diff_fail(struct diff *diff, unsigned side, int code)
{
	/* the text of a value has said why already */
	if (diff->err.code == code && diff->err.reason[0]) {
		diff->at = &diff->sides[side];
		return code;
	}
	return diff_fail_by(diff, side, code, stele_strerror(code));
}

/* --------------------------------------------------------------- sides */

static int read_fields(struct diff_side *side, uint32_t number)
{
	struct diff_record *record = &side->records[number];
	struct stele_error err;
	int rc = 0;

	record->fields =
		calloc(record->info.nr_fields + 1ul, sizeof(*record->fields));
	if (!record->fields)
		return -ENOMEM;
	for (uint32_t i = 0; !rc && i < record->info.nr_fields; i++) {
		struct diff_field *field = &record->fields[i];

		field->other = DIFF_NONE;
		rc = stele_schema_field(side->schema, number, i, &field->info);
		if (!rc)
			rc = stele_field_resolve_at(side->segment, number, i,
						    STELE_TYPE_ANY, &field->get,
						    &err);
	}
	return rc;
}

static int read_records(struct diff_side *side)
{
	int rc = 0;

	side->nr_records = stele_schema_nr_records(side->schema);
	side->records = calloc(side->nr_records + 1ul, sizeof(*side->records));
	if (!side->records)
		return -ENOMEM;
	for (uint32_t i = 0; !rc && i < side->nr_records; i++) {
		side->records[i].other = DIFF_NONE;
		rc = stele_schema_record(side->schema, i,
					 &side->records[i].info);
		if (!rc)
			rc = read_fields(side, i);
	}
	return rc;
}

static int open_side(struct diff *diff, unsigned number)
{
	struct diff_side *side = &diff->sides[number];
	int rc = command_open(diff->command, side->word, &side->segment);

	if (rc)
		return rc;
	side->schema = stele_segment_schema(side->segment);
	side->info.size = sizeof(side->info);
	rc = stele_segment_info(side->segment, &side->info);
	if (!rc)
		rc = json_out_open(&side->json, side->segment,
				   diff->texts[number].out);
	side->json.alone = true;
	if (!rc)
		rc = read_records(side);
	return rc ? command_fail(diff->command, side->word, rc, NULL) : 0;
}

static void close_side(struct diff *diff, unsigned number)
{
	struct diff_side *side = &diff->sides[number];

	for (uint32_t i = 0; side->records && i < side->nr_records; i++)
		free(side->records[i].fields);
	free(side->records);
	json_out_close(&side->json);
	stele_segment_close(side->segment);
}

/* ----------------------------------------------------------------- runs */

static int run_sections(struct diff *diff, unsigned flags)
{
	int rc = diff_match(diff);

	if (rc)
		return rc;
	diff_choose_tables(diff);
	diff->left = STOCK_PAIRS + (diff->sides[0].info.len_bytes +
				    diff->sides[1].info.len_bytes) /
					   16;
	for (size_t i = 0; !rc && i < NR_SECTIONS; i++)
		if (flags & sections[i].flag)
			rc = sections[i].run(diff);
	return rc;
}

static int compare(struct diff *diff, unsigned flags)
{
	int rc = 0;

	if (memcmp(diff->sides[0].info.identity, diff->sides[1].info.identity,
		   sizeof(diff->sides[0].info.identity)) != 0)
		rc = run_sections(diff, flags);
	progress_end(&diff->progress);
	if (rc < 0) {
		command_flush();
		rc = command_fail(diff->command, diff->at->word, rc,
				  &diff->err);
		return command_finish(diff->command, rc);
	}
	if (diff->cut)
		command_say(diff->command,
			    "there are more than %llu differences",
			    (unsigned long long)diff->limit);
	return command_finish(diff->command,
			      diff->nr_found ? COMMAND_ABSENT : COMMAND_DONE);
}

static int open_texts(struct diff *diff)
{
	struct text_buffer *const texts[] = { &diff->texts[0], &diff->texts[1],
					      &diff->line, &diff->name };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (text_buffer_open(texts[i]))
			return command_fail(diff->command, diff->sides[0].word,
					    -ENOMEM, NULL);
	return 0;
}

static void close_texts(struct diff *diff)
{
	struct text_buffer *const texts[] = { &diff->texts[0], &diff->texts[1],
					      &diff->line, &diff->name };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i]->out)
			text_buffer_close(texts[i], NULL, NULL);
}

static int run_both(struct diff *diff, unsigned flags)
{
	int rc = open_texts(diff);

	if (!rc)
		rc = open_side(diff, 0);
	if (!rc)
		rc = open_side(diff, 1);
	if (!rc) {
		progress_start(&diff->progress);
		rc = compare(diff, flags);
	}
	close_side(diff, 0);
	close_side(diff, 1);
	diff_pairs_free(&diff->pairs);
	close_texts(diff);
	return rc;
}

enum { SCHEMA = 256, TABLES, ROOTS, ROWS, JSON, LIMIT };

/* COMMAND_DONE: all is read; else an exit code, -1 where help was printed. */
static int read_options(struct diff *diff, int argc, char **argv,
			unsigned *flags)
{
	static const struct option options[] = {
		{ "schema", no_argument, NULL, SCHEMA },
		{ "tables", no_argument, NULL, TABLES },
		{ "roots", no_argument, NULL, ROOTS },
		{ "rows", no_argument, NULL, ROWS },
		{ "json", no_argument, NULL, JSON },
		{ "quiet", no_argument, NULL, 'q' },
		{ "limit", required_argument, NULL, LIMIT },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = command_option(diff->command, argc, argv, ":hq",
					options)) != -1) {
		if (option == 'h')
			return -1;
		if (option == '?')
			return COMMAND_USAGE;
		if (option <= ROWS && option >= SCHEMA)
			*flags |= sections[option - SCHEMA].flag;
		diff->as_json = diff->as_json || option == JSON;
		diff->quiet = diff->quiet || option == 'q';
		if (option != LIMIT)
			continue;
		diff->limit = command_number(optarg, UINT64_MAX);
		if (!diff->limit)
			return command_usage(diff->command,
					     "--limit %s: a number from 1 on "
					     "is wanted",
					     optarg);
	}
	if (argc - optind != 2)
		return command_usage(diff->command, "A and B are wanted");
	diff->sides[0].word = argv[optind];
	diff->sides[1].word = argv[optind + 1];
	return COMMAND_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct diff *diff = calloc(1, sizeof(*diff));
	unsigned flags = 0;
	int rc;

	if (!diff)
		return command_fail(command, "no memory", -ENOMEM, NULL);
	diff->command = command;
	rc = read_options(diff, argc, argv, &flags);
	if (rc == -1)
		rc = command_help(command);
	else if (!rc)
		rc = run_both(diff, flags ? flags : ~0u);
	free(diff);
	return rc;
}

const struct command command_diff = {
	.name = "diff",
	.summary = "what is different in another segment",
	.help = help,
	.run = run,
};
