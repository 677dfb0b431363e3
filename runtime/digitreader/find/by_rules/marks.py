"""Find, step 3: connected ink becomes marks; what is no writing (desk, frame, speck, block) is left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.border import ground_at_border
from digitreader.find.by_rules.components import Labels, components_of
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.threshold import Mask

Boxes = npt.NDArray[np.int32]
"""(N, 4) int32: x, y, width, height."""

MOST_MARKS = 600
RULE_ASPECT = 8
SOLID_FILL = 0.8
FRAME_FILL = 0.1
"""A frame round the page covers less of its box than this; a digit that fills the picture, more."""
SOLID_ASPECT = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Pieces of ink, each of one or more connected components.

    Attributes:
        boxes: (N, 4) int32, x, y, width, height.
        areas: (N,) int32, inked pixels.
        members: for each mark, the labels of its components.
        peaks: (N,) float64, how dark the ink is away from its soft edge; empty where that was not measured.
    """

    boxes: Boxes
    areas: npt.NDArray[np.int32]
    members: tuple[tuple[int, ...], ...]
    peaks: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __len__(self) -> int:
        return len(self.members)

    def take(self, chosen: npt.NDArray[np.intp]) -> Marks:
        """The marks with these indices, in this order."""
        members = tuple(self.members[i] for i in chosen.tolist())
        peaks = self.peaks[chosen] if len(self.peaks) else self.peaks
        return Marks(self.boxes[chosen], self.areas[chosen], members, peaks)


def marks_of(mask: Mask, settings: FindSettings) -> tuple[Marks, Labels]:
    """The connected components of the mask that may be part of a digit.

    Returns:
        The marks, the largest `MOST_MARKS` of them, and the labels that they point into.
    """
    labels, stats = components_of(mask)
    boxes, areas = stats[:, :4], stats[:, 4]
    fit = may_be_writing(boxes, areas, mask.shape, settings) & ~ground_at_border(labels, len(stats))
    fit[0] = False
    chosen = np.flatnonzero(fit)
    if len(chosen) > MOST_MARKS:
        longest = np.maximum(boxes[chosen, 2], boxes[chosen, 3])
        chosen = np.sort(chosen[np.argsort(-longest, kind="stable")[:MOST_MARKS]])
    return Marks(boxes[chosen], areas[chosen], tuple((int(label),) for label in chosen)), labels


def may_be_writing(
    boxes: Boxes, areas: npt.NDArray[np.int32], shape: tuple[int, ...], settings: FindSettings
) -> npt.NDArray[np.bool_]:
    """(N,) bool: neither speck, nor block, nor a thin frame round the page."""
    _, _, width, height = boxes.T
    image_height, image_width = shape[:2]
    longest = np.maximum(width, height)
    speck = (longest < settings.least_height_px // 2) | (areas < settings.least_height_px)
    round_all = (height > settings.greatest_height * image_height) & (width > settings.greatest_height * image_width)
    frame = round_all & (areas < FRAME_FILL * width * height)
    rule = width > RULE_ASPECT * height
    solid = (areas > SOLID_FILL * width * height) & (width > SOLID_ASPECT * height)
    blocks = solid & (longest > 2 * settings.least_height_px)
    fit: npt.NDArray[np.bool_] = ~(speck | frame | rule | blocks)
    return fit
