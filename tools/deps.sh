#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tools/deps.sh installs the packages listed in tools/deps.txt that are not
# there. With the word if-allowed it does so only as root or with CI=true, and
# otherwise names the command that does.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
while read -r name _; do
	case $name in '' | '#'*) continue ;; esac
	dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
done <deps.txt

if [ ${#missing[@]} -eq 0 ]; then
	[ "${1:-}" = if-allowed ] || echo "nothing to install"
	exit 0
fi
if [ "${1:-}" = if-allowed ] && [ "$(id -u)" -ne 0 ] && [ "${CI:-}" != true ]; then
	echo "some tests need packages that are not installed (${missing[*]}): run make deps"
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "no apt-get here: install by hand what is called in Debian ${missing[*]}" >&2
	exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
