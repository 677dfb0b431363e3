"""What the export of a finder starts from: the run, its network, and the scenes that calibrate and judge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.errors import DataError, UsageError
from digitreader.measure.data import DataPlace
from digitreader_export.finder.convert import Scenes, trained_network
from digitreader_train.finder.material import draw_validation_scenes, load_material
from digitreader_train.finder.practice import Portion, draw_portions
from digitreader_train.finder.run_record import FinderRun, load_finder_run

CALIBRATION = 300
"""Scenes that show the converter how large the values grow, where nothing else is asked for."""
LEAST_CALIBRATION = 5


@dataclass(frozen=True, slots=True, eq=False)
class FinderWorkshop:
    """What the making of every variant starts from.

    Attributes:
        run: the training.
        network: its Keras network.
        calibration: scenes that were learned from.
        judged: scenes that trained nothing.
    """

    run: FinderRun
    network: Any
    calibration: Scenes
    judged: list[Portion]


def prepare_finder(folder: Path, place: DataPlace, *, calibration: int = CALIBRATION) -> FinderWorkshop:
    """Read a run and draw its scenes, or take them from the cache.

    Raises:
        UsageError: too few calibration scenes.
        DataError: the run is incomplete, or the data is not what its scenes were drawn with.
    """
    if calibration < LEAST_CALIBRATION:
        raise UsageError(f"a calibration set of {calibration} scenes is too small; give at least {LEAST_CALIBRATION}")
    run = load_finder_run(folder)
    recipe, material = run.record.recipe, load_material(place)
    changed = [name for name, sha256 in material.files_sha256.items() if run.record.data.get(name) != sha256]
    if changed or len(material.files_sha256) != len(run.record.data):
        raise DataError(f"{folder}: its scenes were drawn with other data than is found here; give the same --data")
    portions = -(-min(calibration, recipe.scenes) // recipe.portion)
    learned = draw_portions(material.learned, portions, seed=recipe.seed, cache=place.cache, size=recipe.portion)
    images = np.concatenate([portion[0] for portion in learned])[:calibration]
    judged = draw_validation_scenes(recipe, material, place.cache)
    return FinderWorkshop(run, trained_network(run), images, judged)
