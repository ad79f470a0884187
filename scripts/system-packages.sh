#!/bin/sh
# Installs those of the named Debian packages that are missing, or prints the command that does.
# A package counts as present when what we want from it is there, wherever it came from.
set -eu

present() {
    case $1 in
        # The whole browser will do where it is there already.
        chromium-headless-shell) command -v "$1" || command -v chromium || command -v chromium-browser ;;
        # The layout is measured in these; other fonts can write the languages too, and are wider.
        fonts-noto-core) fc-list :family='Noto Sans' | grep . && fc-list :family='Noto Kufi Arabic' | grep . ;;
        libc6-dev) echo '#include <stdio.h>' | gcc -E - ;;
        libical-dev) pkg-config --exists libical ;;
        # Only root has its folder among those that are searched.
        nginx-light) command -v nginx || command -v /usr/sbin/nginx ;;
        # Debian puts the programs of each version into a folder of its own.
        postgresql) ls /usr/lib/postgresql/*/bin/initdb ;;
        python3-venv) python3 -c 'import ensurepip, venv' ;;
        zbar-tools) command -v zbarimg ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

missing=
for package in "$@"; do
    present "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install --yes --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing:$missing. As root, run: apt-get update && $install" >&2
    exit 1
fi

# Packages must not start services on the machine of whoever runs the tests.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null
$install -q -o Dpkg::Use-Pty=0 </dev/null
