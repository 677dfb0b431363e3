#!/bin/sh
# Reads a folder of pictures with several processes: xargs.sh scans/ out/ [PROCESSES [PICTURES]]
#
# The names are parted into lists of 500; for each list a process writes a file of JSON Lines beside it. When one was
# killed, or the machine was, run the same line again: what is there is not read again. Several machines that share both
# folders take some of the lists each.
set -eu
folder=$1 out=$2 processes=${3:-2} pictures=${4:-500}

mkdir -p "$out"
ls "$out"/list-???? >/dev/null 2>&1 || find "$folder" -type f | sort | split -l "$pictures" -a 4 - "$out/list-"

# exit status 1: a picture could not be read; its error is in the file, and it is no reason to stop
find "$out" -name 'list-????' | sort | xargs -P "$processes" -I LIST sh -c '
    digitreader read --files-from "$1" --jobs 1 --format none --output "jsonl:$1.jsonl" --resume || [ $? = 1 ]
' read LIST
