"""An export from a Keras model of a user's own to .tflite files with their cards; only this file knows the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from digitreader.errors import ModelFormatError, UsageError
from digitreader.host.files import write_all_atomically
from digitreader.host.messages import print_info
from digitreader.host.progress import ProgressBar
from digitreader.model.own.card import OwnCard
from digitreader.values import Glyphs
from digitreader_export.errors import AccuracyLossError
from digitreader_export.measuring import LARGEST_LOSS
from digitreader_export.own_model.converting import OWN_VARIANTS
from digitreader_export.own_model.digits import CardDigits
from digitreader_export.own_model.keras_model import OwnKeras, open_keras
from digitreader_export.own_model.make_card import PURPOSE, CardSettings, make_card
from digitreader_export.own_model.search import BARELY, FoundForm, find_form
from digitreader_export.settings import VariantSettings
from digitreader_export.variants import VARIANTS

DEFAULT = ("float32", "int8")
SUFFIXES = (".keras", ".h5", ".hdf5")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class KerasExportSettings:
    """The settings from the command line.

    Attributes:
        model: the file that Keras saved.
        out: where the models go.
        digits: what it is looked at with.
        variants: which to make; float32 and int8 where none are named.
        choices: what the variants leave to the user.
    """

    model: Path
    out: Path
    digits: CardDigits
    variants: tuple[str, ...] = ()
    choices: VariantSettings = field(default_factory=VariantSettings)


def check_own_variants(names: tuple[str, ...]) -> None:
    """Make sure that all of these can be had of a model of a user's own.

    Raises:
        UsageError: one cannot.
    """
    for name in names:
        if name not in VARIANTS:
            raise UsageError(f"{name}: no such variant; choose from {', '.join(VARIANTS)}")


def export_keras(settings: KerasExportSettings, say: Say = print) -> tuple[OwnCard, ...]:
    """Write the models of a Keras model, each with its card; as soon as it is proven, or not at all.

    Args:
        settings: which model and variants, to where.
        say: takes each paragraph of the result.

    Returns:
        the cards in the order asked for.

    Raises:
        UsageError: there is no such variant, or the model cannot be trained on as it wants.
        ModelFormatError: Keras cannot open the model, or it reads no digits.
        AccuracyLossError: a file reads worse than the Keras model; the others were written.
        OutputError: the folder cannot be written to.
    """
    check_own_variants(settings.variants)
    model, digits = open_keras(settings.model), settings.digits
    found = find_form(model.answers, digits.choosing, digits.labels)
    if found.best.accuracy < BARELY:
        raise ModelFormatError(
            f"{settings.model}: reads {found.best.accuracy:.0%} of the digits that it was tried on, whatever input "
            f"was tried; it does not read digits, or its outputs are not in the order 0 to 9"
        )
    original = _accuracy(model, digits, found)
    cards, refused = _make_all(settings, model, digits, found, original)
    if cards:
        say(_describe(settings, cards, original))
    if refused:
        raise AccuracyLossError("; ".join(refused))
    return cards


def _accuracy(model: OwnKeras, digits: CardDigits, found: FoundForm) -> float:
    given = model.answers(digits.test_glyphs(found.best.centring), found.best.shown)
    return float((given[:, :10].argmax(axis=1) == digits.test.labels).mean())


def _make_all(
    settings: KerasExportSettings, model: OwnKeras, digits: CardDigits, found: FoundForm, original: float
) -> tuple[tuple[OwnCard, ...], tuple[str, ...]]:
    cards: list[OwnCard] = []
    refused: list[str] = []
    variants = settings.variants or DEFAULT
    with ProgressBar("exporting", len(variants)) as bar:
        for variant in variants:
            name = f"{settings.model.stem}-{variant}"
            try:
                content = _content(settings, variant, model, digits, found)
            except UsageError as error:
                if len(variants) == 1:
                    raise
                print_info(f"left out: {error}")  # as --all meets it; the others can be had
                bar.advance(1)
                continue
            told = CardSettings(PURPOSE, None, _repeat(settings, variant), original, variant)
            card = make_card(name, content, digits, told, source=f"{name}.tflite", found=found).card
            lost = original - card.measured.test.accuracy
            if lost > LARGEST_LOSS + 1e-9 and not VARIANTS[variant].may_lose:
                refused.append(
                    f"{name}.tflite: reads {card.measured.test.accuracy:.2%} of the test digits where Keras reads "
                    f"{original:.2%}, so it is not written; try another --variant"
                )
            else:
                write_all_atomically(
                    {settings.out / f"{name}.tflite": content, settings.out / f"{name}.json": card.to_bytes()}
                )
                cards.append(card)
            bar.advance(1)
    return tuple(cards), tuple(refused)


def _content(
    settings: KerasExportSettings, variant: str, model: OwnKeras, digits: CardDigits, found: FoundForm
) -> bytes:
    calibration = _calibration(digits, found, settings.choices.calibration)
    if variant in OWN_VARIANTS:
        return OWN_VARIANTS[variant](model, calibration, found.best.shown)
    from digitreader_export.own_model.tuning import TuningData, tuned

    glyphs = digits.more_glyphs(found.best.centring)
    best = found.best
    lesson = TuningData(glyphs, digits.more.labels, calibration, best.shown, best.meaning, settings.choices)
    return tuned(variant, model, lesson)


def _calibration(digits: CardDigits, found: FoundForm, per_digit: int) -> Glyphs:
    chosen = np.concatenate([np.flatnonzero(digits.labels == digit)[:per_digit] for digit in range(10)])
    glyphs: Glyphs = digits.choosing[found.best.centring][chosen]
    return glyphs


def _repeat(settings: KerasExportSettings, variant: str) -> str:
    # a card travels; where its maker's disk was is nobody's business
    words = [f"digitreader export {settings.model.name} --variant {variant}"]
    plain = VariantSettings()
    for name in VARIANTS[variant].settings:
        chosen = getattr(settings.choices, name)
        words += [f"--{name} {chosen}"] if chosen != getattr(plain, name) else []
    words += ["--any-digits"] if settings.digits.any_digits else []
    return " ".join(words)


def _describe(settings: KerasExportSettings, cards: tuple[OwnCard, ...], original: float) -> str:
    first = cards[0]
    lines = [
        "",
        f"{settings.model}: takes {first.range}, {first.ink} ink, centred by {first.centring}; gives {first.meaning}",
        f"on {first.measured.test.n:,} test digits{'':13}bytes  accuracy     ECE",
        f"  {'Keras model':28}{'':9}{original:9.2%}",
    ]
    for card in cards:
        figures = f"{card.measured.test.accuracy:9.2%} {card.measured.test.ece:7.2%}"
        lines.append(f"  {card.name + '.tflite':28}{card.size_bytes:9,} {figures}")
    lines += ["", f"models  {settings.out} (each .tflite with its card, .json)"]
    return "\n".join([*lines, f"next    digitreader verify {settings.out / first.name}.tflite"])
