"""The digits of a run: those that it learned from, and those that judge it."""

from __future__ import annotations

from dataclasses import dataclass

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace
from digitreader.measure.data.choice import open_digits
from digitreader.measure.data.mnist import MNIST_SHA256
from digitreader.model.glyph.normalise import NORMALISATION
from digitreader_train.digits import (
    LabelledGlyphs,
    TrainingDigits,
    load_test_digits,
    load_training_digits,
    validation_of,
)
from digitreader_train.run_folder import Run
from digitreader_train.shown import shown


@dataclass(frozen=True, slots=True, eq=False)
class RunDigits:
    """The digits of a run.

    Attributes:
        digits: what it was trained on and what chose its epoch, in pixels.
        validation: the latter, as its networks are shown them.
        test: those that chose nothing, likewise.
    """

    digits: TrainingDigits
    validation: LabelledGlyphs
    test: LabelledGlyphs


def load_run_digits(run: Run, place: DataPlace) -> RunDigits:
    """Load what a run was trained on, and nothing else.

    Raises:
        DataError: no usable data, or other data or another normalisation than the run was trained with.
    """
    if run.record.normalisation != NORMALISATION:
        raise DataError(
            f"{run.folder}: was trained through normalisation {run.record.normalisation!r}, this is "
            f"{NORMALISATION!r}; rerun: {run.record.repeat}"
        )
    opened = open_digits(place)
    # MNIST is named beside the run's own digits where it was rehearsed
    known = {run.record.data[name] for name in run.record.data if not run.record.rehearsed or name not in MNIST_SHA256}
    changed = [name for name, sha256 in opened.sha256.items() if sha256 not in known]
    if changed:
        raise DataError(
            f"{place.folder or place.cache}: {changed[0]} is not what {run.folder} was trained on; give the same --data"
        )
    kind = run.record.recipe.features
    digits = load_training_digits(place, limit=run.record.limit, rehearse=run.record.rehearsed, opened=opened)
    test = load_test_digits(opened, place.cache)
    return RunDigits(digits, shown(validation_of(digits), kind), shown(test, kind))
