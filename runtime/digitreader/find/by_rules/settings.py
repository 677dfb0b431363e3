"""What the finder takes for ink and what for a digit: one frozen data class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class FindSettings:
    """Settings of `find_digits`; lengths are pixels of the working image unless they are shares.

    Attributes:
        working_side_px: larger images are shrunk until their longer side is this.
        least_side_px: smaller images are enlarged until their shorter side is this.
        least_darkness: ink is at least this much darker than its paper (0..255).
        noise_factor: and at least so many standard deviations of the paper's noise.
        peak_share: and at least this share of the darkest ink nearby, which drops show-through and faint rules.
        least_height_px: smaller marks are no digits.
        greatest_height: nor are marks higher than this share of the image's height.
    """

    working_side_px: int = 1280
    least_side_px: int = 160
    darkest_board: float = 0.62
    least_darkness: int = 18
    noise_factor: float = 6.0
    peak_share: float = 0.42
    peak_reach: float = 0.05
    texture_factor: float = 2.2
    texture_cells: int = 13
    least_height_px: int = 9
    least_edge: float = 8.0
    least_crispness: float = 1.2
    greatest_stroke: float = 0.28
    greatest_width: float = 0.4
    greatest_crowding: float = 0.4
    greatest_continuation: float = 0.003
    greatest_height: float = 0.8
