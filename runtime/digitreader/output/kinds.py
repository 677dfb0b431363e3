"""The table of outputs: how each kind is named, what it needs, what opens it. A new output is a file and a row here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from digitreader.camera.source import expand_home
from digitreader.errors import UsageError
from digitreader.output.settings import OutputSettings, Place

if TYPE_CHECKING:
    from digitreader.output.delivery_queue import Publisher
    from digitreader.output.event import EventMaker, EventReceiver
    from digitreader.output.sink import Sink


WEBHOOK_SILENCE_S = 1.5
"""A webhook that takes longer to answer is reported. A command may take long; a broker's silence has its own report."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What an output must know of the run.

    Attributes:
        inputs: what is going to be read, which is never overwritten.
        named: begin each line of text with its source.
        expecting: rules are expected of numbers.
        activations: JSON Lines hold the ten activations of each digit.
        resume: go on with the files that an earlier run began.
        timestamps: begin each line of text with the time.
    """

    inputs: Sequence[str]
    named: bool
    expecting: bool
    activations: bool = False
    resume: bool = False
    timestamps: bool = False


OpenSink = Callable[[Place, OutputSettings, RunFacts], "Sink"]
OpenReceiver = Callable[[Place, OutputSettings, "EventMaker"], "EventReceiver"]


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind of output: a sink, which gets frames, or a receiver, which gets events.

    Attributes:
        name: as in ``--output NAME:WHERE``.
        help: what ``--help`` says of it, without its form.
        where: what stands behind the colon, or behind the slashes of an address; empty if nothing does.
        schemes: those of the addresses by which it is named instead, the usual one first.
        open_sink: opens it, if it gets frames.
        open_receiver: opens it, if it gets events.
        check: refuses a place that cannot be meant, without opening anything.
        once: what messages call a place that may be named once only; empty if it may be named again.
        is_record: a file that is added to, which --resume may go on with.
        is_written: a file or folder that is written: a service may write there, and no two outputs write to one file.
        is_folder: it is a folder.
        is_command: it is a command line.
        needs_desktop: it shows something on a screen.
        is_recording: it grows with every frame, or by a picture with every number: of a camera it would fill a disk.
    """

    name: str
    help: str
    where: str = ""
    schemes: tuple[str, ...] = ()
    open_sink: OpenSink | None = None
    open_receiver: OpenReceiver | None = None
    check: Callable[[Place, OutputSettings], None] | None = None
    once: str = ""
    is_record: bool = False
    is_written: bool = False
    is_folder: bool = False
    is_command: bool = False
    needs_desktop: bool = False
    is_recording: bool = False

    @property
    def form(self) -> str:
        """How a place of this kind is written."""
        if self.schemes:
            return f"{self.schemes[0]}://{self.where}"
        return f"{self.name}:{self.where}" if self.where else self.name


def kind_of(place: Place) -> OutputKind:
    """The row of a place's kind."""
    return KINDS[place.kind]


def parse_place(text: str) -> Place:
    """Understand ``KIND:WHERE`` or an address.

    Raises:
        UsageError: it is neither. What may be a secret is not repeated.
    """
    name, colon, where = text.partition(":")
    for kind in KINDS.values():
        if name in kind.schemes and where.startswith("//"):
            return Place(kind.name, text)
        if text == kind.name and not kind.where and not kind.schemes:
            return Place(kind.name)
        if name != kind.name or kind.schemes or not kind.where:
            continue
        if where == "-" and kind.is_written:
            raise UsageError(f"--output {name}:-: only --format writes to stdout; give the name of a file")
        if where:
            return Place(kind.name, expand_home(where))  # behind a colon no shell has filled it in
        raise UsageError(f"--output {name}: where to? write it as {name}:{kind.where}")
    known = ", ".join(kind.form for kind in KINDS.values())
    given = (name if colon else text).partition("/")[0]
    raise UsageError(f"--output {given}: there is no such output; there are {known}")


