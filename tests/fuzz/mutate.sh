#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Changed images, opened, verified and walked under the sanitizers.
set -euo pipefail
exec "${STELE_BUILD:-build}/asan/tests/fuzz/mutate"
