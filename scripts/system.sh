#!/usr/bin/env bash
# Install Debian packages as root; as any other user name the missing ones, and fail.
set -u
missing=()
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null && exit 0
fi
echo "Not installed: ${missing[*]}. On Debian: sudo apt-get install ${missing[*]}" >&2
exit 1