def printing_sink(kind: str, out: TextIO, facts: RunFacts, *, header: bool = True) -> Sink:
    """The sink that writes ``text``, ``jsonl`` or ``csv``."""
    if kind == "jsonl":
        from digitreader.output.sink import JsonLinesSink

        return JsonLinesSink(out, activations=facts.activations)
    if kind == "csv":
        from digitreader.output.csv_table import CsvSink

        return CsvSink(out, expecting=facts.expecting, header=header, every_picture=facts.resume)
    from digitreader.output.sink import TextSink

    return TextSink(out, named=facts.named, timestamps=facts.timestamps)


def _open_record(place: Place, settings: OutputSettings, facts: RunFacts) -> Sink:
    from digitreader.output.csv_table import keep_other_tables
    from digitreader.output.full_disk import FaultTolerantSink
    from digitreader.output.rotating_file import RecordFile

    path, is_table = Path(place.where), place.kind == "csv"
    done: frozenset[str] = frozenset()
    if facts.resume:
        from digitreader.output.resume import resume_file

        done = resume_file(path, place.kind, facts.inputs, expecting=facts.expecting)
    if is_table:
        keep_other_tables(path, expecting=facts.expecting)
    keep_bytes = settings.most_bytes(recording=kind_of(place).is_recording)
    file = RecordFile(path, keep_bytes=keep_bytes, headed=is_table)
    sink = FaultTolerantSink(
        printing_sink(place.kind, cast("TextIO", file), facts, header=file.is_new), place.where, file=file
    )
    if not facts.resume:
        return sink
    from digitreader.output.resume import ResumedSink

    return ResumedSink(sink, place.kind, done)


def _open_pictures(place: Place, settings: OutputSettings, facts: RunFacts) -> Sink:
    from digitreader.output.annotate import AnnotateSink
    from digitreader.output.full_disk import FaultTolerantSink

    keep_bytes = settings.most_bytes(recording=True)
    pictures = AnnotateSink(Path(place.where), inputs=facts.inputs, keep_bytes=keep_bytes)
    return FaultTolerantSink(pictures, place.where)


def _open_video(place: Place, settings: OutputSettings, facts: RunFacts) -> Sink:
    from digitreader.output.full_disk import FaultTolerantSink
    from digitreader.output.video import VideoSink

    video = VideoSink(Path(place.where), inputs=facts.inputs, keep_bytes=settings.most_bytes(recording=True))
    return FaultTolerantSink(video, place.where)


def _open_prometheus(place: Place, settings: OutputSettings, facts: RunFacts) -> Sink:  # noqa: ARG001
    from digitreader.output.prometheus import PrometheusSink, parse_listen_address

    return PrometheusSink(parse_listen_address(place.where), name=settings.name, model=settings.model)


def _check_prometheus(place: Place, settings: OutputSettings) -> None:  # noqa: ARG001
    from digitreader.output.prometheus import parse_listen_address

    parse_listen_address(place.where)


def _open_window(place: Place, settings: OutputSettings, facts: RunFacts) -> Sink:  # noqa: ARG001
    from digitreader.output.window import WindowSink

    return WindowSink(has_display=settings.has_display)


def _open_events(place: Place, settings: OutputSettings, maker: EventMaker) -> EventReceiver:  # noqa: ARG001
    from digitreader.output.full_disk import EventRecorder
    from digitreader.output.rotating_file import RecordFile

    file = RecordFile(Path(place.where), keep_bytes=settings.keep_bytes)
    return EventRecorder(file, place.where, bound=settings.bound)


def _queued(publisher: Publisher, settings: OutputSettings, *, silence_s: float = math.inf) -> EventReceiver:
    from digitreader.output.delivery_queue import DeliveryQueue

    return DeliveryQueue(publisher, bound=settings.bound, silence_s=silence_s)


def _open_command(place: Place, settings: OutputSettings, maker: EventMaker) -> EventReceiver:  # noqa: ARG001
    from digitreader.output.command import Command

    return _queued(Command(place.where, timeout_s=settings.timeout_s), settings)


