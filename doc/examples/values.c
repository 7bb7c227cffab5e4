// SPDX-License-Identifier: MIT
/*
 * Values that no schema describes: a dict with a list, a typed array and other
 * values in it, built as a named root and read back by their types at run time.
 * Two names lead to one object, which a reader can tell.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stele/stele.h>

static struct stele_cell str(const char *s)
{
	return stele_cell_str(s, strlen(s));
}

static int add_roots(struct stele_builder *b, struct stele_error *err)
{
	static const double data[] = { 0.5, 1.5, 2.5 };
	const struct stele_cell numbers[] = { stele_cell_i64(1),
					      stele_cell_f64(2.5),
					      stele_cell_bool(true) };
	const struct stele_cell array = { .type = STELE_TYPE_ARRAY,
					  .element = STELE_TYPE_F64,
					  .len = 3,
					  .u.ptr = data };
	const struct stele_cell pairs[] = {
		str("name"),  str("stele"),
		str("list"),  stele_cell_list(numbers, 3),
		str("array"), array,
		str("none"),  stele_cell_of(STELE_TYPE_NULL),
	};
	const struct stele_cell dict = { .type = STELE_TYPE_DICT,
					 .len = 4,
					 .u.cells = pairs };
	struct stele_handle handle;
	struct stele_cell ref;
	int rc = stele_builder_put(b, &dict, &handle, err);

	ref = stele_cell_ref(handle);
	if (!rc)
		rc = stele_builder_root(b, "config", &ref, err);
	if (!rc)
		rc = stele_builder_root(b, "settings", &ref, err);
	return rc;
}

static void print_list(const struct stele_value *list)
{
	struct stele_value item;

	for (uint64_t i = 0; !stele_value_item(list, i, &item); i++)
		printf(" %s", stele_type_name(item.type));
}

static void print_elements(const struct stele_value *array)
{
	const void *elements;

	if (array->element != STELE_TYPE_F64 ||
	    stele_value_elements(array, &elements))
		return;
	for (uint64_t i = 0; i < array->len; i++)
		printf(" %g", ((const double *)elements)[i]);
}

static int print_roots(const struct stele_segment *seg)
{
	struct stele_value config, settings, key, item;
	int rc = stele_segment_root(seg, "config", &config);

	if (!rc)
		rc = stele_segment_root(seg, "settings", &settings);
	for (uint64_t i = 0; !rc && i < config.len; i++) {
		rc = stele_value_pair(&config, i, &key, &item);
		if (rc)
			break;
		printf("%.*s: %s", (int)key.len, key.u.ptr,
		       stele_type_name(item.type));
		if (item.type == STELE_TYPE_LIST)
			print_list(&item);
		else if (item.type == STELE_TYPE_ARRAY)
			print_elements(&item);
		printf("\n");
	}
	if (!rc)
		printf("config is settings: %s\n",
		       config.u.pos == settings.u.pos ? "yes" : "no");
	return rc;
}

int main(void)
{
	struct stele_segment *seg = NULL;
	struct stele_builder *b = NULL;
	struct stele_error err;
	int rc, fd = -1;

	rc = stele_builder_create_memfd("values", NULL, NULL, &b, &err);
	if (!rc)
		rc = add_roots(b, &err);
	if (!rc)
		rc = stele_builder_finish(b, &fd, &err);
	if (!rc)
		rc = stele_segment_open_fd(fd, NULL, &seg, &err);
	if (rc)
		fprintf(stderr, "%s\n", err.reason);
	else
		rc = print_roots(seg);
	stele_segment_close(seg);
	if (fd >= 0)
		close(fd);
	stele_builder_free(b);
	return rc ? 1 : 0;
}
