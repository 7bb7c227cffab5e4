#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Images that change while they are read, under the sanitizers.
set -euo pipefail
exec "${STELE_BUILD:-build}/asan/tests/fuzz/race"
