"""What is on the photographs: the file `truth.csv` beside them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from digitreader.errors import DataError
from digitreader.score.edit_distance import DIGITS, digits_of

TRUTH = "truth.csv"
COLUMNS = ("file", "truth", "kind", "difficulty")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph and what stands on it.

    Attributes:
        truth: its digits in reading order, without spaces and line breaks; "" where there are none.
        kind: a group to count it in; difficulty likewise.
    """

    path: Path
    truth: str
    kind: str
    difficulty: str


def read_truth(folder: Path) -> list[Photo]:
    """Read the list of a folder's photographs.

    Raises:
        DataError: no list, or one that cannot be meant; a photograph that is not there.
    """
    path = folder / TRUTH
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path}: has no column {missing[0]!r}; need {', '.join(COLUMNS)}")
            photos = [_photo(row, folder, f"{path}, line {reader.line_num}") for row in reader]
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); give a folder of pictures with a {TRUTH} of the columns "
            f"{', '.join(COLUMNS)}"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: is no CSV in UTF-8 ({error}); save it again") from error
    if not photos:
        raise DataError(f"{path}: lists no pictures; add a line for each")
    return photos


def _photo(row: dict[str, str | None], folder: Path, place: str) -> Photo:
    if any(row[name] is None for name in COLUMNS):
        raise DataError(f"{place}: has too few columns; need {', '.join(COLUMNS)}")
    name, truth, kind, difficulty = (row[column] or "" for column in COLUMNS)
    odd = [character for character in truth if character not in DIGITS and not character.isspace()]
    if odd:
        raise DataError(f"{place}: the truth of {name} has {odd[0]!r}; need digits, spaces and line breaks")
    path = folder / name
    if not name or not path.is_file():
        raise DataError(f"{place}: there is no picture {name!r} in {folder}; correct its name or take the line out")
    return Photo(path, digits_of(truth), kind, difficulty)
