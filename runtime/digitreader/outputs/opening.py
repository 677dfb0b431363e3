"""From what the user asked for to the sinks that give it; only those are imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import OutputError

if TYPE_CHECKING:
    from digitreader.outputs.sink import Sink  # the command's --help must not wait for NumPy

FORMATS = ("text", "jsonl", "csv")


def open_sinks(
    output: str, annotate: Path | None, *, inputs: Sequence[str], named: bool, expecting: bool = False
) -> list[Sink]:
    """Open the sink that prints to stdout and, where asked for, the one that saves pictures.

    Args:
        output: one of `FORMATS`.
        annotate: the folder for annotated pictures; None saves none.
        inputs: what is going to be read, which is never overwritten.
        named: begin each line of text with its source.
        expecting: rules are expected of numbers.

    Raises:
        OutputError: stdout is closed, or the folder cannot be written to.
    """
    sinks = [_printing_sink(output, named=named, expecting=expecting)]
    if annotate is not None:
        from digitreader.outputs.annotate import AnnotateSink

        sinks.append(AnnotateSink(annotate, inputs=inputs))
    return sinks


def _printing_sink(output: str, *, named: bool, expecting: bool) -> Sink:
    if sys.stdout is None:
        raise OutputError("stdout is closed, so there is nowhere to print to; send it to a file: > digits.txt")
    if output == "jsonl":
        from digitreader.outputs.jsonl import JsonLinesSink

        return JsonLinesSink(sys.stdout)
    if output == "csv":
        from digitreader.outputs.table import CsvSink

        return CsvSink(sys.stdout, expecting=expecting)
    from digitreader.outputs.text import TextSink

    return TextSink(sys.stdout, named=named)
