"""An export of a finder's run to a proven model file with its card: the one place that knows the order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digitreader.host.files import write_all_atomically, write_atomically
from digitreader.measure.data import DataPlace
from digitreader.measure.models_page import PAGE, describe_models
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.finder_card import COLOURS, FinderCard, FinderFigures, FinderMeasured
from digitreader.model.sealed_json import FINDER_CARD, Plain, to_plain
from digitreader_export.errors import AccuracyLossError
from digitreader_export.finder.convert import CALIBRATION, LoadedFinderRun, prepare_finder, to_int8
from digitreader_export.finder.golden import golden_pictures
from digitreader_export.finder.lite_network import LiteNetwork
from digitreader_train.finder.found import HEAT
from digitreader_train.finder.look import Judged, judge_network, keras_network
from digitreader_train.finder.run_record import FinderRun
from digitreader_train.finder.scene import SIDE_PX
from digitreader_train.versions import installed_versions

Say = Callable[[str], None]

VARIANT = "integers alone, calibrated, a scale for each channel's weights"
LARGEST_LOSS = 0.01
"""Loss of F1 by rounding that is accepted."""
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class FinderExportSettings:
    """The settings from the command line.

    Attributes:
        run: the run folder.
        out: where the model goes.
        place: where the data is.
        calibration: scenes that show the converter how large the values grow.
    """

    run: Path
    out: Path
    place: DataPlace
    calibration: int = CALIBRATION


def export_finder(settings: FinderExportSettings, say: Say = print) -> FinderCard:
    """Write the model of a run with its card; as soon as it is proven, or not at all.

    Args:
        settings: which run, to where.
        say: takes each paragraph of the result.

    Raises:
        UsageError: too few calibration scenes.
        DataError: the run is incomplete, or the data is not what its scenes were drawn with.
        AccuracyLossError: the file finds fewer digits than the Keras network.
        OutputError: the folder cannot be written to.
    """
    loaded = prepare_finder(settings.run, settings.place, calibration=settings.calibration)
    content = to_int8(loaded.network, loaded.calibration)
    measured = measure_finder(loaded, content)
    name = loaded.run.record.recipe.name
    refuse_finder_loss(f"{name}.tflite", measured)
    engine = make_map_engine(content, f"{name}.tflite", "litert")
    card = _card(settings, loaded, content, engine, measured)
    files = {f"{name}.tflite": content, f"{name}.json": card.to_bytes()}
    write_all_atomically({settings.out / file: body for file, body in files.items()})
    write_atomically(settings.out / PAGE, describe_models(settings.out).encode())
    say(describe_finder_export(card, settings.out))
    return card


def measure_finder(loaded: LoadedFinderRun, content: bytes) -> FinderMeasured:
    """Measure a file beside the Keras network that it was made from."""
    float32, _ = judge_network(keras_network(loaded.network), loaded.judged)
    file, _ = judge_network(LiteNetwork(content, SIDE_PX, SIDE_PX), loaded.judged)
    return FinderMeasured(file.scenes, file.digits, HEAT, figures_of(float32), figures_of(file))


def figures_of(judged: Judged) -> FinderFigures:
    """The figures of a card."""
    figures = (judged.maps_loss, judged.geometry_loss, judged.recall, judged.precision)
    return FinderFigures(*(round(figure, DECIMALS) for figure in figures))


def refuse_finder_loss(name: str, measured: FinderMeasured) -> None:
    """Refuse a file that loses more than a point of F1, of recall and precision together, against its Keras network.

    Raises:
        AccuracyLossError: it does.
    """
    kept, had = measured.file.f1, measured.float32.f1
    if had - kept > LARGEST_LOSS + 1e-9:
        raise AccuracyLossError(
            f"{name}: F1 of the digits found is {kept:.2%} where Keras has {had:.2%}, a loss of "
            f"{100 * (had - kept):.2f} points and more than the {100 * LARGEST_LOSS:.1f} allowed, so it is not "
            "written; train longer, or calibrate with more scenes (--calibration)"
        )


def describe_finder_export(card: FinderCard, out: Path) -> str:
    """Say what the file reaches against Keras, where it lies, and what to do next."""
    measured, path = card.measured, out / f"{card.name}.tflite"
    head = f"on {measured.scenes:,} drawn scenes"
    rows = (("Keras network", "", measured.float32), (path.name, f"{card.size_bytes:,}", measured.file))
    lines = ["", f"{head:28} {'bytes':>9} {'found':>8} {'right':>8} {'loss of maps':>13} {'of geometry':>12}"]
    lines += [
        f"  {name:26} {size:>9} {each.recall:8.2%} {each.precision:8.2%} {each.maps_loss:13.3f} "
        f"{each.geometry_loss:12.3f}"
        for name, size, each in rows
    ]
    return "\n".join(
        [*lines, "", f"model   {path} (with its card, {card.name}.json)", f"next    digitreader verify {path}"]
    )


def _card(
    settings: FinderExportSettings,
    loaded: LoadedFinderRun,
    content: bytes,
    engine: MapEngine,
    measured: FinderMeasured,
) -> FinderCard:
    record = loaded.run.record
    return FinderCard(
        format=FINDER_CARD,
        name=record.recipe.name,
        purpose=record.recipe.purpose,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        parameters=int(loaded.network.count_params()),
        variant=VARIANT,
        recipe=_plain_dict(to_plain(record.recipe)),
        repeat=(record.repeat, _repeat_command(settings, loaded.run)),
        remark=record.remark,
        weights_sha256=record.weights_sha256,
        data=dict(record.data),
        scenes_key=record.scenes_key,
        calibration=len(loaded.calibration),
        colours=COLOURS,
        input=engine.input,
        outputs=engine.outputs,
        measured=measured,
        versions=installed_versions(),
        golden=golden_pictures(engine),
    )


def _repeat_command(settings: FinderExportSettings, run: FinderRun) -> str:
    # a card travels; where its maker's disk was is nobody's business
    folder = run.folder.name if run.folder.is_absolute() else run.folder.as_posix()
    words = [f"digitreader export {folder}"]
    words += [f"--calibration {settings.calibration}"] if settings.calibration != CALIBRATION else []
    words += ["--any-digits"] if run.record.any_digits else []
    return " ".join(words)


def _plain_dict(plain: Plain) -> dict[str, object]:
    if not isinstance(plain, dict):
        raise TypeError("a recipe is an object")
    return dict(plain)
