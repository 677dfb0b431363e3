"""The digits of a run: those that it learned from, and those that judge it."""

from __future__ import annotations

from dataclasses import dataclass

from digitreader.data import DataPlace, find_mnist
from digitreader.errors import DataError
from digitreader.normalise import NORMALISATION
from digitreader_train.digits import LabelledGlyphs, TrainingDigits, load_half, load_training_digits
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
    files = find_mnist(place)
    changed = [name for name, sha256 in files.sha256.items() if run.record.data.get(name) != sha256]
    if changed:
        raise DataError(
            f"{files.paths[changed[0]]}: is not the file that {run.folder} was trained on; give the same --data"
        )
    digits, kind = load_training_digits(place, limit=run.record.limit), run.record.recipe.features
    return RunDigits(digits, shown(digits.validation, kind), shown(load_half(files, "test", place.cache), kind))
