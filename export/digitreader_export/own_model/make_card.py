"""Makes the card of a .tflite of any maker: it is inspected, tried on digits, calibrated and measured."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.drawing import write_mark
from digitreader.errors import ModelFormatError
from digitreader.host.files import MOST_MODEL_BYTES, read_limited, write_atomically
from digitreader.measure.evaluation import judge
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import Figures, Golden, pack_pixels
from digitreader.model.own.card import OwnCard, OwnMeasured
from digitreader.model.own.centring import centre_all
from digitreader.model.own.engine import OwnEngine, RawNetwork, open_network
from digitreader.model.own.numbers import InputScale, reals_of, table_of
from digitreader.model.sealed_json import OWN_CARD
from digitreader.model.tflite.graph import Graph
from digitreader.model.tflite.read import read_graph
from digitreader.values import Activations, Glyphs, Ink
from digitreader_export.acceptance import choose_rule
from digitreader_export.golden import ACTIVATION_DECIMALS, FLOAT_DECIMALS, draw_golden_inks
from digitreader_export.own_model.digits import CardDigits
from digitreader_export.own_model.search import BARELY, FoundForm, Reals, find_form
from digitreader_train.practice import NO_DIGIT
from digitreader_train.versions import installed_versions

SIGNS = ("x", "A", "+", "scribble", "h", "k", "m", "n", "t", "w", "?", "#", "tick", "blot")
NEGATIVES = 400
NEGATIVE_SEED = 59
NEGATIVE_PX = 32
DECIMALS = 6
PURPOSE = "a model of your own"


@dataclass(frozen=True, slots=True)
class CardSettings:
    """What a user may say of a model.

    Attributes:
        purpose: what it is for.
        threshold: the least evidence of a digit; chosen where it is None.
        repeat: the command that makes the card again.
        original: accuracy of the network that the file was converted from, if it is known.
        variant: how it was made smaller; found out where it is empty.
    """

    purpose: str = PURPOSE
    threshold: float | None = None
    repeat: str = ""
    original: float | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CardResult:
    """A card, and how its form was found."""

    card: OwnCard
    found: FoundForm


def card_file(path: Path, digits: CardDigits, settings: CardSettings) -> CardResult:
    """Make the card of a .tflite and write it beside the file.

    Raises:
        ModelFormatError: it is not a .tflite from a digit to ten or eleven numbers, or reads no digits.
        OutputError: the card cannot be written.
    """
    try:
        content = read_limited(path, MOST_MODEL_BYTES)
    except OSError as error:
        raise ModelFormatError(f"{path}: cannot be read ({error.strerror}); give a .tflite") from error
    carded = make_card(path.stem, content, digits, settings, source=str(path))
    write_atomically(path.with_suffix(".json"), carded.card.to_bytes())
    return carded


def make_card(
    name: str,
    content: bytes,
    digits: CardDigits,
    settings: CardSettings,
    *,
    source: str,
    found: FoundForm | None = None,
) -> CardResult:
    """Make the card of a .tflite.

    Args:
        name: the model's name.
        content: of the file.
        digits: choose and judge.
        settings: what the user says of it.
        source: names the file in messages.
        found: what it is shown and gives, if that is known already.

    Raises:
        ModelFormatError: as `card_file`.
    """
    graph = read_graph(content, source)
    network = open_network(content, source)
    found = found or find_form(lambda glyphs, shown: answers(network, glyphs, shown), digits.choosing, digits.labels)
    if found.best.accuracy < BARELY:
        raise ModelFormatError(
            f"{source}: reads {found.best.accuracy:.0%} of the digits that it was tried on, whatever input was "
            f"tried; it does not read digits, or its outputs are not in the order 0 to 9"
        )
    best = found.best
    engine = OwnEngine(network, best.shown, best.meaning)
    rule = _rule(engine, digits, best.centring, settings.threshold)
    form = network.form
    card = OwnCard(
        format=OWN_CARD,
        name=name,
        purpose=settings.purpose,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        variant=settings.variant or variant_of(graph, network),
        operators=tuple(dict.fromkeys(each.kind for each in graph.operators)),
        parameters=sum(each.data.size for each in graph.tensors if each.data is not None),
        input_shape=form.shape,
        input=form.input,
        range=best.shown.range,
        ink=best.shown.ink,
        centring=best.centring,
        outputs=form.outputs,
        output=form.output,
        meaning=best.meaning,
        acceptance=rule,
        measured=_measure(engine, rule, digits, best.centring, settings.original),
        versions=installed_versions(),
        repeat=(settings.repeat,) if settings.repeat else (),
        golden=golden_of(engine, best.centring),
    )
    return CardResult(card, found)


def answers(network: RawNetwork, glyphs: Glyphs, shown: InputScale) -> Reals:
    """What a network gives for glyphs that are shown in a certain way, as real numbers."""
    table = table_of(network.form.input, shown)
    return reals_of(network.run(table[glyphs.reshape(len(glyphs), -1)]), network.form.output)


def variant_of(graph: Graph, network: RawNetwork) -> str:
    """How a file computes, in the words of `digitreader export`."""
    weights = {each.dtype for each in graph.tensors if each.data is not None and each.data.size > 100}
    kinds = {graph.tensors[place].dtype for each in graph.operators for place in each.outputs}
    floats = "float32" in kinds
    if "float16" in weights:
        return "float16"
    if floats and "int8" in weights:
        return "dynamic"
    if floats:
        return "float32"
    if "int16" in kinds:
        return "int16x8"
    return "uint8" if network.form.input.dtype == "uint8" else "int8"


def _rule(engine: OwnEngine, digits: CardDigits, centring: str, threshold: float | None) -> AcceptanceRule:
    seen = _activations(engine, digits.choosing[centring])
    dark = _activations(engine, centre_all(draw_negatives(), centring))
    labels = np.concatenate([digits.labels, np.full(len(dark), NO_DIGIT, np.uint8)])
    rule = choose_rule(seen, digits.labels, dark, (np.concatenate([seen, dark]), labels))
    return rule if threshold is None else replace(rule, threshold=threshold)


def draw_negatives() -> list[Ink]:
    """Drawn signs that are not digits, the same ones each time."""
    rng = np.random.default_rng(NEGATIVE_SEED)
    return [write_mark(SIGNS[place % len(SIGNS)], rng, height_px=NEGATIVE_PX) for place in range(NEGATIVES)]


def _activations(engine: OwnEngine, glyphs: Glyphs) -> Activations:
    return engine.activations_of(engine.integers(glyphs))


def _measure(
    engine: OwnEngine, rule: AcceptanceRule, digits: CardDigits, centring: str, original: float | None
) -> OwnMeasured:
    judged = judge(_activations(engine, digits.test_glyphs(centring)), digits.test.labels, rule)
    as_given = _activations(engine, digits.test_as_given())
    sha256: dict[str, Any] = dict(digits.sha256)
    return OwnMeasured(
        data=digits.name,
        data_sha256=sha256,
        chosen_on=len(digits.labels),
        as_given=round(float((as_given.argmax(axis=1) == digits.test.labels).mean()), DECIMALS),
        test=Figures(judged.n, round(judged.accuracy, DECIMALS), round(judged.ece, DECIMALS)),
        accepted=round(judged.accepted / judged.n, DECIMALS),
        confusion=judged.confusion,
        original=None if original is None else round(original, DECIMALS),
    )


def golden_of(engine: OwnEngine, centring: str) -> tuple[Golden, ...]:
    """Take the golden inks through the chain."""
    inks = draw_golden_inks()
    glyphs = centre_all(list(inks.values()), centring)
    numbers: npt.NDArray[Any] = engine.integers(glyphs)
    neurons = np.round(engine.activations_of(numbers).astype(np.float64), ACTIVATION_DECIMALS)
    rows = np.round(numbers.astype(np.float64), FLOAT_DECIMALS)
    whole = engine.output.dtype != "float32"
    return tuple(
        Golden(
            shows,
            ink.shape[1],
            pack_pixels(ink),
            pack_pixels(glyph),
            tuple(int(number) if whole else float(number) for number in row),
            tuple(map(float, activations)),
        )
        for (shows, ink), glyph, row, activations in zip(inks.items(), glyphs, rows, neurons, strict=True)
    )
