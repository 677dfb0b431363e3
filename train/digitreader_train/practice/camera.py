"""Practice: digits written on paper, photographed, found and cut out by the very finder that will read frames."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from digitreader.drawing import DemoSettings, Scene
from digitreader.drawing.scene import Scenery, photograph
from digitreader.drawing.sheet import choose_paper, choose_pen, ink_sheet
from digitreader.drawing.writing import LINE_PITCH
from digitreader.find import Finder
from digitreader.model.load import load_finder
from digitreader.values import Ink
from digitreader_train.practice.lines import write_lines
from digitreader_train.practice.task import Practice, Task
from digitreader_train.practice.truth import label_candidates

FRAMES_WH = ((640, 480), (640, 480), (640, 480), (800, 600), (1280, 720))
LINES = (1, 5)
DIGITS_A_LINE = (3, 9)
LEAST_HEIGHT_PX = 12.0
HEIGHTS = (0.035, 0.5)
"""Of digits, in frame heights."""


def photograph_digits(task: Task) -> Practice:
    """Show all of the task's digits to the camera, line by line, and take what the finder makes of them."""
    rng = task.rng
    inks: list[Ink] = []
    labels: list[int] = []
    shown = 0
    while shown < len(task.labels):
        line_count = int(rng.integers(*LINES))
        count = min(line_count * int(rng.integers(*DIGITS_A_LINE)), len(task.labels) - shown)
        part = np.s_[shown : shown + count]
        scene = draw_scene(task.images[part], task.labels[part], line_count, rng)
        for candidate, label in label_candidates(shipped_finder().digits(scene.image), scene):
            inks.append(candidate.ink)
            labels.append(label)
        shown += count
    return Practice.of(inks, labels)


@cache
def shipped_finder() -> Finder:
    """The finder that will read frames; each process that draws practice has one."""
    return Finder(load_finder())


def draw_scene(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], lines: int, rng: np.random.Generator
) -> Scene:
    """Photograph a sheet with these digits on it.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        lines: on how many lines they are written.
    """
    frame_wh = FRAMES_WH[int(rng.integers(len(FRAMES_WH)))]
    settings = draw_settings(rng)
    stage = Scenery.draw(frame_wh, rng, settings=settings)
    # no larger than the lines have room for, so that nothing has to be shrunk after it was written
    room = 0.8 * frame_wh[0] / (-(-len(labels) // lines)), 0.8 * frame_wh[1] / (lines * LINE_PITCH)
    digit_px = max(LEAST_HEIGHT_PX, min(float(np.exp(rng.uniform(*np.log(HEIGHTS)))) * frame_wh[1], *room))
    writing = write_lines(images, labels, lines, rng, digit_px=digit_px)
    size_wh = max(writing.ink.shape[1] + 8, round(1.1 * frame_wh[0])), max(writing.ink.shape[0] + 8, frame_wh[1])
    paper, pen = choose_paper(settings, rng), choose_pen(settings, rng)
    sheet = ink_sheet(writing, rng, paper=paper, pen=pen, size_wh=size_wh, digit_px=digit_px, settings=settings)
    return photograph(stage, sheet, rng)


def draw_settings(rng: np.random.Generator) -> DemoSettings:
    """Paper, pen, light, lens and sensor by chance, from a scanner's to a poor webcam's at night."""
    on_board = rng.random() < 0.08
    poor = float(rng.uniform()) ** 1.5
    return DemoSettings(
        pens=("chalk",) if on_board else ("ballpoint", "gel", "felt", "marker", "pencil", "blue", "red", "green"),
        papers=("board",) if on_board else ("white", "white", "gray", "cream", "ruled", "ruled", "squared", "squared"),
        faintness=float(rng.uniform(0, 0.35)) * poor,
        folds=0.3,
        show_through=float(rng.uniform(0, 0.5)) * poor,
        sheet_fill=(0.8, 1.3),
        tilt_deg=9.0,
        perspective_deg=25.0,
        light_falloff=float(rng.uniform(0.05, 0.65)),
        shadow=float(rng.uniform(0, 0.5)),
        blur_px=float(rng.uniform(0.3, 0.6 + poor)),
        noise=float(rng.uniform(0.5, 2 + 6 * poor)),
        jpeg_quality=int(rng.integers(50, 96)) if rng.random() < 0.5 else None,
    )
