#!/bin/sh
# Unpacks a Debian package into a folder without installing it, for programs that tests start themselves.
# Usage: unpack.sh PACKAGE FOLDER
set -eu

package=$1 folder=$2
command -v apt-get >/dev/null || {
    echo "$package is unpacked from Debian's package, and this is no Debian" >&2
    exit 1
}
mkdir -p "$folder"
cd "$folder"
# A machine that is new has no list of packages yet.
apt-get -q download "$package" || {
    [ "$(id -u)" -eq 0 ] || {
        echo "$package cannot be downloaded. As root, run: apt-get update" >&2
        exit 1
    }
    apt-get -q update </dev/null
    apt-get -q download "$package"
}
for file in "$package"_*.deb; do
    dpkg -x "$file" .
    rm "$file"
done
