#!/bin/sh
# Runs all tests but those of the core with the pytest $1 in two halves at once, one for each core:
# what drives a browser or a web server in front, and the rest. The first is shown when both ended.
set -u

half=$(mktemp)
trap 'rm -f "$half"' EXIT
trap 'kill "$first" 2>/dev/null; exit 1' INT TERM

"$1" -o cache_dir=.cache/pytest-browser tests/browser tests/deploy -m "not slow" >"$half" 2>&1 &
first=$!
"$1" --ignore=tests/core --ignore=tests/browser --ignore=tests/deploy -m "not property and not slow"
rest=$?
"$1" --ignore=tests/browser --ignore=tests/deploy -m "property and not slow"
property=$?
wait "$first"
browser=$?
cat "$half"
[ "$rest" -eq 0 ] && [ "$property" -eq 0 ] && [ "$browser" -eq 0 ]
