#!/bin/sh
# Writes the locks: every version, with its hashes for all platforms and Pythons, and without the name of a registry.
set -eu
cd "$(dirname "$0")"

# uv reads no dependency groups from a project that it is told not to manage, so it gets a copy that does not say so.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
project=$copy/pyproject.toml
sed '/^managed = false/d' ../pyproject.toml >"$project"

lock() {
    name=$1
    shift
    ../.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
        "$@" --output-file "$name.txt"
}

lock full "$project" --extra train --extra mqtt --extra prometheus --extra web --extra dask --group "$project:dev"
lock runtime "$project" --constraints full.txt
lock window "$project" --group "$project:window" --constraints full.txt --no-emit-package opencv-python-headless
lock release --group "$project:release" --constraints full.txt
lock mutants --group "$project:mutants" --constraints full.txt
lock build --group "$project:build" --constraints full.txt
lock uv --group "$project:uv" --constraints full.txt
