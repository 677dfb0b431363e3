"""A comparison from a run folder to its table and picture: the one place that knows the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader.host.files import write_all_atomically
from digitreader.host.progress import with_progress
from digitreader.measure.data import DataPlace
from digitreader_export.comparison.exported import Say, provide_exported
from digitreader_export.comparison.measuring import Subject, VariantFigures, measure
from digitreader_export.comparison.records import to_csv
from digitreader_export.comparison.report import REFERENCE, Comparison, compare
from digitreader_export.comparison.table import PICTURE, to_markdown
from digitreader_export.comparison.timing import BATCHES, time_models
from digitreader_export.run_digits import RunDigits, load_run_digits
from digitreader_export.variants import VARIANTS, check_variants
from digitreader_train.run_folder import load_run

COMPARISON_FOLDER = "compare"


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """The settings from the command line.

    Attributes:
        run: the run folder.
        place: where the data is.
        variants: which to compare with float32; all if there are none.
    """

    run: Path
    place: DataPlace
    variants: tuple[str, ...] = ()

    def wanted(self) -> tuple[str, ...]:
        """The variants in the order of the table, float32 always among them."""
        named = {REFERENCE, *(self.variants or VARIANTS)}
        return tuple(variant for variant in VARIANTS if variant in named)


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
    digits = load_run_digits(run, settings.place)
    exported = provide_exported(run, settings.wanted(), settings.place, say)
    subjects = tuple(exported.subjects.values())
    times = time_models(subjects, digits.validation.glyphs[: max(BATCHES)])
    comparison = compare(run.record.recipe.name, measure_all(subjects, digits), times)
    write_comparison(run.folder / COMPARISON_FOLDER, comparison)
    say(f"written: {', '.join(str(run.folder / COMPARISON_FOLDER / name) for name in FILES)}")
    return comparison, tuple(exported.missing)


def measure_all(subjects: Sequence[Subject], digits: RunDigits) -> tuple[VariantFigures, ...]:
    """Measure all models on the same digits, with a progress bar."""
    listed = with_progress(subjects, label="measuring", total=len(subjects))
    return tuple(measure(subject, test=digits.test, validation=digits.validation) for subject in listed)


FILES = ("compare.csv", "compare.md", PICTURE)


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write the table and the picture; all of them or none.

    Raises:
        OutputError: the folder cannot be written to.
    """
    from digitreader_export.comparison.picture import draw_comparison

    contents = (to_csv(comparison).encode(), to_markdown(comparison).encode(), draw_comparison(comparison))
    write_all_atomically({folder / name: content for name, content in zip(FILES, contents, strict=True)})
