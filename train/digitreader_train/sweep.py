"""A sweep: recipes times seeds as independent trainings, which any scheduler can take one by one, and their table."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from digitreader.errors import DataError, UsageError
from digitreader.host.files import write_all_atomically
from digitreader.model.glyph.features import FeatureKind
from digitreader_train.recipes import RECIPES, Activation, Recipe
from digitreader_train.run_folder import RECORD, RunRecord, load_run

KEYS = frozenset({"recipes", "seeds", "out", "all", "change"})
NOT_SET = frozenset({"name", "purpose", "seed"})
SETTABLE = {field.name: field for field in dataclasses.fields(Recipe) if field.name not in NOT_SET}
CHOICES: Mapping[str, tuple[str, ...]] = {"activation": get_args(Activation), "features": get_args(FeatureKind)}


@dataclass(frozen=True, slots=True)
class SweepRun:
    """One training of a sweep.

    Attributes:
        number: from 1, as ``--only`` takes it.
        row: the name of its recipe in the table.
        recipe: with its seed.
        out: its run folder.
    """

    number: int
    row: str
    recipe: Recipe
    out: Path

    def is_done(self, limit: int | None) -> bool:
        """Whether its folder has a complete run of this recipe, with this many training images."""
        try:
            record = load_run(self.out).record
        except DataError:
            return False
        return (record.recipe, record.limit) == (self.recipe, limit)


def read_sweep(path: Path) -> list[SweepRun]:
    """Read the file of a sweep.

    Args:
        path: TOML: ``recipes``, a list of names; ``seeds``, a list of whole numbers; ``out``, a folder, which is
            runs/NAME if it is missing; ``[all]``, settings of each recipe; and for each further row of the table
            ``[change."what is told of it"]`` with its ``recipe`` and the settings in which it differs.

    Returns:
        The runs, row by row, each with every seed.

    Raises:
        UsageError: it cannot be read, or says what cannot be meant.
    """
    plan = _load(path)
    seeds = plan.get("seeds", [1])
    if not (isinstance(seeds, list) and seeds and all(type(seed) is int and seed >= 0 for seed in seeds)):
        raise UsageError(f"{path}: seeds is {seeds!r}; give whole numbers, as in seeds = [1, 2, 3]")
    out = Path(plan.get("out", Path("runs") / path.stem))
    pairs = [(row, seed) for row in _rows(plan, path) for seed in seeds]
    runs = [
        SweepRun(number, row, dataclasses.replace(recipe, seed=seed), out / f"{_slug(row)}-seed{seed}")
        for number, ((row, recipe), seed) in enumerate(pairs, 1)
    ]
    if len({run.out for run in runs}) < len(runs):
        raise UsageError(f"{path}: two rows or seeds would have the same run folder; give each another name")
    return runs


def _load(path: Path) -> dict[str, Any]:
    try:
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: the sweep cannot be read ({error.strerror}); give a TOML file") from error
    except ValueError as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error
    if unknown := sorted(plan.keys() - KEYS):
        raise UsageError(f"{path}: unknown key {unknown[0]!r}; there are {', '.join(sorted(KEYS))}")
    return plan


def _rows(plan: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Recipe]]:
    same, changes, names = plan.get("all", {}), plan.get("change", {}), plan.get("recipes", [])
    if not (isinstance(same, dict) and isinstance(changes, dict) and isinstance(names, list) and (names or changes)):
        raise UsageError(f'{path}: needs recipes = ["tiny"], or tables [change."NAME"], or both')
    for name in names:
        yield str(name), _changed(_recipe(name, path), same, path)
    for row, change in changes.items():
        if not isinstance(change, dict):
            raise UsageError(f'{path}: change.{row} is not a table; write [change."{row}"]')
        settings = {key: value for key, value in change.items() if key != "recipe"}
        yield row, _changed(_recipe(change.get("recipe"), path), {**same, **settings}, path)


def _recipe(name: object, path: Path) -> Recipe:
    if name not in RECIPES:
        raise UsageError(f"{path}: {name!r} is not a recipe; choose one of {', '.join(RECIPES)}")
    return RECIPES[str(name)]


def _changed(recipe: Recipe, settings: Mapping[str, Any], path: Path) -> Recipe:
    for key, value in settings.items():
        if key not in SETTABLE:
            raise UsageError(f"{path}: {key!r} is not a setting of a recipe; there are {', '.join(SETTABLE)}")
        recipe = dataclasses.replace(recipe, **{key: _checked(key, value, getattr(recipe, key), path)})
    return recipe


def _checked(key: str, value: object, now: object, path: Path) -> Any:
    """The value as the recipe has it, where it is of the same kind as the one that is there."""
    if isinstance(now, str) and isinstance(value, str) and value in CHOICES[key]:
        return value
    if isinstance(now, tuple) and isinstance(value, list) and value and all(type(each) is int for each in value):
        return tuple(value)
    if isinstance(now, int) and type(value) is int and value > 0:
        return value
    if isinstance(now, float) and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    wanted = " or ".join(CHOICES.get(key, ())) or f"something like {list(now) if isinstance(now, tuple) else now}"
    raise UsageError(f"{path}: {key} = {value!r} is not allowed; give {wanted}")


def _slug(row: str) -> str:
    return re.sub(r"[^\w.]+", "-", row).strip("-.") or "row"


def chosen(runs: Sequence[SweepRun], only: int | None) -> list[SweepRun]:
    """The run that ``--only`` names, or all.

    Raises:
        UsageError: there is none of this number.
    """
    if only is None:
        return list(runs)
    if only > len(runs):
        raise UsageError(f"--only {only}: the sweep has {len(runs)} runs, 1 to {len(runs)}")
    return [runs[only - 1]]


SEED_OF_FOLDER = re.compile(r"(.+)-seed(\d+)")


def gather(folder: Path) -> dict[str, list[RunRecord]]:
    """Read the runs of a sweep: each row's, by its folder's name, in the order of their seeds.

    Raises:
        DataError: the folder holds no run, or one that is damaged.
    """
    found = sorted(path.parent for path in folder.glob(f"*/{RECORD}"))
    if not found:
        raise DataError(f"{folder}: holds no runs; give a folder that digitreader train --sweep has written to")
    rows: dict[str, list[RunRecord]] = {}
    for path in found:
        match = SEED_OF_FOLDER.fullmatch(path.name)
        rows.setdefault(match[1] if match else path.name, []).append(load_run(path).record)
    return {row: sorted(records, key=lambda record: record.recipe.seed) for row, records in rows.items()}


def to_markdown(rows: Mapping[str, Sequence[RunRecord]]) -> str:
    """A line for each row: mean and standard deviation over its seeds."""
    lines = ["| | seeds | validation digits right |", "|---|---:|---:|"]
    for row, records in rows.items():
        right = 100 * np.array([record.validation_accuracy for record in records])
        spread = float(right.std(ddof=1)) if len(right) > 1 else 0.0
        lines.append(f"| {row} | {len(right)} | {right.mean():.2f} ± {spread:.2f} % |")
    return "\n".join(lines) + "\n"


def to_csv(rows: Mapping[str, Sequence[RunRecord]]) -> str:
    """A line for each run."""
    lines = ["row,recipe,seed,epochs,best_epoch,validation_accuracy"]
    for row, records in rows.items():
        for each in records:
            recipe = each.recipe
            lines.append(
                f'"{row}",{recipe.name},{recipe.seed},{recipe.epochs},{each.best_epoch},{each.validation_accuracy:.6f}'
            )
    return "\n".join(lines) + "\n"


def write_report(folder: Path) -> str:
    """Write the table of a sweep as report.md and report.csv into its folder; what stands in report.md.

    Raises:
        DataError: as `gather`.
        OutputError: the folder cannot be written to.
    """
    rows = gather(folder)
    text = to_markdown(rows)
    write_all_atomically({folder / "report.md": text.encode(), folder / "report.csv": to_csv(rows).encode()})
    return text
