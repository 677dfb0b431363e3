"""Opens the outputs that the user asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TextIO

from digitreader.errors import OutputError, UsageError
from digitreader.output.conflicts import check_files, check_twice
from digitreader.output.event import EventMaker, EventPrinter, EventReceiver, EventSink
from digitreader.output.kinds import RunFacts, kind_of, printing_sink
from digitreader.output.settings import OutputSettings
from digitreader.output.sink import Sink


def open_places(settings: OutputSettings, facts: RunFacts, *, events: TextIO | None = None) -> list[Sink]:
    """Open every place; if one is refused, those before it are closed again.

    Args:
        settings: the places.
        facts: what outputs must know about the run.
        events: print events here as well.

    Raises:
        UsageError: a place is not valid.
        OutputError: a place cannot be written to.
        MissingExtraError: what a place needs is not installed.
    """
    check_twice(settings.places)
    check_files(settings.places, facts.inputs)
    maker = EventMaker(settings.name)
    sinks: list[Sink] = []
    receivers: list[EventReceiver] = [] if events is None else [EventPrinter(events)]
    with ExitStack() as refused:
        for place in settings.places:
            kind = kind_of(place)
            if kind.open_sink is not None:
                sinks.append(kind.open_sink(place, settings, facts))
                refused.callback(sinks[-1].close, 0.0)
            elif kind.open_receiver is not None:
                receivers.append(kind.open_receiver(place, settings, maker))
                refused.callback(receivers[-1].close, 0.0)
        refused.pop_all()
    # one sink makes the events, so that an event has the same name in every output
    return [*sinks, EventSink(maker, receivers)] if receivers else sinks


INTERRUPTED_S = 0.4
"""After Ctrl-C, waiting events are delivered for this many seconds, so that the run ends within a second."""


def open_sinks(
    output: str,
    annotate: Path | None,
    *,
    inputs: Sequence[str],
    named: bool,
    expecting: bool = False,
    activations: bool = False,
    resume: bool = False,
    more: OutputSettings | None = None,
    timestamps: bool = False,
) -> list[Sink]:
    """Open the sink that prints to stdout and, if asked for, the others.

    Args:
        output: one of `FORMATS`.
        annotate: the folder for annotated pictures; None saves none.
        inputs: the files that will be read; they are never overwritten.
        named: begin each line of text with its source.
        expecting: there are rules for numbers (--expect).
        activations: JSON Lines hold the ten activations of each digit.
        resume: continue the files that an earlier run began.
        more: the places beside stdout, and the settings of events.
        timestamps: begin each line of text with the time.

    Raises:
        OutputError: stdout is closed, or a place cannot be written to.
        UsageError: a place is not valid.
        MissingExtraError: what a place needs is not installed.
    """
    if output == "none" and annotate is None and not (more and more.places):
        raise UsageError("with --format none and without --output nothing is printed or saved; add an --output")
    facts = RunFacts(inputs, named=named, expecting=expecting, activations=activations, timestamps=timestamps)
    sinks: list[Sink] = []
    if output in {"text", "jsonl", "csv"}:
        sinks.append(printing_sink(output, _stdout(), facts))
    facts = replace(facts, resume=resume)
    if annotate is not None:
        from digitreader.output.annotate import AnnotateSink
        from digitreader.output.full_disk import FaultTolerantSink

        pictures = AnnotateSink(annotate, inputs=inputs, keep_bytes=more.most_bytes(recording=True) if more else None)
        sinks.append(FaultTolerantSink(pictures, str(annotate)))
    if more is not None:
        events = _stdout() if output == "events" else None
        sinks += open_places(more, facts, events=events)
    return sinks


@contextmanager
def closing_sinks(sinks: Sequence[Sink], timeout_s: float) -> Iterator[None]:
    """Close the sinks when the block ends; if it was interrupted, within a second.

    Args:
        sinks: closed one after another.
        timeout_s: for this many seconds, all sinks together, waiting events are still delivered.
    """
    try:
        yield
    except BaseException:
        _close(sinks, min(timeout_s, INTERRUPTED_S))
        raise
    _close(sinks, timeout_s)


def _close(sinks: Sequence[Sink], timeout_s: float) -> None:
    deadline_s = monotonic() + timeout_s
    with ExitStack() as stack:  # closes the other sinks even if one is interrupted
        for sink in reversed(sinks):
            stack.callback(_close_by, sink, deadline_s)


def _close_by(sink: Sink, deadline_s: float) -> None:
    sink.close(max(deadline_s - monotonic(), 0.0))


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise OutputError("stdout is closed, so nothing can be printed; send it to a file: > digits.txt")
    return sys.stdout
