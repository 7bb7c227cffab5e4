# SPDX-License-Identifier: MIT
#
# Sourced by shell suites: a folder to work in, $work, and how a promise is told
# in TAP.  Each suite ends in `finish`.
# shellcheck shell=bash
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
n=0

# status, name: what explains a failure is on standard input
result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		cut -c1-1000 | sed 's/^/# /'
	fi
}

skip() {	# name, reason
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# name, command...: it ends well
promise() {
	local name=$1 status=0
	shift
	"$@" >"$work/log" 2>&1 || status=1
	result "$status" "$name" <"$work/log"
}

finish() {
	echo "1..$n"
}
