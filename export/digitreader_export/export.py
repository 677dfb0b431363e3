"""An export from a run folder to proven model files: the one place that knows the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from digitreader.host.files import write_all_atomically, write_atomically
from digitreader.host.progress import ProgressBar
from digitreader.measure.data import DataPlace
from digitreader.measure.data.mnist import MNIST_SHA256
from digitreader.measure.models_page import PAGE, describe_models
from digitreader.model.checks import sigmoid
from digitreader.model.engine import make_engine
from digitreader.model.engine.engine import Engine
from digitreader.model.glyph.features import features_of
from digitreader.values import Activations, Features
from digitreader_export.acceptance import Seen, choose_rule
from digitreader_export.errors import AccuracyLossError
from digitreader_export.loaded_run import LoadedRun, steps_of
from digitreader_export.measuring import measure, refuse_loss
from digitreader_export.package import PackagedModel, pack_model
from digitreader_export.photographed import Photographed, draw_validation_negatives, photograph_validation
from digitreader_export.reliability import SUFFIX, draw_model_reliability
from digitreader_export.run_digits import load_run_digits
from digitreader_export.settings import VariantSettings
from digitreader_export.variants import SHIPPED, VARIANTS, check_variants
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.network import activations_of, build_trained
from digitreader_train.run_folder import Run, load_run

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """The settings from the command line.

    Attributes:
        run: the run folder.
        out: where the models go.
        place: where the data is.
        variants: which to make; if none are named, float32 and the shipped one, which has the recipe's own name.
        choices: what the variants leave to the user.
    """

    run: Path
    out: Path
    place: DataPlace
    variants: tuple[str, ...] = ()
    choices: VariantSettings = field(default_factory=VariantSettings)

    def names(self, recipe: str) -> dict[str, str]:
        """The variant of each model by the model's name."""
        if not self.variants:
            return {recipe: SHIPPED, f"{recipe}-float32": "float32"}
        return {f"{recipe}-{variant}": variant for variant in self.variants}


@dataclass(frozen=True, eq=False)
class _ExportRun:
    settings: ExportSettings
    loaded: LoadedRun
    test: LabelledGlyphs
    negatives: Features
    photographed: Photographed

    @cached_property
    def keras_test(self) -> Activations:
        """What the Keras network makes of the test digits, (N, 10)."""
        run = self.loaded.run
        return activations_of(build_trained(run.record.recipe, run.weights), self.test.glyphs)

    def _photographed(self, engine: Engine) -> Seen | None:
        """What an engine makes of the photographed digits; None if they are too few to choose on."""
        shown = self.photographed
        return (sigmoid(engine.logits(shown.glyphs)), shown.labels) if shown.is_enough() else None

    def take(self, name: str, variant: str, content: bytes) -> PackagedModel:
        """Measure one file, refuse it or make its card."""
        engine, validation = make_engine(content, name, "litert"), self.loaded.validation
        seen, dark = (sigmoid(engine.logits(features)) for features in (validation.glyphs, self.negatives))
        rule = choose_rule(seen, validation.labels, dark, self._photographed(engine))
        measured = measure(engine, rule, validation=validation, test=self.test, keras_test=self.keras_test)
        if not VARIANTS[variant].may_lose:
            refuse_loss(f"{name}.tflite", measured)
        return pack_model(
            name,
            variant,
            content,
            settings=self.settings.choices,
            rule=rule,
            measured=measured,
            reliability=draw_model_reliability(name, sigmoid(engine.logits(self.test.glyphs)), self.test, rule),
            run=self.loaded.run,
            repeat=repeat_command(self.settings, self.loaded.run, variant),
        )


def export_run(settings: ExportSettings, say: Say = print) -> tuple[PackagedModel, ...]:
    """Write the models of a run, each with its card and its diagram; as soon as it is proven, or not at all.

    Args:
        settings: which run and variants, to where.
        say: takes each paragraph of the result.

    Returns:
        the models in the order asked for.

    Raises:
        UsageError: there is no such variant.
        DataError: the run is incomplete, or the data is not what it was trained on.
        AccuracyLossError: a file reads worse than the Keras network; the others were written.
        OutputError: the folder cannot be written to.
    """
    check_variants(settings.variants)
    exam = _prepare(settings)
    packed, refused = _make_all(exam)
    if packed:
        write_atomically(settings.out / PAGE, describe_models(settings.out).encode())
        say(describe_export(packed, settings.out))
    if refused:
        raise AccuracyLossError("; ".join(refused))
    return packed


