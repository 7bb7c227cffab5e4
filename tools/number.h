/* SPDX-License-Identifier: MIT */
/*
 * Number text, as JSON spells numbers: what it stands for, exactly, and the
 * shortest text of a double.
 */
#ifndef STELE_TOOLS_NUMBER_H
#define STELE_TOOLS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_kind {
	NUMBER_U64, /* an integer from 0 on: u */
	NUMBER_I64, /* an integer below 0: i */
	NUMBER_BIG, /* an integer beyond 64 bits: its text */
	NUMBER_F64, /* with a fraction, an exponent, or -0: f */
	NUMBER_HUGE, /* larger than any double: 1e400 */
	NUMBER_TINY, /* not zero, and smaller than any double: 1e-400 */
	NUMBER_NONE, /* no number */
};

struct number {
	enum number_kind kind;
	uint64_t u;
	int64_t i;
	double f; /* also of integers: the nearest double */
	bool exact; /* of integers: f is equal */
};

/*
 * Read text that follows JSON's grammar of numbers, or find that it does not.
 * text[len] can be read, and goes on no number.
 */
void number_read(const char *text, size_t len, struct number *number);

#define NUMBER_TEXT_BYTES 40

/*
 * The shortest text that reads back as the same double, or float; always with a
 * point or an exponent.  `f` is finite.  Returns its length.
 */
size_t number_print_f64(double f, char text[NUMBER_TEXT_BYTES]);
size_t number_print_f32(float f, char text[NUMBER_TEXT_BYTES]);

#endif /* STELE_TOOLS_NUMBER_H */
