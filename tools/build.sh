#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tools/build.sh DIR builds every program under cmd/ into DIR, so that the
# same source gives the same bytes wherever it lies: no path, no version
# control stamp, no build id. The flags are the ones tools/check builds with.
set -euo pipefail
out=${1:?which folder?}

export CGO_ENABLED=0
flags=(-trimpath -buildvcs=false -ldflags=-buildid=)

# show turns the names of compiled packages into a count on a terminal and
# lets everything else, which is errors, through.
show() {
	local live=0
	[ -t 1 ] && live=1
	awk -v live="$live" '
		/^[A-Za-z0-9._\/-]+$/ { n++; if (live) { printf "\r  %d packages compiled", n; fflush() } next }
		{ if (live && n) print ""; print; fflush() }
		END { if (live && n) print ""; else if (n) printf "  %d packages compiled\n", n }'
}

programs=(cmd/*/main.go)
for i in "${!programs[@]}"; do
	name=$(basename "$(dirname "${programs[$i]}")")
	echo "building $name ($((i + 1)) of ${#programs[@]})"
	go build -v "${flags[@]}" -o "$out/$name" "./cmd/$name" 2>&1 | show
done
