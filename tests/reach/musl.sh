#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The command built with musl, in the suites of the command.
set -euo pipefail
cd "$(dirname "$0")/../.."

export STELE=$PWD/build/musl/stele
status=0
if readelf --program-headers "$STELE" | grep -q INTERP; then
	echo "not ok - command_needs_no_shared_library"
	status=1
else
	echo "ok - command_needs_no_shared_library"
fi
echo 1..1
for suite in tests/golden/images.sh tests/cli/*.sh; do
	"$suite" || status=1
done
exit "$status"
