"""Takes of video with a hand, moving light and a moving camera."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing import MARK_TEMPLATES, DemoCamera, DemoSettings
from digitreader.values import ColourImage, Frame, GrayImage

SKINS_BGR = ((172, 196, 228), (132, 164, 205), (98, 132, 180), (62, 90, 138), (40, 58, 92))
SLEEVES_BGR = ((70, 52, 40), (52, 50, 120), (60, 60, 62), (180, 178, 172), (96, 110, 60))
PENS_BGR = ((36, 34, 34), (130, 70, 30), (40, 40, 150), (210, 210, 205))
SIDE_PX = 420
"""The hand is drawn this large, its wrist at the lower edge."""

Point = tuple[float, float]
Matrix = npt.NDArray[np.float64]

# the middle line of each finger, from knuckle to tip, in shares of the drawing; and its width
FINGERS: tuple[tuple[Point, Point, float], ...] = (
    ((0.36, 0.42), (0.27, 0.16), 0.085),
    ((0.46, 0.38), (0.42, 0.08), 0.088),
    ((0.56, 0.39), (0.57, 0.10), 0.086),
    ((0.65, 0.43), (0.71, 0.20), 0.074),
    ((0.34, 0.62), (0.15, 0.42), 0.100),
)


@dataclass(frozen=True, slots=True, eq=False)
class FilmedHand:
    """A hand as it is laid over a frame.

    Attributes:
        colour: (S, S, 3) uint8 BGR.
        cover: (S, S) uint8, 255 where it hides what lies below.
    """

    colour: ColourImage
    cover: GrayImage

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """Draw a hand: another skin, sleeve and spread of the fingers each time, half of them with a pen."""
        shape = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        for (root_x, root_y), (tip_x, tip_y), width in FINGERS:
            bend = rng.normal(0.0, 0.025, 2)
            _stroke(shape, ((root_x, root_y), (tip_x + bend[0], tip_y + abs(bend[1]))), width)
        palm = np.array([(0.33, 0.42), (0.66, 0.42), (0.68, 0.68), (0.60, 0.82), (0.42, 0.82), (0.32, 0.66)])
        cv2.fillConvexPoly(shape, np.round(palm * SIDE_PX).astype(np.int32), 255)
        _stroke(shape, ((0.51, 0.72), (0.51, 1.2)), 0.24)
        skin = np.array(SKINS_BGR[int(rng.integers(len(SKINS_BGR)))], np.float32)
        colour = _rounded(np.asarray(cv2.GaussianBlur(shape, (0, 0), 3), np.uint8), skin)
        cover = shape.copy()
        _lay(colour, cover, ((0.51, 0.90), (0.51, 1.3)), 0.34, SLEEVES_BGR[int(rng.integers(len(SLEEVES_BGR)))])
        if rng.random() < 0.5:
            _lay(colour, cover, ((0.12, 0.12), (0.44, 0.52)), 0.022, PENS_BGR[int(rng.integers(len(PENS_BGR)))])
        return cls(colour, np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.0), np.uint8))

    def laid_over(self, image: ColourImage, matrix: Matrix) -> ColourImage:
        """A copy of the image with the hand over it, and the soft shadow that it throws.

        Args:
            image: (H, W, 3) uint8.
            matrix: (2, 3), from the drawing to the image.
        """
        size_wh = image.shape[1], image.shape[0]
        cover = cv2.warpAffine(self.cover, matrix, size_wh, flags=cv2.INTER_LINEAR)
        if not cover.any():
            return image
        colour = cv2.warpAffine(self.colour, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        moved = matrix + np.array([[0.0, 0.0, 14.0], [0.0, 0.0, 20.0]])
        quarter_wh = (size_wh[0] // 4, size_wh[1] // 4)
        shade = cv2.resize(cv2.warpAffine(self.cover, moved, size_wh), quarter_wh, interpolation=cv2.INTER_AREA)
        shade = cv2.resize(cv2.GaussianBlur(shade, (0, 0), 3), size_wh, interpolation=cv2.INTER_LINEAR)
        light = cv2.cvtColor(255 - shade // 3, cv2.COLOR_GRAY2BGR)
        shaded = cv2.multiply(image, light, scale=1 / 255)
        weight = cv2.cvtColor(cover, cv2.COLOR_GRAY2BGR)
        below = cv2.multiply(shaded, 255 - weight, scale=1 / 255)
        return np.asarray(cv2.add(below, cv2.multiply(colour, weight, scale=1 / 255)), np.uint8)


@dataclass(frozen=True, slots=True)
class Visit:
    """How a hand comes and goes.

    Attributes:
        begin_s: when it enters; end_s: when it is gone.
        angle_rad: from where: 0 is from below, positive from the right.
        reach: how far in it comes, in the frame's height.
        scale: the drawing's size, in the frame's height.
        unrest_px: how far it moves about while it stays.
    """

    begin_s: float
    end_s: float
    angle_rad: float
    reach: float
    scale: float
    unrest_px: float

    @classmethod
    def draw(cls, rng: np.random.Generator, *, length_s: float) -> Self:
        """Draw a visit within a take of this length."""
        stays = float(rng.uniform(1.5, min(5.0, 0.7 * length_s)))
        begin = float(rng.uniform(0.0, length_s - stays))
        reach, scale = float(rng.uniform(0.35, 0.95)), float(rng.uniform(0.8, 1.3))
        return cls(begin, begin + stays, float(rng.uniform(-0.9, 0.9)), reach, scale, float(rng.uniform(0.0, 12.0)))

    def matrix(self, time_s: float, size_wh: tuple[int, int]) -> Matrix | None:
        """Where the hand is at a time, (2, 3); None while it is away."""
        if not self.begin_s <= time_s <= self.end_s:
            return None
        width, height = size_wh
        passed = (time_s - self.begin_s) / (self.end_s - self.begin_s)
        inward = math.sin(math.pi * passed) ** 0.6 * self.reach * height
        zoom = self.scale * height / SIDE_PX
        cos, sin = zoom * math.cos(self.angle_rad), zoom * math.sin(self.angle_rad)
        # the fingertips are at the middle of the drawing's upper edge and point inward
        edge_x = width * (0.5 + 0.45 * math.sin(self.angle_rad))
        tip_x = edge_x - inward * math.sin(self.angle_rad) + self.unrest_px * math.sin(7.1 * time_s)
        tip_y = height - inward * math.cos(self.angle_rad) + self.unrest_px * math.sin(9.7 * time_s + 1.0)
        half = SIDE_PX / 2
        return np.array([[cos, sin, tip_x - cos * half], [-sin, cos, tip_y + sin * half]])


def _stroke(canvas: GrayImage, ends: Sequence[Point], width: float) -> None:
    points = np.round(np.array(ends) * SIDE_PX).astype(np.int32)
    cv2.polylines(canvas, [points], isClosed=False, color=255, thickness=round(width * SIDE_PX))


def _rounded(shape: GrayImage, colour: npt.NDArray[np.float32]) -> ColourImage:
    """A shape in one colour, darker towards its edges, as round things are."""
    depth = cv2.distanceTransform((shape > 127).astype(np.uint8), cv2.DIST_L2, 3)
    light = 0.62 + 0.38 * np.minimum(depth / 16.0, 1.0) ** 0.5
    return np.asarray(np.clip(colour * light[:, :, None], 0, 255), np.uint8)


def _lay(colour: ColourImage, cover: GrayImage, ends: Sequence[Point], width: float, bgr: tuple[int, int, int]) -> None:
    """Lay something long over the hand: a sleeve, a pen."""
    shape = np.zeros_like(cover)
    _stroke(shape, ends, width)
    rounded = _rounded(shape, np.array(bgr, np.float32))
    colour[shape > 0] = rounded[shape > 0]
    np.maximum(cover, shape, out=cover)


DARK = 0.3
"""What is left of the light when the lamp is off."""
ADAPTING_S = 0.6
"""How long the camera's exposure takes to follow."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How the light changes within a take.

    Attributes:
        cloud: how much light a cloud takes away; cloud_s: how long one takes.
        switched_s: when the lamp is switched off; lit_s: when on again.
        flicker: how strongly the lamp flickers, as a share of its light; beats: how often a second.
    """

    cloud: float = 0.0
    cloud_s: float = 6.0
    switched_s: float = math.inf
    lit_s: float = math.inf
    flicker: float = 0.0
    beats: float = 0.0

    @classmethod
    def draw(cls, rng: np.random.Generator, *, length_s: float) -> Self:
        """Draw one of the three."""
        kind = int(rng.integers(3))
        if kind == 0:
            return cls(cloud=float(rng.uniform(0.2, 0.6)), cloud_s=float(rng.uniform(2.0, 6.0)))
        if kind == 1:
            off = float(rng.uniform(0.2, 0.5)) * length_s
            return cls(switched_s=off, lit_s=off + float(rng.uniform(0.15, 0.4)) * length_s)
        return cls(flicker=float(rng.uniform(0.03, 0.12)), beats=float(rng.uniform(2.0, 9.0)))

    def gain(self, time_s: float) -> float:
        """How much of the light there is at a time, as the camera sees it."""
        cloud = 1.0 - self.cloud * (0.5 - 0.5 * math.cos(2 * math.pi * time_s / self.cloud_s))
        flicker = 1.0 + self.flicker * math.sin(2 * math.pi * self.beats * time_s)
        return cloud * flicker * self._lamp(time_s)

    def _lamp(self, time_s: float) -> float:
        """Dark at once, and brighter as the exposure follows; too bright at once when the lamp is on again."""
        if time_s < self.switched_s:
            return 1.0
        if time_s < self.lit_s:
            return 0.8 - (0.8 - DARK) * math.exp((self.switched_s - time_s) / ADAPTING_S)
        return 1.0 + 0.8 * math.exp((self.lit_s - time_s) / ADAPTING_S)

    def cast(self, image: ColourImage, time_s: float) -> ColourImage:
        """The image in the light of a time; a copy where that is not 1."""
        gain = self.gain(time_s)
        return image if gain == 1.0 else np.asarray(cv2.convertScaleAbs(image, alpha=gain), np.uint8)


SUBJECTS = ("desk", "empty paper", "marks")
PAPERS = ("white", "cream", "gray", "ruled", "squared")
NAME = "video"


@dataclass(frozen=True, slots=True)
class Take:
    """What is filmed in one go.

    Attributes:
        sheets: what stands on each sheet that is shown; no digit. None is the desk alone.
        subject: one of `SUBJECTS`, and what else happens, in words.
        length_s: how long it lasts.
        hand: it comes and goes; None if none does.
        weather: how the light changes; None if it does not.
    """

    seed: int
    sheets: tuple[str, ...]
    subject: str
    length_s: float
    settings: DemoSettings
    hand: tuple[FilmedHand, Visit] | None = None
    weather: Weather | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A frame of the video and the take that it belongs to."""

    frame: Frame
    take: Take


