/* SPDX-License-Identifier: MIT */
/* A bench that cannot do its work says why and ends; nothing is repaired. */
#ifndef BENCH_DIE_H
#define BENCH_DIE_H

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format,
							 ...);

#ifdef __cplusplus
}
#endif

#endif