def _open_webhook(place: Place, settings: OutputSettings, maker: EventMaker) -> EventReceiver:  # noqa: ARG001
    from digitreader.output.webhook import Webhook

    webhook = Webhook(place.where, timeout_s=settings.timeout_s, ca_file=settings.ca_file)
    return _queued(webhook, settings, silence_s=WEBHOOK_SILENCE_S)


def _open_broker(place: Place, settings: OutputSettings, maker: EventMaker) -> EventReceiver:
    from digitreader.output.mqtt.publisher import MqttPublisher
    from digitreader.output.mqtt.topics import parse_address

    publisher = MqttPublisher(
        parse_address(place.where),
        settings.broker,
        name=settings.name,
        run=maker.run,
        model=settings.model,
        every_s=settings.every_s,
    )
    from digitreader.output.delivery_queue import DeliveryQueue

    return DeliveryQueue(publisher, bound=settings.bound, on_frame=publisher.frame_read)


def _check_command(place: Place, settings: OutputSettings) -> None:  # noqa: ARG001
    from digitreader.output.command import split_command

    split_command(place.where)


def _check_webhook(place: Place, settings: OutputSettings) -> None:
    from digitreader.output.webhook import Webhook

    Webhook(place.where, timeout_s=settings.timeout_s, ca_file=settings.ca_file)


def _check_broker(place: Place, settings: OutputSettings) -> None:
    from digitreader.output.mqtt.topics import Topics, parse_address

    Topics(parse_address(place.where).prefix, settings.name)


def _record(name: str, text: str, *, recording: bool = False) -> OutputKind:
    return OutputKind(
        name, text, where="FILE", open_sink=_open_record, is_record=True, is_written=True, is_recording=recording
    )


_ROWS = (
    _record("text", "text as --format text prints it, added to the file"),
    _record("jsonl", "JSON Lines, one for each picture or frame", recording=True),
    OutputKind(
        "events",
        'JSON Lines: an object for each number that appears ("number") or has left ("gone"),\n'
        'and for each fault ("fault", "back", "error"); two with the same "id" are one event',
        where="FILE",
        open_receiver=_open_events,
        is_record=True,
        is_written=True,
    ),
    _record("csv", "a table with a row for each digit", recording=True),
    OutputKind(
        "pictures",
        "a picture of each number, like --annotate",
        where="FOLDER",
        open_sink=_open_pictures,
        once="folder",
        is_written=True,
        is_folder=True,
        is_recording=True,
    ),
    OutputKind(
        "video",
        "every frame with its digits marked; FILE.mp4 works too",
        where="FILE.avi",
        open_sink=_open_video,
        once="video",
        is_written=True,
        is_recording=True,
    ),
    OutputKind(
        "run",
        "run for each number, one at a time: the number is its last argument, the event is\non its stdin",
        where="COMMAND",
        open_receiver=_open_command,
        check=_check_command,
        is_command=True,
    ),
    OutputKind(
        "window",
        "every frame with its digits marked, live on the desktop; q ends",
        open_sink=_open_window,
        once="window",
        needs_desktop=True,
    ),
    OutputKind(
        "webhook",
        "a webhook: each event is POSTed as JSON (http or https)",
        where="HOST/PATH",
        schemes=("https", "http"),
        open_receiver=_open_webhook,
        check=_check_webhook,
        once="webhook",
    ),
    OutputKind(
        "mqtt",
        "a broker (mqtt, or mqtts with TLS); Home Assistant finds the reader by itself",
        where="[USER@]HOST[:PORT][/PREFIX]",
        schemes=("mqtt", "mqtts"),
        open_receiver=_open_broker,
        check=_check_broker,
        once="broker",
    ),
    OutputKind(
        "prometheus",
        "metrics for Prometheus at http://HOST:PORT/metrics;\nwithout HOST only for this computer, with 0.0.0.0 for "
        "all",
        where="[HOST:]PORT",
        open_sink=_open_prometheus,
        check=_check_prometheus,
        once="Prometheus port",
    ),
)
KINDS = {kind.name: kind for kind in _ROWS}
"""Every kind of output, by its name, in the order in which ``--help`` lists them."""
