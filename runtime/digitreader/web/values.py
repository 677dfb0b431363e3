"""The values of a frame, of a digit and of the last numbers, as JSON for the page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.output.sink import page_as_json
from digitreader.values import Box, ColourImage, GrayImage, Page, Reading, scaled
from digitreader.web.board import ShownNumber, Sighting

LARGEST_SIDE_PX = 960
"""The longest side of pictures on the page: phones have no more pixels, and a slow network can carry it."""
QUALITY = 80


def frame_values(
    sighting: Sighting, *, frames_a_second: float, now_s: float, heat_c: float | None = None
) -> dict[str, Any]:
    """The values of a frame for the page.

    Args:
        sighting: the frame.
        frames_a_second: how many frames a second are read.
        now_s: the monotonic clock.
        heat_c: of the processor; None if this machine reports none.
    """
    page = sighting.page
    return {
        "number": sighting.number,
        "size": list(sighting.size_wh),
        "text": page.text,
        "steady": sighting.steady,
        "fault": sighting.fault,
        "lines": page_as_json(page)["lines"],
        "digits": [digit_values(reading) for reading in readings_of(page)],
        "others": page.others,
        "too_small_px": round(page.too_small_px, 1),
        "timing_ms": {stage: round(spent, 2) for stage, spent in page.timing_ms.items()},
        "frames_a_second": round(frames_a_second, 1),
        "temperature_c": heat_c,
        "time_s": round(page.time_s, 3),
        "age_ms": round(1e3 * (now_s - sighting.came_s), 1),
    }


def digit_values(reading: Reading) -> dict[str, Any]:
    """The values of a digit for the page."""
    return {
        "digit": reading.digit if reading.sure else None,
        "confidence": round(reading.confidence, 4),
        "evidence": round(reading.evidence, 4),
        "box": box_values(reading.box),
        "alternatives": [[digit, round(chance, 4)] for digit, chance in reading.alternatives][:4],
    }


def number_values(number: ShownNumber) -> dict[str, Any]:
    """The values of a steady number for the page."""
    readings = readings_of(number.page)
    return {
        "id": number.number,
        "time_s": round(number.time_s, 3),
        "text": number.page.text,
        "confidence": round(min((each.confidence for each in readings), default=0.0), 4),
        "digits": [
            digit_values(each) | {"has_ink": seen.ink is not None}
            for each, seen in zip(readings, number.digits, strict=True)
        ],
    }


def readings_of(page: Page) -> Sequence[Reading]:
    """All digits of a page in reading order."""
    return [reading for line in page.lines for reading in line.readings]


def box_values(box: Box, scale: float = 1.0) -> list[int]:
    """A box as x, y, width and height, in a picture scaled by this factor."""
    at = scaled(box, scale)
    return [at.x, at.y, at.width, at.height]


def jpeg_of(image: ColourImage | GrayImage, *, largest_px: int = LARGEST_SIDE_PX) -> bytes:
    """A picture as JPEG, made smaller where it is larger than that."""
    return cv2.imencode(".jpg", made_smaller(image, largest_px), (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes()


def jpeg_link(image: ColourImage | GrayImage) -> str:
    """A picture as a data: link with a JPEG."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg_of(image)).decode()}"


def png_of(image: npt.NDArray[np.uint8]) -> bytes:
    """A picture as PNG."""
    return cv2.imencode(".png", image)[1].tobytes()


def png_link(image: npt.NDArray[np.uint8]) -> str:
    """A picture as a data: link with a PNG."""
    return f"data:image/png;base64,{base64.b64encode(png_of(image)).decode()}"


def made_smaller(image: ColourImage | GrayImage, largest_px: int) -> ColourImage | GrayImage:
    """A picture whose longer side has at most this many pixels."""
    height, width = image.shape[:2]
    scale = largest_px / max(height, width)
    if scale >= 1:
        return image
    size_wh = max(1, round(scale * width)), max(1, round(scale * height))
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def floats(values: npt.NDArray[np.float32]) -> str:
    """Real numbers as base64 of their 32 bits, the lowest byte first."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def pixels(values: npt.NDArray[np.uint8]) -> str:
    """Bytes as base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
