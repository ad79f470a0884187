#!/bin/sh
# Makes the virtual environment $1 with the first Python that is new enough.
set -eu

for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            sh scripts/system-packages.sh python3-venv
        exec "$python" -m venv --clear "$1"
    fi
done
echo "Python 3.11 or newer is needed and was not found." \
    "On Debian, as root: apt-get install python3 python3-venv" >&2
exit 1