def film_video(*, seconds: float, fps: float, seed: int, size_wh: tuple[int, int]) -> Iterator[Filmed]:
    """Film one take after another until the time is up; the same arguments give the same frames."""
    total, index = round(seconds * fps), 0
    for number in range(total):
        rng = np.random.default_rng((seed, number))
        take = draw_take(number, rng)
        for filmed in film_take(take, first=index, fps=fps, size_wh=size_wh):
            if index == total:
                return
            yield filmed
            index += 1


def draw_take(number: int, rng: np.random.Generator) -> Take:
    """Draw what the next take shows: the subjects take turns, a hand comes into half of them, light into a third."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    sheets = {"desk": (), "empty paper": ("",), "marks": (_draw_marks(rng),)}[subject]
    length = float(rng.uniform(4.0, 8.0))
    settings = _settings(length, rng, desk=not sheets)
    hand = (FilmedHand.draw(rng), Visit.draw(rng, length_s=length)) if rng.random() < 0.5 else None
    weather = Weather.draw(rng, length_s=length) if rng.random() < 1 / 3 else None
    said = subject + (", a hand" if hand else "") + (", changing light" if weather else "")
    return Take(int(rng.integers(2**31)), sheets, said, length, settings, hand, weather)


def _settings(length_s: float, rng: np.random.Generator, *, desk: bool) -> DemoSettings:
    """Sheets of all kinds, badly lit and held askew; without sheets the film is `away_s` long."""
    away_s, moving_s = (length_s, 0.0) if desk else (0.4, 0.3)
    return DemoSettings(
        papers=PAPERS,
        folds=0.4,
        show_through=float(rng.choice([0.0, 0.0, 0.6])),
        sheet_fill=(0.7, 1.1),
        tilt_deg=12.0,
        perspective_deg=25.0,
        light_falloff=float(rng.uniform(0.1, 0.6)),
        shadow=float(rng.uniform(0.0, 0.45)),
        blur_px=float(rng.uniform(0.4, 1.0)),
        noise=float(rng.uniform(2.0, 7.0)),
        jpeg_quality=int(rng.integers(60, 95)) if rng.random() < 0.3 else None,
        digit_height=(0.08, 0.24),
        shake_px=float(rng.uniform(0.0, 3.0)),
        held_s=length_s - 2 * (away_s + moving_s),
        moving_s=moving_s,
        away_s=away_s,
    )


def _draw_marks(rng: np.random.Generator) -> str:
    """One to three lines of letters and operators."""
    kinds = list(MARK_TEMPLATES)
    lines = [rng.choice(kinds, int(rng.integers(1, 8))) for _ in range(int(rng.integers(1, 4)))]
    return "\n".join("".join(line) for line in lines)


def film_take(take: Take, *, first: int, fps: float, size_wh: tuple[int, int]) -> Iterator[Filmed]:
    """Film one take; its frames count on from `first`."""
    camera = DemoCamera(size_wh, seed=take.seed, fps=fps, numbers=take.sheets, settings=take.settings)
    for at, shot in enumerate(camera.frames()):
        time_s, image = at / fps, shot.frame.image
        if take.hand is not None:
            hand, visit = take.hand
            matrix = visit.matrix(time_s, size_wh)
            image = image if matrix is None else hand.laid_over(image, matrix)
        if take.weather is not None:
            image = take.weather.cast(image, time_s)
        yield Filmed(Frame(image, NAME, first + at, (first + at) / fps), take)
