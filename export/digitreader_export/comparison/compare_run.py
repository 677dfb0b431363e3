"""A comparison from a run folder to its table and picture: the one place that knows the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader.data import DataPlace, find_mnist
from digitreader.errors import DataError
from digitreader.files import write_together
from digitreader.normalise import NORMALISATION
from digitreader.progress import with_progress
from digitreader_export.comparison.exported import Say, provide_exported
from digitreader_export.comparison.measuring import Measured, Subject, measure
from digitreader_export.comparison.records import to_csv
from digitreader_export.comparison.report import REFERENCE, Comparison, compare
from digitreader_export.comparison.table import PICTURE, to_markdown
from digitreader_export.comparison.timing import BATCHES, time_models
from digitreader_export.variants import VARIANTS, check_variants
from digitreader_train.digits import LabelledGlyphs, load_half, load_training_digits
from digitreader_train.run_folder import Run, load_run
from digitreader_train.shown import shown

COMPARISON_FOLDER = "compare"


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """What the command line asks for.

    Attributes:
        run: the run folder.
        place: where the data is.
        variants: which to compare with float32; all where there are none.
    """

    run: Path
    place: DataPlace
    variants: tuple[str, ...] = ()

    def wanted(self) -> tuple[str, ...]:
        """The variants in the order of the table, float32 always among them."""
        named = {REFERENCE, *(self.variants or VARIANTS)}
        return tuple(variant for variant in VARIANTS if variant in named)


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """The digits of a run that trained nothing, as its networks are shown them.

    Attributes:
        test: those that give the figures.
        validation: those that give the recommendation.
    """

    test: LabelledGlyphs
    validation: LabelledGlyphs


def compare_run(settings: CompareSettings, say: Say) -> tuple[Comparison, tuple[str, ...]]:
    """Measure the variants of a run, and leave the table and the picture in its folder; all three files or none.

    Args:
        settings: which run and variants.
        say: takes each sentence about what happens.

    Returns:
        the comparison, and the variants that are not in it because the export refused them.

    Raises:
        UsageError: there is no such variant.
        DataError: the run is incomplete, or the data is not what it was trained on.
        AccuracyLossError: the export refused float32.
        OutputError: the run folder cannot be written to.
    """
    check_variants(settings.variants)
    run = load_run(settings.run)
    exam = load_exam(run, settings.place)
    exported = provide_exported(run, settings.wanted(), settings.place, say)
    subjects = tuple(exported.subjects.values())
    times = time_models(subjects, exam.validation.glyphs[: max(BATCHES)])
    comparison = compare(run.record.recipe.name, measure_all(subjects, exam), times)
    write_comparison(run.folder / COMPARISON_FOLDER, comparison)
    say(f"written: {', '.join(str(run.folder / COMPARISON_FOLDER / name) for name in FILES)}")
    return comparison, tuple(exported.missing)


def load_exam(run: Run, place: DataPlace) -> Exam:
    """Load the digits that a run did not learn from.

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
    validation = load_training_digits(place, limit=run.record.limit).validation
    kind = run.record.recipe.features
    return Exam(shown(load_half(files, "test", place.cache), kind), shown(validation, kind))


def measure_all(subjects: Sequence[Subject], exam: Exam) -> tuple[Measured, ...]:
    """Measure all models on the same digits, with a progress bar."""
    shown = with_progress(subjects, label="measuring", total=len(subjects))
    return tuple(measure(subject, test=exam.test, validation=exam.validation) for subject in shown)


FILES = ("compare.csv", "compare.md", PICTURE)


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write the table and the picture; all of them or none.

    Raises:
        OutputError: the folder cannot be written to.
    """
    from digitreader_export.comparison.picture import draw_comparison

    contents = (to_csv(comparison).encode(), to_markdown(comparison).encode(), draw_comparison(comparison))
    write_together({folder / name: content for name, content in zip(FILES, contents, strict=True)})
