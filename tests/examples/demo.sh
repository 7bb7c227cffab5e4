#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The demo's parts on a small index of packages, which has what the real one
# has: folded lines, versions, alternatives, cycles, absent names, two versions
# of one package, fields that are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

build=${STELE_BUILD:-build}

cat >"$work/index" <<'INDEX'
Package: apple
Version: 1.0-1
Architecture: amd64
Maintainer: Fruit Team <fruit@example.org>
Installed-Size: 3
Size: 1000
Section: food
Priority: optional
Pre-Depends: basket (>= 2)
Depends: basket (<< 3), cherry:any | banana (>= 1),
 sky [amd64]
Description: a fruit
 more of it, which is left out
Tag: a::b,
 c::d

Package: banana
Version: 2
Architecture: all
Maintainer: Nobody
Size: 20
Depends: apple
Description: another

Package: basket
Version: 2.5
Architecture: all
Maintainer: "Weavers, and others" <weavers@example.org>
Size: 7
Description: holds fruit

Package: banana
Version: 1
Architecture: all
Maintainer: Nobody
Size: 19
Description: an older one
INDEX

cat >"$work/expected" <<'NDJSON'
{"name":"apple","version":"1.0-1","architecture":"amd64","size":1000,"installed_size":3072,"section":"food","priority":"optional","maintainer":{"name":"Fruit Team","email":"fruit@example.org"},"description":"a fruit","depends":[["basket"],["cherry","banana"],["sky"]]}
{"name":"banana","version":"2","architecture":"all","size":20,"installed_size":null,"section":null,"priority":null,"maintainer":{"name":"Nobody","email":null},"description":"another","depends":[["apple"]]}
{"name":"basket","version":"2.5","architecture":"all","size":7,"installed_size":null,"section":null,"priority":null,"maintainer":{"name":"Weavers, and others","email":"weavers@example.org"},"description":"holds fruit","depends":[]}
{"name":"banana","version":"1","architecture":"all","size":19,"installed_size":null,"section":null,"priority":null,"maintainer":{"name":"Nobody","email":null},"description":"an older one","depends":[]}
NDJSON

converts() {
	demo/packages.py <"$work/index" >"$work/rows" && diff -u "$work/expected" "$work/rows"
}

builds() {
	"$build/stele" build -o "$work/x.stele" --schema demo/packages.schema \
		--on-duplicate first "$work/rows"
}

workers_agree() {
	"$build/demo/workers" -p 3 -n 5000 "$work/x.stele" apple | tee "$work/out" &&
		grep -q 'what apple depends on: 3 packages' "$work/out" &&
		grep -qx 'all ways gave the same answers in every process' "$work/out"
}

absent_package_fails() {
	local status=0
	"$build/demo/workers" -p 2 -n 10 "$work/x.stele" sky >"$work/out" 2>&1 || status=$?
	[ "$status" -eq 3 ] && grep -q '^demo: sky: ' "$work/out"
}

promise index_becomes_ndjson converts
promise segment_is_built_by_the_schema builds
promise segment_and_heap_give_the_same_answers workers_agree
promise workers_end_together_where_one_fails absent_package_fails
finish
