"""What the demo shows and how hard it is to read: every knob in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """The demo's knobs. A pair is the least and the most of what is drawn by chance.

    Attributes:
        digits: how many stand in a line.
        lines: how many lines stand on a sheet.
        groups: the chance that a line is written in two groups.
        pens: names in `PENS`, one of which is taken for each sheet.
        pen_width: 1.0 as the pens are; 2.0 is twice as thick.
        faintness: how much of the ink's strength is missing, 0 to 1.
        papers: names in `PAPERS`, one of which is taken for each sheet.
        digit_height: of the frame's height; less where the text needs the room.
        spacing: the gap between digits in digit heights; negative ones touch; None leaves it to the hand.
        folds: the chance that the sheet was folded.
        show_through: how strongly the writing on the back shines through, 0 to 1.
        sheet_fill: how much of the frame the sheet takes; above 1.0 no desk is seen.
        tilt_deg: the largest rotation of the sheet.
        perspective_deg: the largest angle at which the camera looks onto the sheet.
        light_falloff: how much light is missing in the darkest corner, 0 to 1.
        shadow: how much light a shadow with a soft edge takes away, 0 to 1.
        blur_px: the lens's unsharpness, standard deviation.
        noise: the sensor's, standard deviation in grey levels.
        jpeg_quality: 1 to 100, for the traces of a camera's compression; None leaves them out.
        shake_px: how far the picture wanders while a sheet is held.
        held_s: how long a sheet is held still.
        moving_s: how long it takes to slide in, and out.
        away_s: how long the desk is empty.
        blank_sheets: the chance that a sheet bears nothing.
    """

    digits: tuple[int, int] = (3, 6)
    lines: tuple[int, int] = (1, 2)
    groups: float = 0.12
    pens: tuple[str, ...] = ("ballpoint", "gel", "felt", "felt", "marker", "pencil", "blue", "red")
    pen_width: float = 1.0
    faintness: float = 0.0
    papers: tuple[str, ...] = ("white", "white", "cream", "ruled", "squared")
    digit_height: tuple[float, float] = (0.14, 0.24)
    spacing: float | None = None
    folds: float = 0.2
    show_through: float = 0.0
    sheet_fill: tuple[float, float] = (0.82, 1.0)
    tilt_deg: float = 5.0
    perspective_deg: float = 18.0
    light_falloff: float = 0.35
    shadow: float = 0.2
    blur_px: float = 0.6
    noise: float = 3.0
    jpeg_quality: int | None = None
    shake_px: float = 1.5
    held_s: float = 1.5
    moving_s: float = 0.3
    away_s: float = 0.4
    blank_sheets: float = 0.1
