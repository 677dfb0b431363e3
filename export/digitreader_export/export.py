"""An export from a run folder to proven model files: the one place that knows the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digitreader.data import DataPlace, find_mnist
from digitreader.errors import DataError
from digitreader.files import write_together
from digitreader.model.engine import LiteRTEngine
from digitreader.model.load import sigmoid
from digitreader.normalise import NORMALISATION
from digitreader_export.acceptance import choose_rule
from digitreader_export.candidates import WAYS, Way, best_candidate, make_candidates
from digitreader_export.compare import measure, refuse_loss
from digitreader_export.convert import to_float_tflite
from digitreader_export.package import Packed, pack_model
from digitreader_export.report import describe_candidates, describe_export
from digitreader_train.backend import seed_everything
from digitreader_train.digits import LabelledGlyphs, load_half, load_training_digits
from digitreader_train.network import activations_of, build_trained, logits_of
from digitreader_train.practice import Practice, practice_for
from digitreader_train.run_folder import Run, load_run

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What the command line asks for.

    Attributes:
        run: the run folder.
        out: where the models go.
        place: where the data is.
        ways: how to make the integers; of several the one that reads best is kept.
    """

    run: Path
    out: Path
    place: DataPlace
    ways: tuple[Way, ...] = ("ptq", "qat")


@dataclass(frozen=True, slots=True, eq=False)
class _Exam:
    run: Run
    repeat: str
    practice: Practice
    validation: LabelledGlyphs
    test: LabelledGlyphs
    network: object

    def pack(self, name: str, kind: str, content: bytes) -> Packed:
        """Measure one file, refuse it or make its card."""
        engine = LiteRTEngine(content, name)
        rule = choose_rule(sigmoid(engine.logits(self.validation.glyphs)), self.validation.labels)
        keras_test = activations_of(self.network, self.test.glyphs)
        measured = measure(engine, rule, validation=self.validation, test=self.test, keras_test=keras_test)
        refuse_loss(f"{name}.tflite", measured)
        return pack_model(
            name, kind, content, engine=engine, rule=rule, measured=measured, run=self.run, repeat=self.repeat
        )


def export_run(settings: ExportSettings, say: Say = print) -> tuple[Packed, ...]:
    """Write the float32 and the integer model of a run, each with its card; all four files or none.

    Args:
        settings: which run, to where.
        say: takes each paragraph of the result.

    Returns:
        the integer model and the float model.

    Raises:
        DataError: the run is incomplete, or the data is not what it was trained on.
        AccuracyLossError: a file reads worse than the Keras network.
        OutputError: the folder cannot be written to.
    """
    exam = _prepare(settings)
    logits = logits_of(exam.network)
    name = exam.run.record.recipe.name
    candidates = make_candidates(exam.run, logits, exam.practice, exam.validation, settings.ways)
    best = best_candidate(candidates)
    say(describe_candidates(candidates, best, len(exam.validation)))
    packed = (
        exam.pack(name, WAYS[best.way], best.content),
        exam.pack(f"{name}-float32", "float32", to_float_tflite(logits)),
    )
    write_together({settings.out / file: content for each in packed for file, content in each.files().items()})
    say(describe_export(packed, settings.out))
    return packed


def _prepare(settings: ExportSettings) -> _Exam:
    run = load_run(settings.run)
    if run.record.normalisation != NORMALISATION:
        raise DataError(
            f"{settings.run}: was trained through normalisation {run.record.normalisation!r}, this is "
            f"{NORMALISATION!r}; rerun: {run.record.repeat}"
        )
    files = find_mnist(settings.place)
    changed = [name for name, sha256 in files.sha256.items() if run.record.data.get(name) != sha256]
    if changed:
        raise DataError(
            f"{files.paths[changed[0]]}: is not the file that {settings.run} was trained on; give the same --data"
        )
    seed_everything(run.record.recipe.seed)
    digits = load_training_digits(settings.place, limit=run.record.limit)
    test = load_half(files, "test", settings.place.cache)
    practice = practice_for(run.record.recipe, digits.train, settings.place.cache)
    return _Exam(
        run,
        repeat_command(settings, run),
        practice,
        digits.validation,
        test,
        build_trained(run.record.recipe, run.weights),
    )


def repeat_command(settings: ExportSettings, run: Run) -> str:
    """The command that exports the same files again, to whatever folder."""
    # a card travels; where its maker's disk was is nobody's business
    folder = run.folder.name if run.folder.is_absolute() else run.folder.as_posix()
    words = [f"digitreader export {folder}"]
    words += [f"--quantization {settings.ways[0]}"] if len(settings.ways) == 1 else []
    words += ["--any-digits"] if run.record.any_digits else []
    return " ".join(words)
