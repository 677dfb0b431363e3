"""Work that the page asks for: reading a photograph step by step, and the finder's maps."""

from __future__ import annotations

from collections import deque
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.image_header import read_header
from digitreader.camera.images import decode_image
from digitreader.errors import ImageError
from digitreader.find.coarse_to_fine import ScaleDetections, best_seen, run_at_all_scales
from digitreader.find.network_maps import in_colour
from digitreader.model.engine import EngineName
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import turned
from digitreader.values import ColourImage, Frame, GrayImage, Reading
from digitreader.web.board import SeenDigit, cut, ink_of
from digitreader.web.figure import Figure
from digitreader.web.values import digit_values, made_smaller, png_link, readings_of

MOST_PIXELS = 40_000_000
"""A picture with more pixels is not decoded for the page."""
MOST_SHOWN, MOST_KEPT = 60, 200
"""How many digits of a picture are shown step by step, and how many past digits can still be corrected."""
DIGIT_BGR, OTHER_BGR = (0, 165, 255), (235, 160, 70)
"""The colours of the layer: ink of digits, and other writing."""
LAYER_PX = 640


class Workbench:
    """Reads pictures that the page sends, with another reader; one call at a time, always in one thread.

    Args:
        model: the name or path of the model that reads.
        engine: runs the model.
    """

    def __init__(self, model: str, engine: EngineName) -> None:
        self._reader = FrameReader(load_model(model, engine))
        self.figure = Figure()
        self._kept: deque[tuple[int, SeenDigit]] = deque(maxlen=MOST_KEPT)
        self._count = 0

    def read(self, data: bytes, *, upright: bool) -> dict[str, Any]:
        """Read a picture, and show the steps.

        Args:
            data: the bytes of a picture file.
            upright: read it in the quarter turn in which it reads best.

        Raises:
            ImageError: it is not a picture, or too large.
        """
        frame = frame_of(data)
        turned_deg = self._reader.read_upright(frame).turned_deg if upright else 0
        frame = turned(frame, turned_deg)
        self._reader.forget()  # the pictures are not a stream
        page = self._reader.read_next(frame)
        readings = readings_of(page)
        digits = [self._steps(reading, frame) for reading in readings[:MOST_SHOWN]]
        return {
            "text": page.text,
            "turned_deg": turned_deg,
            "size": [round(side * frame.scale) for side in frame.image.shape[1::-1]],
            "digits": digits,
            "others": page.others,
            "too_small_px": round(page.too_small_px, 1),
            "timing_ms": {stage: round(spent, 2) for stage, spent in page.timing_ms.items()},
            "layers": self.layers(frame.image),
        }

    def _steps(self, reading: Reading, frame: Frame) -> dict[str, Any]:
        """The steps of a digit: its ink, its glyph, the input of the reading network, and the activations of `tiny`."""
        ink = ink_of(reading, self._reader.last_found, frame.scale)
        margin_px = round(0.3 * reading.box.height)
        seen = SeenDigit(reading, cut(frame, reading.box, margin_px), ink)
        self._count += 1
        self._kept.append((self._count, seen))
        result = digit_values(reading) | {"kept": self._count, "crop": png_link(made_smaller(seen.crop, 160))}
        if ink is None:
            return result
        glyph = normalise_glyph(ink)
        kind = self._reader.model.facts.features
        shown = features_of(glyph[np.newaxis], kind)[0]
        return result | {
            "ink": png_link(made_smaller(ink, 160)),
            "features": {"kind": kind, "picture": png_link(shown)},
            "network": self.figure.look(glyph),
        }

    def kept(self, number: int) -> SeenDigit | None:
        """A digit of a picture that was read here; None if it is not known any more."""
        return next((seen for at, seen in self._kept if at == number), None)

    def layers(self, image: ColourImage | GrayImage) -> dict[str, Any]:
        """What the finder sees in a picture: ink of digits and of other writing, and the centres of digits.

        Args:
            image: (H, W, 3) or (H, W) uint8.

        Returns:
            ``ink`` is an overlay for the picture; ``centres`` have x, y, width and height in shares of the picture's
            sides, and the network's confidence.
        """
        shown = in_colour(made_smaller(image, LAYER_PX))
        seen = run_at_all_scales(self._reader.finder.engine, shown)
        height, width = shown.shape[:2]
        sides = np.array([width, height, width, height], np.float64)
        centres = [
            [*(round(float(side), 4) for side in row), round(float(heat), 3)]
            for each in best_seen(seen)
            for row, heat in zip(
                _as_boxes(each.corners()[each.wanted]) / sides, each.centres[each.wanted][:, 4], strict=True
            )
        ]
        return {"ink": png_link(ink_layer(seen, (width, height))), "centres": centres}


def frame_of(data: bytes) -> Frame:
    """Decode a picture that the page sent.

    Raises:
        ImageError: it is not a picture, or too large.
    """
    header = read_header(data)
    if header is None or header.size_wh is None:
        raise ImageError("the picture is of an unknown kind; send a JPEG, PNG or WebP")
    width, height = header.size_wh
    if width * height > MOST_PIXELS:
        raise ImageError(
            f"the picture has {width}x{height} pixels; send one of at most {MOST_PIXELS // 1_000_000} million"
        )
    decoded = decode_image(data, name="the picture")
    return Frame(decoded.image, "page", scale=decoded.scale)


def ink_layer(seen: list[ScaleDetections], size_wh: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The network's maps of ink as an overlay: (H, W, 4) uint8, blue-green-red and alpha."""
    digit, other = (np.zeros(size_wh[::-1], np.float32) for _ in range(2))
    for each in seen:
        region, look = each.region, each.look
        for canvas, said in ((digit, look.digit_ink), (other, look.any_ink)):
            left, top = look.left / 2, look.top / 2
            shape = np.array([[2 / look.scale, 0, -2 * left / look.scale], [0, 2 / look.scale, -2 * top / look.scale]])
            part = cv2.warpAffine(said, shape, (region.width, region.height), flags=cv2.INTER_LINEAR)
            place = np.s_[region.y : region.y + region.height, region.x : region.x + region.width]
            canvas[place] = part  # later parts have a higher resolution, so they replace the earlier ones
    other = np.clip(other - digit, 0, 1)
    layer = np.zeros((*size_wh[::-1], 4), np.uint8)
    layer[..., :3] = np.where((digit >= other)[..., np.newaxis], DIGIT_BGR, OTHER_BGR)
    layer[..., 3] = np.clip(230 * np.maximum(digit, other), 0, 230)
    return layer


def _as_boxes(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)


def glyph_bytes(data: bytes) -> npt.NDArray[np.uint8]:
    """The 784 bytes that the page sends for a glyph.

    Raises:
        ImageError: the number of bytes is not 784.
    """
    if len(data) != 784:
        raise ImageError(f"a glyph has 784 pixels, not {len(data)}")
    return np.frombuffer(data, np.uint8).reshape(28, 28)
