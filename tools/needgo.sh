#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Ends with 1 and one sentence if there is no Go, or one that is too old to
# build this: crypto/hpke and testing/cryptotest came with 1.26.
need=26

found=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || found=
minor=$(printf '%s' "$found" | sed -n 's/^go1\.\([0-9][0-9]*\).*/\1/p')
case $found in devel*) minor=$need ;; esac
if [ -n "$minor" ] && [ "$minor" -ge "$need" ]; then
	exit 0
fi
echo "Tamizdat is built with Go 1.$need or newer, and this machine has ${found:-none}: get it from https://go.dev/dl/, put its bin folder into your PATH, and run the same command again." >&2
exit 1
