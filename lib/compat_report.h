/* SPDX-License-Identifier: MIT */
/*
 * Verdicts in words.
 */
#ifndef STELE_COMPAT_REPORT_H
#define STELE_COMPAT_REPORT_H

#include "compat.h"

/*
 * Why a field is read as it is judged to be: clauses with semicolons between.
 * Of the finding, numbers, the name and both types are set.
 */
void stele_compat_explain(const struct stele_compat *compat,
			  const struct stele_finding *finding,
			  const struct stele_judgement *judgement,
			  struct stele_text_buffer *text);

/* The type of a field with what may be null or unset, as schemas write it. */
void stele_compat_print_type(struct stele_text *out,
			     const struct stele_schema *schema,
			     const struct stele_fmt_field *field);

/*
 * compat_table.c: what lookups by the reader's table find.  Sets verdict, code
 * and the stored numbers of a finding that has its table.  -ENOMEM.
 */
int stele_compat_table(struct stele_compat *compat,
		       struct stele_finding *finding,
		       struct stele_text *reason);

#endif /* STELE_COMPAT_REPORT_H */
