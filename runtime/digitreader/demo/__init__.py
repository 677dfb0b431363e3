"""The built-in camera that shows handwritten numbers, drawn by our own strokes, with the truth about every frame."""

from digitreader.demo.camera import DemoCamera, DemoFrame
from digitreader.demo.digit_ways import DIGIT_WAYS
from digitreader.demo.glyphs import write_glyph, write_mark
from digitreader.demo.hand import Hand
from digitreader.demo.mark_ways import FREE_MARKS, MARK_WAYS
from digitreader.demo.paper import PAPERS, Paper
from digitreader.demo.pen import PENS, Pen
from digitreader.demo.settings import DemoSettings
from digitreader.demo.sign_paths import SIGNS
from digitreader.demo.still import DigitBox, MarkBox, Scene, scene
from digitreader.demo.writing import InkedDigit, InkedMark, Writing, write_number

__all__ = [
    "DIGIT_WAYS",
    "FREE_MARKS",
    "MARK_WAYS",
    "PAPERS",
    "PENS",
    "SIGNS",
    "DemoCamera",
    "DemoFrame",
    "DemoSettings",
    "DigitBox",
    "Hand",
    "InkedDigit",
    "InkedMark",
    "MarkBox",
    "Paper",
    "Pen",
    "Scene",
    "Writing",
    "scene",
    "write_glyph",
    "write_mark",
    "write_number",
]
