/* SPDX-License-Identifier: MIT */
/*
 * libstele: everything, in reading order.  libstele(3) is the manual.
 */
#ifndef STELE_STELE_H
#define STELE_STELE_H

#include <stele/api.h>
#include <stele/error.h>
#include <stele/schema.h>
#include <stele/value.h>
#include <stele/segment.h>
#include <stele/record.h>
#include <stele/map.h>
#include <stele/view.h>
#include <stele/builder.h>
#include <stele/publish.h>
#include <stele/text.h>

#endif /* STELE_STELE_H */
