// SPDX-License-Identifier: MIT
/*
 * The list of samples, and building one through the public calls, as anybody
 * would.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sample_fill.h"

const struct sample samples[] = {
	{ .name = "empty", .fill = sample_fill_empty },
	{ "fields", sample_fields_schema, sample_fill_fields, { 0 } },
	{ .name = "values", .fill = sample_fill_values },
	{ "nullable", sample_nullable_schema, sample_fill_nullable, { 0 } },
	{ .name = "dict", .fill = sample_fill_dict },
	{ "cycle", sample_cycle_schema, sample_fill_cycle, { 0 } },
	{ "packages", sample_package_schema, sample_fill_packages, { 0 } },
	{ .name = "integers", .fill = sample_fill_integers },
	{ .name = "out-of-line", .fill = sample_fill_out_of_line },
	{ "canonical", sample_canonical_schema, sample_fill_canonical, { 0 } },
	{ "weak", sample_weak_schema, sample_fill_weak, { 0 } },
	{ "filters", sample_filters_schema, sample_fill_filters, { 0 } },
	{ "types", sample_types_schema, sample_fill_types, { 0 } },
	{ "keys", sample_keys_schema, sample_fill_keys, { 0 } },
	{ .name = "salted", .fill = sample_fill_salted },
};
const size_t nr_samples = sizeof(samples) / sizeof(*samples);

const struct sample large_samples[] = {
	{ "many packages",
	  sample_package_schema,
	  sample_fill_many_packages,
	  { .size = sizeof(struct stele_build_options),
	    .duplicates = STELE_DUPLICATES_FIRST } },
	{ .name = "tables", .fill = sample_fill_tables },
	{ .name = "many keys", .fill = sample_fill_many_keys },
};
const size_t nr_large_samples = sizeof(large_samples) / sizeof(*large_samples);

static void check(int rc, const struct sample *sample,
		  const struct stele_error *err)
{
	if (!rc)
		return;
	fprintf(stderr, "sample '%s': %s: %s\n", sample->name,
		stele_strerror(rc), err->reason);
	exit(4);
}

void sample_build(const struct sample *sample, struct specimen *specimen)
{
	struct stele_schema *schema = NULL;
	struct stele_error err = { 0 };
	struct stele_builder *b;
	int fd;

	if (sample->schema)
		check(stele_schema_parse(sample->schema, strlen(sample->schema),
					 &schema, &err),
		      sample, &err);
	check(stele_builder_create_memfd(
		      sample->name, schema,
		      sample->options.size ? &sample->options : NULL, &b, &err),
	      sample, &err);
	stele_schema_free(schema);
	check(sample->fill(b, &err), sample, &err);
	check(stele_builder_finish(b, &fd, &err), sample, &err);
	stele_builder_free(b);
	specimen_read(specimen, fd);
	close(fd);
}
