/* SPDX-License-Identifier: MIT */
/*
 * The way of comparing that needs AVX2; only for machines that have it.
 */
#ifndef STELE_MAP_PROBE_AVX2_H
#define STELE_MAP_PROBE_AVX2_H

struct stele_probe_way;
extern const struct stele_probe_way stele_probe_avx2;

#endif /* STELE_MAP_PROBE_AVX2_H */
