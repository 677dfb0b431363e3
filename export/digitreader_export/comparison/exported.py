"""The exported variants of a run: finding those that still fit it, and making those that are missing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digitreader.errors import ModelFormatError
from digitreader.measure.data import DataPlace
from digitreader.model.card import ModelCard
from digitreader_export.comparison.measuring import Subject
from digitreader_export.comparison.report import REFERENCE
from digitreader_export.errors import AccuracyLossError
from digitreader_export.variants import SHIPPED
from digitreader_train.run_folder import Run

EXPORT_FOLDER = "export"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What lies in a run's export folder.

    Attributes:
        subjects: the variants that can be measured, by name.
        missing: why the others cannot.
    """

    subjects: Mapping[str, Subject]
    missing: Mapping[str, str]


def provide_exported(run: Run, variants: tuple[str, ...], place: DataPlace, say: Say) -> Exported:
    """Find the variants of a run, and export those that are missing.

    Args:
        run: the training.
        variants: which, float32 among them.
        place: where the data is.
        say: takes each sentence about what happens.

    Returns:
        what there is in the end; a variant that the export refused stays missing.

    Raises:
        AccuracyLossError: the export refused float32, so that there is nothing to compare with.
        DataError: the run or the data is not usable.
        OutputError: the export folder cannot be written to.
    """
    found = find_exported(run, variants)
    if not found.missing:
        return found
    say(f"exporting first: {', '.join(f'{variant} ({reason})' for variant, reason in found.missing.items())}")
    try:
        _export(run, tuple(found.missing), place)
    except AccuracyLossError as error:
        found = find_exported(run, variants)
        if REFERENCE in found.missing:
            raise
        say(f"left out: {', '.join(found.missing)}: {error}")
        return found
    return find_exported(run, variants)


def find_exported(run: Run, variants: tuple[str, ...]) -> Exported:
    """Look for the variants of a run that were made from the weights that it has now."""
    subjects: dict[str, Subject] = {}
    missing: dict[str, str] = {}
    for variant in variants:
        try:
            subjects[variant] = _read_variant(run, variant)
        except ModelFormatError as error:
            missing[variant] = str(error)
    return Exported(subjects, missing)


def _export(run: Run, variants: tuple[str, ...], place: DataPlace) -> None:
    from digitreader_export.export import ExportSettings, export_run

    settings = ExportSettings(run=run.folder, out=run.folder / EXPORT_FOLDER, place=place, variants=variants)
    export_run(settings, say=lambda _: None)


def _read_variant(run: Run, variant: str) -> Subject:
    recipe = run.record.recipe.name
    # what is shipped carries the recipe's own name; if it is there, it need not be made again
    for name in (f"{recipe}-{variant}", *([recipe] if variant == SHIPPED else [])):
        path = run.folder / EXPORT_FOLDER / f"{name}.tflite"
        if path.is_file() and path.with_suffix(".json").is_file():
            return _read_model(path, run, variant)
    raise ModelFormatError("not exported yet")


def _read_model(path: Path, run: Run, variant: str) -> Subject:
    try:
        content, card_bytes = path.read_bytes(), path.with_suffix(".json").read_bytes()
    except OSError as error:
        raise ModelFormatError(f"cannot be read: {error.strerror}") from error
    try:
        card = ModelCard.from_bytes(card_bytes, path.name)
    except ModelFormatError as error:
        raise ModelFormatError("its card is damaged or of another digitreader") from error
    if card.quantization.variant != variant:
        raise ModelFormatError(f"the file there is {card.quantization.variant}")
    if card.weights_sha256 != run.record.weights_sha256:
        raise ModelFormatError("made from other weights")
    if card.sha256 != hashlib.sha256(content).hexdigest():
        raise ModelFormatError("not the file that its card describes")
    return Subject(variant, content, card)
