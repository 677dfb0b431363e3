# ruff: noqa: INP001  a script, no package
"""Draw what the finder's network sees: `python docs/finder_maps.py OUT.jpg PHOTO[:LONGER_SIDE_PX] ...`."""

from __future__ import annotations

import sys

import cv2
import numpy as np

from digitreader.find.centres import centres_of
from digitreader.find.network_maps import NetworkMaps, resized, run_network
from digitreader.model.load import load_finder
from digitreader.values import ColourImage

WIDTH_PX = 560
"""Each picture, and beside it what the network sees, is so wide."""


def side_by_side(look: NetworkMaps) -> ColourImage:
    """The picture with the digits' boxes; and ink of digits blue, other writing gray, centres red."""
    shown = look.canvas.copy()
    for x, y, width, height, heat in centres_of(look).tolist():
        corners = (round(x - width / 2), round(y - height / 2)), (round(x + width / 2), round(y + height / 2))
        cv2.rectangle(shown, *corners, (0, 0, 255) if heat > 0.5 else (200, 0, 255), 1)
    other = np.clip(look.any_ink - look.digit_ink, 0, 1) * 0.6
    heatmap = cv2.resize(look.heatmap, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    seen = np.dstack(
        [np.maximum(look.digit_ink, other), np.maximum(0.5 * look.digit_ink, other), np.maximum(heatmap, other)]
    )
    size_wh = WIDTH_PX, round(WIDTH_PX * shown.shape[0] / shown.shape[1])
    large = cv2.resize((255 * seen).astype(np.uint8), size_wh, interpolation=cv2.INTER_NEAREST)
    return np.hstack([cv2.resize(shown, size_wh), large])


def main() -> None:
    """Draw the photographs that are named, one below the other."""
    out, engine, rows = sys.argv[1], load_finder(), []
    for argument in sys.argv[2:]:
        name, _, side = argument.partition(":")
        image = cv2.imread(name)
        if image is None:
            sys.exit(f"{name}: cannot be read as a picture")
        scale = int(side or 640) / max(image.shape)
        rows.append(side_by_side(run_network(engine, resized(np.asarray(image, np.uint8), scale), scale=scale)))
    cv2.imwrite(out, np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
