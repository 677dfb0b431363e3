"""The places beside stdout: files, pictures, a video, a window, commands, webhooks, brokers; several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from digitreader.outputs.announcing import AnnouncingSink, EventPrinter, Receiver
from digitreader.outputs.clashes import check_files, check_twice, keep_other_tables
from digitreader.outputs.courier import Carrier, Courier
from digitreader.outputs.enduring import EnduringSink, EventRecorder
from digitreader.outputs.event import EventMaker
from digitreader.outputs.opening import printing_sink
from digitreader.outputs.recording import RecordFile
from digitreader.outputs.settings import OutputSettings, Place
from digitreader.outputs.sink import Sink


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sink must know of the run.

    Attributes:
        inputs: what is going to be read, which is never overwritten.
        named: begin each line of text with its source.
        expecting: rules are expected of numbers.
        activations: JSON Lines hold the ten activations of each digit.
    """

    inputs: Sequence[str]
    named: bool
    expecting: bool
    activations: bool = False


def open_places(settings: OutputSettings, reading: Reading, *, events: TextIO | None = None) -> list[Sink]:
    """Open every place; where one is refused, those before it are closed again.

    Args:
        settings: the places.
        reading: what sinks must know of the run.
        events: print events here as well.

    Raises:
        UsageError: a place that cannot be meant.
        OutputError: a place that cannot be written to.
        MissingExtraError: what a place needs is not installed.
    """
    check_twice(settings.places)
    check_files(settings.places, reading.inputs)
    maker = EventMaker(settings.name)
    sinks: list[Sink] = []
    receivers: list[Receiver] = [] if events is None else [EventPrinter(events)]
    with ExitStack() as refused:
        for place in settings.places:
            if place.kind in SINKS:
                sinks.append(SINKS[place.kind](place.where, settings, reading))
                refused.callback(sinks[-1].close, 0.0)
            else:
                receivers.append(_receiver(place, settings, maker))
                refused.callback(receivers[-1].close, 0.0)
        refused.pop_all()
    # one sink makes the events, so that each has the same name wherever it goes
    return [*sinks, AnnouncingSink(maker, receivers)] if receivers else sinks


def _receiver(place: Place, settings: OutputSettings, maker: EventMaker) -> Receiver:
    if place.kind == "events":
        return EventRecorder(RecordFile(Path(place.where), keep_bytes=settings.keep_bytes), place.where)
    return Courier(_carrier(place, settings, maker), bound=settings.bound)


def _carrier(place: Place, settings: OutputSettings, maker: EventMaker) -> Carrier:
    if place.kind == "run":
        from digitreader.outputs.command import Command

        return Command(place.where, timeout_s=settings.timeout_s)
    if place.kind == "webhook":
        from digitreader.outputs.webhook import Webhook

        return Webhook(place.where, timeout_s=settings.timeout_s, ca_file=settings.ca_file)
    from digitreader.outputs.mqtt.address import parse_address
    from digitreader.outputs.mqtt.carrier import BrokerCarrier

    return BrokerCarrier(parse_address(place.where), settings.broker, name=settings.name, run=maker.run)


def _record(kind: str) -> Callable[[str, OutputSettings, Reading], Sink]:
    def open_record(where: str, settings: OutputSettings, reading: Reading) -> Sink:
        if kind == "csv":
            keep_other_tables(Path(where), expecting=reading.expecting)
        file = RecordFile(Path(where), keep_bytes=settings.keep_bytes, headed=kind == "csv")
        out = cast("TextIO", file)
        sink = printing_sink(
            kind,
            out,
            named=reading.named,
            expecting=reading.expecting,
            activations=reading.activations,
            header=file.is_new,
        )
        return EnduringSink(sink, where, file=file)

    return open_record


def _pictures(where: str, settings: OutputSettings, reading: Reading) -> Sink:
    from digitreader.outputs.annotate import AnnotateSink

    return EnduringSink(AnnotateSink(Path(where), inputs=reading.inputs, keep_bytes=settings.keep_bytes), where)


def _video(where: str, settings: OutputSettings, reading: Reading) -> Sink:
    from digitreader.outputs.video import VideoSink

    sink = VideoSink(Path(where), inputs=reading.inputs, keep_bytes=settings.keep_bytes)
    return EnduringSink(sink, where)


def _window(where: str, settings: OutputSettings, reading: Reading) -> Sink:  # noqa: ARG001
    from digitreader.outputs.window import WindowSink

    return WindowSink(has_display=settings.has_display)


SINKS: dict[str, Callable[[str, OutputSettings, Reading], Sink]] = {
    "text": _record("text"),
    "jsonl": _record("jsonl"),
    "csv": _record("csv"),
    "pictures": _pictures,
    "video": _video,
    "window": _window,
}