def _make_all(exam: _ExportRun) -> tuple[tuple[PackagedModel, ...], tuple[str, ...]]:
    names = exam.settings.names(exam.loaded.run.record.recipe.name)
    packed: list[PackagedModel] = []
    refused: list[str] = []
    with ProgressBar("exporting", sum(_work(exam.loaded, variant) for variant in names.values())) as bar:
        for place, (name, variant) in enumerate(names.items(), 1):
            bar.relabel(f"exporting {name} ({place} of {len(names)})")
            content = VARIANTS[variant].make(exam.loaded, bar)
            try:
                packed.append(exam.take(name, variant, content))
            except AccuracyLossError as error:
                refused.append(str(error))
            else:
                write_all_atomically({exam.settings.out / file: body for file, body in packed[-1].files().items()})
            bar.advance(1)
        bar.relabel(f"exporting {len(names)} models" if len(names) > 1 else f"exporting {next(iter(names))}")
        bar.advance(0, note="")
    return tuple(packed), tuple(refused)


def _work(loaded: LoadedRun, variant: str) -> int:
    return 1 + steps_of(loaded.run.record.recipe, loaded.practice, *VARIANTS[variant].tunings)


def _prepare(settings: ExportSettings) -> _ExportRun:
    run = load_run(settings.run)
    own = load_run_digits(run, settings.place)
    practice = practice_for(run.record.recipe, own.digits, settings.place)
    negatives = draw_validation_negatives(own.digits.validation, settings.place.cache)
    loaded = LoadedRun(run, practice, own.validation, settings.choices)
    photographed = photograph_validation(own.digits.validation, settings.place.cache)
    kind = run.record.recipe.features
    photographed = replace(photographed, glyphs=features_of(photographed.glyphs, kind))
    return _ExportRun(settings, loaded, own.test, features_of(negatives, kind), photographed)


def repeat_command(settings: ExportSettings, run: Run, variant: str) -> str:
    """The command that exports the same file again, to whatever folder."""
    # a card travels; where its maker's disk was is nobody's business
    folder = run.folder.name if run.folder.is_absolute() else run.folder.as_posix()
    words = [f"digitreader export {folder}"]
    words += [f"--variant {variant}"] if settings.variants else []
    plain: Any = VariantSettings()
    for name in VARIANTS[variant].settings:
        chosen = getattr(settings.choices, name)
        words += [f"--{name} {chosen}"] if chosen != getattr(plain, name) else []
    own = [name for name in run.record.data if run.record.trained_on and name not in MNIST_SHA256]
    words += [f"--data {name}" for name in own]
    words += ["--any-digits"] if run.record.any_digits else []
    return " ".join(words)


def describe_export(packed: Sequence[PackagedModel], out: Path) -> str:
    """Say what each file reaches on the test digits, where it lies, and what to do next."""
    keras = packed[0].card.measured.keras_test
    lines = ["", f"on {keras.n:,} test digits{'':13}bytes  accuracy     ECE  same reading as Keras"]
    lines.append(f"  {'Keras network':28}{'':9}{keras.accuracy:9.2%}")
    for each in packed:
        measured, name = each.card.measured, f"{each.card.name}.tflite"
        figures = f"{measured.test.accuracy:9.2%} {measured.test.ece:7.2%} {measured.agreement:10.2%}"
        lines.append(f"  {name:28}{each.card.size_bytes:9,} {figures}")
    first = packed[0].card.name
    lines += ["", f"models  {out} (each .tflite with its card, .json; README.md says what they are)"]
    lines.append(f"        {first}{SUFFIX} and the like show what the confidences are worth")
    lines.append(f"next    digitreader verify {out / first}.tflite")
    return "\n".join(lines)
