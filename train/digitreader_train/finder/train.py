"""A training of the finder from its settings to its run folder: the one place that knows the order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitreader.measure.data import DataPlace
from digitreader.model.sealed_json import to_plain
from digitreader_train.checkpoint import CheckpointFile
from digitreader_train.finder.earlier import Earlier
from digitreader_train.finder.fit import FinderEpoch, FittedFinder, fit_finder
from digitreader_train.finder.look import Judged, judge_network, keras_network
from digitreader_train.finder.material import FinderMaterial, FinderScenes, draw_scenes, load_material
from digitreader_train.finder.recipe import FINDER, FinderRecipe, finder_in_short
from digitreader_train.finder.run_record import (
    FINDER_RUN_FORMAT,
    HISTORY,
    FinderRecord,
    finder_history_csv,
    pack_finder_weights,
    write_finder_run,
)
from digitreader_train.fit import Kept
from digitreader_train.run_folder import check_run_folder
from digitreader_train.tensorboard import check_log_folder
from digitreader_train.versions import installed_versions

Say = Callable[[str], None]

DECIMALS = 6


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """What the command line asks for.

    Attributes:
        recipe: with the user's changes in it.
        place: where the data is.
        out: the run folder.
        quick: the recipe is the one in short.
        resume: go on from the checkpoint in the run folder, where there is one.
        tensorboard: the folder of TensorBoard's logs; None writes none.
        earlier: the exported network whose weights are the first; None begins with random ones.
    """

    recipe: FinderRecipe
    place: DataPlace
    out: Path
    quick: bool = False
    resume: bool = False
    tensorboard: Path | None = None
    earlier: Earlier | None = None


def train_finder(settings: FinderSettings, say: Say = print) -> FinderRecord:
    """Draw scenes, train the network on them and leave its run folder.

    Args:
        settings: what to train, on what, to where.
        say: takes each paragraph of the result.

    Raises:
        DataError: no usable data, or a checkpoint or an earlier finder that does not fit.
        ModelFormatError: the earlier finder cannot be read.
        OutputError: the run folder may not be written, or holds a training that was broken off.
    """
    from digitreader_train.finder.pictures import draw_finder_pictures

    check_run_folder(settings.out)
    check_log_folder(settings.tensorboard)
    if settings.earlier is not None:
        settings.earlier.check()
    material = load_material(settings.place)
    checkpoints, kept = _what_is_kept(settings, material)
    scenes = draw_scenes(settings.recipe, material, settings.place.cache)
    fitted = fit_finder(settings.recipe, scenes.learned, scenes.judged, kept, settings.earlier)
    judged, looks = judge_network(keras_network(fitted.network), scenes.judged)
    weights = pack_finder_weights(fitted.network.get_weights())
    record = make_finder_record(settings, material, scenes, judged, weights)
    pictures = draw_finder_pictures(looks, fitted.history)
    write_finder_run(settings.out, record, weights, {HISTORY: _history_csv(fitted), **pictures})
    checkpoints.remove()
    say(describe_finder(record, fitted.network, settings.out, tuple(pictures)))
    return record


def make_finder_record(
    settings: FinderSettings,
    material: FinderMaterial,
    scenes: FinderScenes,
    judged: Judged,
    weights: bytes,
    *,
    remark: str = "",
) -> FinderRecord:
    """Collect everything that is needed to train the network again."""
    recipe = settings.recipe
    return FinderRecord(
        format=FINDER_RUN_FORMAT,
        repeat=repeat_finder_command(settings),
        recipe=recipe,
        any_digits=not material.is_mnist,
        data=dict(material.files_sha256),
        scenes_key=scenes.key,
        train_scenes=recipe.portions * recipe.portion,
        validation_scenes=recipe.validation_portions * recipe.validation_portion,
        maps_loss=round(judged.maps_loss, DECIMALS),
        geometry_loss=round(judged.geometry_loss, DECIMALS),
        recall=round(judged.recall, DECIMALS),
        precision=round(judged.precision, DECIMALS),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions=installed_versions(),
        remark=remark,
    )


def repeat_finder_command(settings: FinderSettings) -> str:
    """The command that trains the network again; folders outside the working folder are not named."""
    recipe = settings.recipe
    words = [f"digitreader train finder --seed {recipe.seed} --epochs {recipe.epochs}"]
    usual = finder_in_short(FINDER) if settings.quick else FINDER
    words += [f"--scenes {recipe.scenes}"] if recipe.scenes != usual.scenes else []
    words += ["--quick"] if settings.quick else []
    words += [f"--start-from {Path(settings.earlier.source).name}"] if settings.earlier else []
    words += ["--any-digits"] if settings.place.any_digits else []
    words += [] if settings.out.is_absolute() else [f"--out {settings.out.as_posix()}"]
    return " ".join(words)


def describe_finder(record: FinderRecord, network: Any, folder: Path, pictures: tuple[str, ...]) -> str:
    """Say what was reached, where it lies, and what to do next."""
    losses = f"maps {record.maps_loss:.3f}, geometry {record.geometry_loss:.3f}"
    return "\n".join(
        [
            "",
            f"parameters           {network.count_params():,}",
            f"validation losses    {losses}  ({record.validation_scenes:,} scenes that trained nothing)",
            f"digits found         {record.recall:.2%}, and {record.precision:.2%} of the centres are right",
            f"run folder           {folder}",
            f"pictures             {', '.join(pictures)}",
            f"next                 digitreader export {folder}",
        ]
    )


def _what_is_kept(settings: FinderSettings, material: FinderMaterial) -> tuple[CheckpointFile, Kept]:
    decides = {"recipe": settings.recipe, "data": material.files_sha256}
    checkpoints = CheckpointFile(settings.out, to_plain(decides))
    return checkpoints, Kept(checkpoints, checkpoints.start(resume=settings.resume), settings.tensorboard)


def _history_csv(fitted: FittedFinder) -> bytes:
    return finder_history_csv(FinderEpoch._fields, fitted.history)
