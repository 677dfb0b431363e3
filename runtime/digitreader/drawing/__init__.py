"""Drawing digits that are not handwritten, with the truth: print, seven-segment displays, counter wheels."""

from digitreader.drawing.display import display_surface, draw_display, draw_display_text
from digitreader.drawing.display_style import DisplayStyle, draw_display_style
from digitreader.drawing.print_page import PrintPlan, draw_print, print_surface
from digitreader.drawing.surface import Sign, Spoiling, Surface, picture_of, screenshot_of
from digitreader.drawing.typeface import Typeface
from digitreader.drawing.typefaces import built_in_typefaces, displays, find_typefaces, held_back, learned
from digitreader.drawing.wheel import sign_at
from digitreader.drawing.wheel_style import WheelStyle, draw_wheel_style
from digitreader.drawing.wheels import draw_positions, draw_wheels, wheels_surface

__all__ = [
    "DisplayStyle",
    "PrintPlan",
    "Sign",
    "Spoiling",
    "Surface",
    "Typeface",
    "WheelStyle",
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
    "held_back",
    "learned",
    "picture_of",
    "print_surface",
    "screenshot_of",
    "sign_at",
    "wheels_surface",
]
