// SPDX-License-Identifier: MIT
/*
 * Eight threads read one segment by every road at once, and a child goes on
 * reading after fork().  Run plain, under ASan and under ThreadSanitizer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stele/stele.h>

#define NR_ROWS 20000u
#define NR_THREADS 8
#define NR_LOOKUPS 40000u

static const char schema_text[] =
	"record Item { id: u64 name: str group: str tags: dict<str, u32> "
	"next: weak by_id }\n"
	"table by_id: Item(id)\n"
	"table by_name: Item(name)\n"
	"table by_group: Item(group) multi\n";

static void name_of(char name[32], uint64_t id)
{
	snprintf(name, 32, "item number %llu", (unsigned long long)id);
}

static int add_row(struct stele_builder *b, uint64_t id)
{
	char name[32], group[32], tag_names[12][16];
	struct stele_cell tags[24], row[5];
	struct stele_error err;

	name_of(name, id);
	snprintf(group, sizeof(group), "group %u", (unsigned)(id % 97));
	for (unsigned i = 0; i < 12; i++) {
		snprintf(tag_names[i], 16, "tag-%u", i);
		tags[2 * i] =
			stele_cell_str(tag_names[i], strlen(tag_names[i]));
		tags[2 * i + 1] = stele_cell_u64(id % 1000 + i);
	}
	row[0] = stele_cell_u64(id);
	row[1] = stele_cell_str(name, strlen(name));
	row[2] = stele_cell_str(group, strlen(group));
	row[3] = stele_cell_of(STELE_TYPE_DICT);
	row[3].u.cells = tags;
	row[3].len = 12;
	row[4] = stele_cell_u64((id + 1) % NR_ROWS);
	return stele_builder_add(b, 0, row, 5, NULL, &err);
}

static int set_up(void **state)
{
	struct stele_build_options options = { .size = sizeof(options),
					       .threads = 4 };
	struct stele_schema *schema;
	struct stele_segment *seg = NULL;
	struct stele_builder *b;
	struct stele_error err;
	int fd = -1, rc;

	rc = stele_schema_parse(schema_text, strlen(schema_text), &schema,
				&err);
	if (rc)
		return rc;
	rc = stele_builder_create_memfd("threads", schema, &options, &b, &err);
	stele_schema_free(schema);
	for (uint64_t i = 0; !rc && i < NR_ROWS; i++)
		rc = add_row(b, i);
	if (!rc)
		rc = stele_builder_finish(b, &fd, &err);
	stele_builder_free(b);
	if (!rc)
		rc = stele_segment_open_fd(fd, NULL, &seg, &err);
	close(fd);
	*state = seg;
	return rc;
}

static int tear_down(void **state)
{
	stele_segment_close(*state);
	return 0;
}

struct reader {
	pthread_t thread;
	const struct stele_segment *segment;
	uint64_t seed;
	const char *failed; /* NULL: all was right */
};

#define EXPECT(condition)                  \
	do {                               \
		if (!(condition))          \
			return #condition; \
	} while (0)

/* One item looked up by name, its fields, its dict, its successor by id. */
static const char *read_item(const struct stele_segment *seg, uint64_t id,
			     const struct stele_field *id_field,
			     const struct stele_field *next_field)
{
	struct stele_record record, next;
	struct stele_value row, tags, item;
	struct stele_matches matches;
	char name[32];
	uint64_t got;

	name_of(name, id);
	EXPECT(!stele_map_get_str(stele_segment_map(seg, "by_name"), name,
				  strlen(name), &row));
	EXPECT(!stele_value_record(&row, &record));
	EXPECT(!stele_record_get_u64(record, id_field, &got) && got == id);
	EXPECT(!stele_record_get_at(record, 3, &tags));
	EXPECT(!stele_value_find_str(&tags, "tag-7", 5, &item));
	EXPECT(item.u.u == id % 1000 + 7);
	EXPECT(!stele_record_get_record(record, next_field, &next));
	EXPECT(!stele_record_get_u64(next, id_field, &got));
	EXPECT(got == (id + 1) % NR_ROWS);
	EXPECT(!stele_map_get_u64(stele_segment_map(seg, "by_id"), got, &row));
	EXPECT(row.u.pos == next.pos);
	snprintf(name, sizeof(name), "group %u", (unsigned)(id % 97));
	EXPECT(!stele_map_find_str(stele_segment_map(seg, "by_group"), name,
				   strlen(name), &matches));
	EXPECT(matches.len >= NR_ROWS / 97);
	EXPECT(stele_map_get_str(stele_segment_map(seg, "by_name"), "nobody", 6,
				 &row) == -STELE_E_ABSENT);
	return NULL;
}

static const char *read_many(const struct stele_segment *seg, uint64_t seed)
{
	struct stele_value values[64];
	uint64_t keys[64];

	for (unsigned i = 0; i < 64; i++)
		keys[i] = (seed + i * 331) % (2 * NR_ROWS);
	EXPECT(!stele_map_get_many_u64(stele_segment_map(seg, "by_id"), keys,
				       64, values));
	for (unsigned i = 0; i < 64; i++)
		EXPECT((values[i].type == STELE_TYPE_RECORD) ==
		       (keys[i] < NR_ROWS));
	return NULL;
}

static void *read_all(void *arg)
{
	struct reader *r = arg;
	struct stele_field id, next;
	uint64_t x = r->seed;

	if (stele_field_resolve(r->segment, "Item", "id", STELE_TYPE_U64, &id,
				NULL) ||
	    stele_field_resolve(r->segment, "Item", "next", STELE_TYPE_RECORD,
				&next, NULL)) {
		r->failed = "resolving";
		return NULL;
	}
	for (unsigned i = 0; i < NR_LOOKUPS / NR_THREADS && !r->failed; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		r->failed =
			read_item(r->segment, (x >> 33) % NR_ROWS, &id, &next);
		if (!r->failed && i % 16 == 0)
			r->failed = read_many(r->segment, x >> 33);
	}
	return NULL;
}

static void eight_threads_read_at_once(void **state)
{
	struct reader readers[NR_THREADS];
	struct stele_error err;

	for (unsigned i = 0; i < NR_THREADS; i++) {
		readers[i] = (struct reader){ .segment = *state, .seed = i };
		assert_int_equal(pthread_create(&readers[i].thread, NULL,
						read_all, &readers[i]),
				 0);
	}
	assert_int_equal(stele_segment_verify(*state, NULL, &err), 0);
	for (unsigned i = 0; i < NR_THREADS; i++) {
		pthread_join(readers[i].thread, NULL);
		if (readers[i].failed)
			fail_msg("thread %u: %s", i, readers[i].failed);
	}
}

static void child_reads_on_after_fork(void **state)
{
	struct reader reader = { .segment = *state, .seed = 77 };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		read_all(&reader);
		_exit(reader.failed ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_threads_read_at_once),
		cmocka_unit_test(child_reads_on_after_fork),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
