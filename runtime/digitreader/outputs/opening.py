"""From what the user asked for to the sinks that give it; only those are imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from digitreader.errors import OutputError, UsageError

if TYPE_CHECKING:
    from digitreader.outputs.settings import OutputSettings
    from digitreader.outputs.sink import Sink  # the command's --help must not wait for NumPy

FORMATS = ("text", "jsonl", "csv", "events", "none")

INTERRUPTED_S = 0.4
"""How long an interrupted run still hands on what waits: Ctrl-C ends it within a second."""


def open_sinks(
    output: str,
    annotate: Path | None,
    *,
    inputs: Sequence[str],
    named: bool,
    expecting: bool = False,
    activations: bool = False,
    more: OutputSettings | None = None,
) -> list[Sink]:
    """Open the sink that prints to stdout and, where asked for, those that go elsewhere.

    Args:
        output: one of `FORMATS`.
        annotate: the folder for annotated pictures; None saves none.
        inputs: what is going to be read, which is never overwritten.
        named: begin each line of text with its source.
        expecting: rules are expected of numbers.
        activations: JSON Lines hold the ten activations of each digit.
        more: the places beside stdout, and what events need.

    Raises:
        OutputError: stdout is closed, or a place cannot be written to.
        UsageError: a place that cannot be meant.
        MissingExtraError: what a place needs is not installed.
    """
    if output == "none" and annotate is None and not (more and more.places):
        raise UsageError("with --format none nothing is told; add an --output")
    sinks: list[Sink] = []
    if output in {"text", "jsonl", "csv"}:
        sinks.append(printing_sink(output, _stdout(), named=named, expecting=expecting, activations=activations))
    if annotate is not None:
        from digitreader.outputs.annotate import AnnotateSink
        from digitreader.outputs.enduring import EnduringSink

        pictures = AnnotateSink(annotate, inputs=inputs, keep_bytes=more.keep_bytes if more else None)
        sinks.append(EnduringSink(pictures, str(annotate)))
    if more is not None:
        from digitreader.outputs.elsewhere import Reading, open_places

        events = _stdout() if output == "events" else None
        run = Reading(inputs, named=named, expecting=expecting, activations=activations)
        sinks += open_places(more, run, events=events)
    return sinks


def printing_sink(
    output: str, out: TextIO, *, named: bool, expecting: bool, activations: bool = False, header: bool = True
) -> Sink:
    """The sink that writes ``text``, ``jsonl`` or ``csv``."""
    if output == "jsonl":
        from digitreader.outputs.jsonl import JsonLinesSink

        return JsonLinesSink(out, activations=activations)
    if output == "csv":
        from digitreader.outputs.table import CsvSink

        return CsvSink(out, expecting=expecting, header=header)
    from digitreader.outputs.text import TextSink

    return TextSink(out, named=named)


@contextmanager
def closed_at_the_end(sinks: Sequence[Sink], patience_s: float) -> Iterator[None]:
    """Close the sinks when the block ends; where it was interrupted, within a second.

    Args:
        sinks: closed one after another.
        patience_s: how long what waits may take to be handed on, all sinks together.
    """
    try:
        yield
    except BaseException:
        _close(sinks, min(patience_s, INTERRUPTED_S))
        raise
    _close(sinks, patience_s)


def _close(sinks: Sequence[Sink], patience_s: float) -> None:
    deadline_s = monotonic() + patience_s
    with ExitStack() as stack:  # which closes the others even where one is interrupted
        for sink in reversed(sinks):
            stack.callback(_close_by, sink, deadline_s)


def _close_by(sink: Sink, deadline_s: float) -> None:
    sink.close(max(deadline_s - monotonic(), 0.0))


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise OutputError("stdout is closed, so there is nowhere to print to; send it to a file: > digits.txt")
    return sys.stdout
