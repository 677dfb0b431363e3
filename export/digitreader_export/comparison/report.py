"""A comparison as data: one row a variant, with its statistics against float32, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitreader_export.comparison.measuring import Arithmetic, VariantFigures
from digitreader_export.comparison.recommendation import Recommendation, differences, recommend
from digitreader_export.comparison.statistics import Interval, mcnemar_p, wilson_interval
from digitreader_export.comparison.timing import Times

REFERENCE = "float32"


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant on the test digits; every share is 0..1.

    Attributes:
        settings: what the user chose for it, in words; may be empty.
        accuracy: the share that it reads right.
        interval: where that lies with 95 % confidence.
        agreement: the share of which it reads the same digit as float32.
        ece: expected calibration error, 15 bins, under its own acceptance rule.
        file_bytes: of the .tflite.
        compressed_bytes: of the same through zlib.
        arithmetic: which operators run in integers.
        times: of one invoke.
        slowness: the same as multiples of float32's.
        arena_bytes: the most that its values need at once, for one glyph.
        lost: digits that only float32 reads right.
        gained: digits that only this one does.
        p: of McNemar's exact test against float32; 1 for float32 itself.
        validation_accuracy: as `accuracy`, on the validation digits, which decide what is recommended.
        validation_ece: as `ece`, on the same.
    """

    variant: str
    settings: str
    accuracy: float
    interval: Interval
    agreement: float
    ece: float
    file_bytes: int
    compressed_bytes: int
    arithmetic: Arithmetic
    times: Times
    slowness: Times
    arena_bytes: int
    lost: int
    gained: int
    p: float
    validation_accuracy: float
    validation_ece: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All variants of a run that were compared.

    Attributes:
        recipe: what was trained.
        rows: one a variant.
        test_digits: how many gave the figures.
        validation_digits: how many gave the recommendation.
    """

    recipe: str
    rows: tuple[VariantRow, ...]
    test_digits: int
    validation_digits: int
    recommendation: Recommendation


def compare(recipe: str, models: Sequence[VariantFigures], times: Mapping[str, Times]) -> Comparison:
    """Put the figures of all variants side by side.

    Args:
        recipe: what was trained.
        models: the variants, float32 among them.
        times: of each, by its name.
    """
    reference = next(each for each in models if each.name == REFERENCE)
    return Comparison(
        recipe,
        tuple(_row(each, reference, times) for each in models),
        len(reference.test.right),
        len(reference.validation.right),
        recommend(models, reference),
    )


def _row(model: VariantFigures, reference: VariantFigures, times: Mapping[str, Times]) -> VariantRow:
    lost, gained = differences(reference.test, model.test)
    mine, yardstick = times[model.name], times[reference.name]
    return VariantRow(
        variant=model.name,
        settings=model.settings,
        accuracy=model.test.accuracy,
        interval=wilson_interval(int(model.test.right.sum()), len(model.test.right)),
        agreement=float((model.test.read == reference.test.read).mean()),
        ece=model.test.ece,
        file_bytes=model.file_bytes,
        compressed_bytes=model.compressed_bytes,
        arithmetic=model.arithmetic,
        times=mine,
        slowness=Times(mine.one_us / yardstick.one_us, mine.batch_us / yardstick.batch_us),
        arena_bytes=model.arena_bytes,
        lost=lost,
        gained=gained,
        p=mcnemar_p(lost, gained),
        validation_accuracy=model.validation.accuracy,
        validation_ece=model.validation.ece,
    )
