#!/bin/sh
# Fills .venv from the locks beside this file: `install.sh runtime`, or `install.sh full` with [train] and the tools.
# `install.sh window` fills .window for the window's test: two builds of OpenCV in one environment overwrite each other.
# `install.sh release` fills .release with what looks for known vulnerabilities, `install.sh mutants` fills .mutants with
# what makes small errors in the code.
set -eu
cd "$(dirname "$0")/.."
level=$1
case $level in window | release | mutants) venv=.$level ;; *) venv=.venv ;; esac
stamp=$venv/installed

fail() {
    echo "digitreader setup: $1" >&2
    exit 1
}

# Run it: a pyenv shim may be found and still not start. TensorFlow, OpenCV and LiteRT have 64-bit wheels only.
suits() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.13 python3.12 python3.11; fi
    for python; do
        if suits "$python"; then return; fi
    done
    fail "no 64-bit Python 3.11 to 3.13 runs here (tried: $*); install one, or name it: PYTHON=/path/to/python3"
}

find_uv() {
    for uv in uv .tools/bin/uv; do
        # An uv too old for these options, or a shim with none behind it, is passed over.
        if "$uv" pip install --compile-bytecode --build-constraints any --help >/dev/null 2>&1; then return; fi
    done
    bring_uv
}

bring_uv() {
    echo "digitreader setup: no uv here, bringing one into .tools" >&2
    rm -rf .tools
    if "$python" -m venv .tools >/dev/null 2>&1; then
        .tools/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
    elif { "$python" -m venv --without-pip .tools && "$python" -m pip --version; } >/dev/null 2>&1; then
        "$python" -m pip --python .tools/bin/python install --quiet --require-hashes -r requirements/uv.txt
    else
        fail "$python lacks venv or pip; on Debian and Raspberry Pi OS: sudo apt-get install python3-venv"
    fi
}

# What a finished install was made from; another checkout's environment, copied along, has another folder here.
made_from() {
    echo "$PWD $(cat pyproject.toml requirements/*.txt | cksum)"
}

# The stamp is written last and removed first, so half an install is never taken for a whole one.
is_finished() {
    { [ "$(cat $stamp)" = "full $(made_from)" ] || [ "$(cat $stamp)" = "$level $(made_from)" ]; } 2>/dev/null && is_fit
}

# An environment that can be added to: finished in this folder before, and of the Python that was asked for.
is_fit() {
    grep -qF " $PWD " $stamp 2>/dev/null && suits $venv/bin/python && { [ -z "${PYTHON:-}" ] || is_of "$PYTHON"; }
}

is_of() {
    base='import sys; print(sys.base_prefix, sys.version)'
    [ "$("$1" -c "$base" 2>/dev/null)" = "$($venv/bin/python -c "$base")" ]
}

fill() {
    if is_fit; then rm $stamp; else rm -rf $venv && "$uv" venv --quiet --python "$python" $venv; fi
    set -- pip install --python $venv/bin/python --compile-bytecode
    "$uv" "$@" --require-hashes -r "requirements/$level.txt"
    # What it was called before is taken out: both names have the same command.
    "$uv" pip uninstall --quiet --python $venv/bin/python digitreader 2>/dev/null || true
    "$uv" "$@" --build-constraints requirements/build.txt --no-deps --editable .
    echo "$level $(made_from)" >$stamp
}

export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}" UV_PYTHON_DOWNLOADS=never
if ! is_finished; then
    find_python
    find_uv
    fill
fi
# Else each start would compile our own modules again where PYTHONDONTWRITEBYTECODE is set.
$venv/bin/python -m compileall -q runtime train export
