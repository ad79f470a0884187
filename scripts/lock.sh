#!/bin/sh
# Pins requirements/*.txt with hashes. Each later file keeps to the versions of the earlier ones,
# but for those of environments that have nothing to do with ours.
set -eu

compile() {
    output=requirements/$1.txt
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command "make lock" --output-file "$output" "$@"
}

uv=.venv/bin/uv
compile run pyproject.toml "$@"
compile scale pyproject.toml --extra scale -c requirements/run.txt "$@"
compile build requirements/build.in -c requirements/run.txt "$@"
compile test pyproject.toml --extra scale requirements/build.in requirements/test.in \
    -c requirements/scale.txt -c requirements/build.txt "$@"
for foreign in readers subscriber peers; do
    compile "$foreign" "requirements/$foreign.in" "$@"
done
