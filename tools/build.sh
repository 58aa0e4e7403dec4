#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tools/build.sh DIR [PROGRAM...] builds programs, or every program under cmd/,
# into DIR, so that the same source gives the same bytes wherever it lies: no
# path, no version control stamp, no build id, and nothing that the machine's
# own settings of Go would change. GOOS and GOARCH say for which system. This is
# the only place that knows how a program is built: tools/check and tools/dist
# call it.
set -euo pipefail
out=${1:?which folder?}
shift

export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOWORK=off
export GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT='' GOFIPS140=off
flags=(-trimpath -buildvcs=false -ldflags=-buildid=)
suffix=$(go env GOEXE)

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

programs=("$@")
if [ ${#programs[@]} = 0 ]; then
	for main in cmd/*/main.go; do
		programs+=("$(basename "$(dirname "$main")")")
	done
fi
for i in "${!programs[@]}"; do
	name=${programs[$i]}
	echo "building $name ($((i + 1)) of ${#programs[@]})"
	go build -v "${flags[@]}" -o "$out/$name$suffix" "./cmd/$name" 2>&1 | show
done
