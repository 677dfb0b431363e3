"""The card beside a finder."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.model.card import ModelCard, inflate
from digitreader.model.engine.engine import TensorForm
from digitreader.model.sealed_json import FINDER_CARD, Count, Loss, Share, format_of, read_sealed, write_sealed
from digitreader.values import ColourImage

MOST_PICTURE_BYTES = 48_000_000
COLOURS = "blue, green, red"
OUTPUTS = ("geometry", "maps")
"""The names of the graph's outputs, in their order."""


class FinderFigures(NamedTuple):
    """The results of a network on validation scenes: mean losses, and shares in 0..1.

    Attributes:
        recall: the share of the digits that are found.
        precision: the share of the found centres that are right.
    """

    maps_loss: Loss
    geometry_loss: Loss
    recall: Share
    precision: Share

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision; 0 if both are 0."""
        return 2 * self.recall * self.precision / max(self.recall + self.precision, 1e-9)


class FinderMeasured(NamedTuple):
    """What was measured at export.

    Attributes:
        scenes: how many drawn scenes, which were not used for training.
        digits: how many digits are in them.
        heat: a peak of the heat map counts as a centre if it has at least this heat.
        float32: the results of the Keras network that the file was made from.
        file: the results of this file.
    """

    scenes: Count
    digits: Count
    heat: Share
    float32: FinderFigures
    file: FinderFigures


class GoldenPicture(NamedTuple):
    """A drawn picture and the network's exact answer to it.

    Attributes:
        shows: what was drawn.
        height_px: the height of the picture.
        width_px: the width of the picture.
        pixels: base64 of the zlib-compressed pixel bytes, row by row, blue, green and red of each pixel.
        answers: sha256 of the raw integers of each output, row by row, in the order of the graph's outputs.
    """

    shows: str
    height_px: int
    width_px: int
    pixels: str
    answers: tuple[str, ...]

    def picture(self) -> ColourImage:
        """Unpack the picture, (H, W, 3) uint8 BGR.

        Raises:
            ValueError: the text is not a packed picture of this size.
        """
        try:
            content = inflate(base64.b64decode(self.pixels, validate=True), most=MOST_PICTURE_BYTES)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        return np.frombuffer(content, np.uint8).reshape(self.height_px, self.width_px, 3)


class FinderCard(NamedTuple):
    """Everything about a model file that finds digits, written beside it as ``NAME.json``.

    Attributes:
        name: the model's name, also the stem of both files.
        purpose: what it is for, in one sentence.
        sha256: the hash of the .tflite file.
        size_bytes: the size of the .tflite file.
        parameters: how many weights and biases the network has.
        variant: how the float network became this one.
        recipe: every setting of the training.
        repeat: the commands that make this file again.
        remark: a remark about its training; may be empty.
        weights_sha256: the hash of the ``weights.npz`` of the run that it comes from.
        data: sha256 of each data file that was used for drawing scenes, by its name.
        scenes_key: names the code and the data that drew the scenes.
        calibration: how many scenes the converter used to find the range of values.
        colours: the order of a pixel's colours.
        input: the form of the pixels.
        outputs: the form of the numbers of each output, in the order of `OUTPUTS`.
        versions: the versions of the libraries that made it.
        golden: drawn pictures, with the results that the device must get from them.
    """

    format: str
    name: str
    purpose: str
    sha256: str
    size_bytes: Count
    parameters: Count
    variant: str
    recipe: Mapping[str, Any]
    repeat: tuple[str, ...]
    remark: str
    weights_sha256: str
    data: Mapping[str, Any]
    scenes_key: str
    calibration: Count
    colours: str
    input: TensorForm
    outputs: tuple[TensorForm, ...]
    measured: FinderMeasured
    versions: Mapping[str, Any]
    golden: tuple[GoldenPicture, ...]

    def to_bytes(self) -> bytes:
        """Write the card as canonical JSON; its last field is the sha256 of all the others."""
        return write_sealed(self)

    @classmethod
    def from_bytes(cls, content: bytes, source: str) -> FinderCard:
        """Read a card; `source` names it in messages.

        Raises:
            ModelFormatError: it is not a card, has another format, or a byte of it was changed.
        """
        return read_sealed(cls, FINDER_CARD, content, source)


def pack_picture(picture: ColourImage) -> str:
    """Pack a (H, W, 3) uint8 picture into the text that `GoldenPicture` keeps."""
    return base64.b64encode(zlib.compress(picture.tobytes(), 9)).decode("ascii")


def answers_of(integers: Sequence[npt.NDArray[Any]]) -> tuple[str, ...]:
    """The sha256 of each output of a network, row by row."""
    return tuple(hashlib.sha256(np.ascontiguousarray(output).tobytes()).hexdigest() for output in integers)


AnyCard = ModelCard | FinderCard
"""The card of a shipped model, or of a model that was exported from a run."""


def read_any_card(path: Path) -> AnyCard:
    """Read the card of a model.

    Args:
        path: the .json file.

    Raises:
        ModelFormatError: it cannot be read, is not a card or was changed.
    """
    try:
        content = read_limited(path, MOST_TEXT_BYTES)
    except OSError as error:
        raise ModelFormatError(
            f"{path}: cannot be read ({error.strerror}); a model needs its card beside it"
        ) from error
    kind = FinderCard if format_of(content) == FINDER_CARD else ModelCard
    return kind.from_bytes(content, str(path))
