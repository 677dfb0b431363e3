"""Drawing: handwriting, print, displays and counters, and pictures of them, with the truth about every pixel."""

from digitreader.drawing.demo_camera import DemoCamera, DemoFrame
from digitreader.drawing.display import display_surface, draw_display, draw_display_text
from digitreader.drawing.hand import SIGNS, Hand
from digitreader.drawing.paper import PAPERS, Paper
from digitreader.drawing.pen import PENS, Pen
from digitreader.drawing.print_page import PrintPlan, draw_print, print_surface
from digitreader.drawing.scene import DigitBox, MarkBox, Scene, scene
from digitreader.drawing.segments import DisplayStyle, draw_display_style
from digitreader.drawing.sheet import DemoSettings
from digitreader.drawing.surface import Degradation, Sign, Surface, picture_of, screenshot_of
from digitreader.drawing.templates import DIGIT_TEMPLATES, FREE_MARKS, MARK_TEMPLATES
from digitreader.drawing.typefaces import Typeface, built_in_typefaces, displays, find_typefaces, held_out, learned
from digitreader.drawing.wheel_makes import WheelStyle, draw_wheel_style
from digitreader.drawing.wheels import draw_positions, draw_wheels, sign_at, wheels_surface
from digitreader.drawing.writing import InkedDigit, InkedMark, Writing, write_glyph, write_mark, write_number

__all__ = [
    "DIGIT_TEMPLATES",
    "FREE_MARKS",
    "MARK_TEMPLATES",
    "PAPERS",
    "PENS",
    "SIGNS",
    "Degradation",
    "DemoCamera",
    "DemoFrame",
    "DemoSettings",
    "DigitBox",
    "DisplayStyle",
    "Hand",
    "InkedDigit",
    "InkedMark",
    "MarkBox",
    "Paper",
    "Pen",
    "PrintPlan",
    "Scene",
    "Sign",
    "Surface",
    "Typeface",
    "WheelStyle",
    "Writing",
    "built_in_typefaces",
    "display_surface",
    "displays",
    "draw_display",
    "draw_display_style",
    "draw_display_text",
    "draw_positions",
    "draw_print",
    "draw_wheel_style",
    "draw_wheels",
    "find_typefaces",
    "held_out",
    "learned",
    "picture_of",
    "print_surface",
    "scene",
    "screenshot_of",
    "sign_at",
    "wheels_surface",
    "write_glyph",
    "write_mark",
    "write_number",
]
