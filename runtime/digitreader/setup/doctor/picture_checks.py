"""Checks of the picture: what was read in it, which way is up, its light, glare, focus, contrast and size."""

from __future__ import annotations

from digitreader.camera.opening import is_camera
from digitreader.setup.doctor.facts import PictureFacts, PictureMeasurements, PictureReading
from digitreader.setup.doctor.hardware_checks import Finding

SOFT_EDGE_PX, SOFT_EDGE_SHARE = 4.0, 0.045
"""An edge is out of focus if it is wider than the first (pixels) and the second (heights of a digit); sharp edges are 1
to 3 pixels wide."""
SOFT_EDGE_ANYWHERE_PX = 8.0
"""The limit for the sharpest edges of a picture in which no digit was found."""
DARK_PAPER, BURNT_PAPER = 70.0, 250.0
BURNT_SHARE, GLARE_SHARE = 0.35, 0.01
LEAST_CONTRAST, GOOD_CONTRAST = 0.25, 0.5
LIGHT_PAPER = 235.0
"""Paper at least this bright has overexposed places even without the reflection of a lamp."""
LEAST_HEIGHT_PX, GREATEST_HEIGHT = 12.0, 0.45

NOTHING_FOUND = (
    "hold a sheet with digits under the camera; if there is one, its digits are too small, too faint or too blurred"
)
MOVE_LAMP = "move the lamp to the side, until the camera no longer sees its reflection"
NEWLINE, BETWEEN_LINES = "\n", " / "
TOO_SMALL = "possible digits are too small to be read: see digit size below"
TOO_FAINT = "possible digits appear when the ink is made darker: see what is marked below"


def check_picture(picture: PictureFacts, *, unreached: bool = False) -> tuple[Finding, ...]:
    """All checks of a picture.

    Args:
        picture: the picture that was taken.
        unreached: the only camera needs Picamera2, which cannot be imported.
    """
    if not picture.source:
        why = "the camera needs Picamera2, see there" if unreached else "there is no camera to take one with"
        return (Finding("picture", "skip", why),)
    look = picture.look
    if look is None:
        advice = picture.advice or "name another: digitreader doctor SOURCE"
        if is_camera(picture.source) and not picture.advice:
            advice = f"mend first what is listed above, or {advice}"
        return (Finding("picture", "fail", picture.error, advice),)
    found = "1 possible digit" if look.digits == 1 else f"{look.digits} possible digits"
    said = f"{picture.source}: {look.size_wh[0]} x {look.size_wh[1]} pixels, {found}"
    advice = "" if look.digits else _why_nothing(look)
    taken = Finding("picture", "ok" if look.digits else "warn", said, advice)
    checks = (check_light, check_glare, check_focus, check_contrast, check_size)
    reading = () if picture.reading is None else (check_reading(picture, picture.reading),)
    return (taken, *reading, check_way_up(look, live=picture.live), *(check(look) for check in checks))


def check_reading(picture: PictureFacts, reading: PictureReading) -> Finding:
    """What was read. A person has to compare it with the paper: no check can know that it is right."""
    shown = f"; {picture.annotated} shows where" if picture.annotated else ""
    if not reading.digits:
        advice = "see what is marked WARN, or how each digit is read: digitreader explain PICTURE"
        return Finding("reading", "warn", f"no digit is sure enough to be read{shown}", advice)
    text = reading.text.replace(NEWLINE, BETWEEN_LINES)
    least = min(reading.least_confidence, 0.99)  # no reading is certain
    said = f"{text} (the least sure digit {least:.0%}){shown}"
    left_out = picture.look.digits - reading.digits if picture.look else 0
    if left_out > 0:
        are = "1 possible digit is" if left_out == 1 else f"{left_out} possible digits are"
        advice = "if they are digits, write them more clearly, or see how they are read: digitreader explain PICTURE"
        return Finding("reading", "warn", f"{said}; {are} left out as not sure enough", advice)
    return Finding("reading", "ok", said)


def check_way_up(look: PictureMeasurements, *, live: bool) -> Finding:
    """Whether the camera is mounted upright.

    Args:
        look: the measurements.
        live: the picture comes from a stream; `read` turns single pictures itself.
    """
    if not look.digits:
        return Finding("way up", "skip", "there are no digits to judge it by")
    if not look.turned_deg:
        return Finding("way up", "ok", "the digits stand upright")
    said = f"the digits stand upright when the picture is turned by {look.turned_deg} degrees clockwise"
    if not live:
        return Finding("way up", "ok", f"{said}, as read does by itself")
    return Finding(
        "way up", "warn", said, f"the camera hangs turned: hang it upright, or read with --rotate {look.turned_deg}"
    )


def check_light(look: PictureMeasurements) -> Finding:
    """Whether the paper has enough light, but not too much."""
    said = f"the paper's brightness is {look.paper:.0f} of 255"
    if look.paper < DARK_PAPER:
        return Finding("light", "warn", said, "bring a lamp nearer from the side, or make the exposure longer")
    if look.paper >= BURNT_PAPER and look.glare >= BURNT_SHARE and look.contrast < GOOD_CONTRAST:
        return Finding("light", "warn", f"{said}, all of it burnt out", "take the lamp away or shorten the exposure")
    return Finding("light", "ok", said)


def check_glare(look: PictureMeasurements) -> Finding:
    """Whether the paper reflects a lamp."""
    said = f"{look.glare:.1%} of the picture is burnt out to white"
    is_light = look.least_paper >= LIGHT_PAPER and look.contrast >= GOOD_CONTRAST
    if look.glare < BURNT_SHARE and not is_light and (look.glare >= GLARE_SHARE or look.near_glare):
        said += ", some of it beside digits" if look.near_glare else ""
        return Finding("glare", "warn", said, MOVE_LAMP)
    if look.faded and check_light(look).state == "ok":
        said = "some digits are much paler than the others, on paper that is no darker"
        return Finding("glare", "warn", said, f"{MOVE_LAMP}; or they were written with another pen")
    return Finding("glare", "ok", said)


def check_focus(look: PictureMeasurements) -> Finding:
    """Whether strokes have sharp edges."""
    if not look.edge_px:
        return Finding("focus", "skip", "nothing in the picture has an edge that stands out from its noise")
    said = f"the edges of strokes are {look.edge_px:.1f} pixels wide, and up to {_soft_px(look):.1f} is sharp"
    if look.edge_px <= _soft_px(look):
        return Finding("focus", "ok", said)
    return Finding(
        "focus", "warn", said, "hold camera and paper still, turn the lens or clean it, or move the camera farther off"
    )


def check_contrast(look: PictureMeasurements) -> Finding:
    """Whether the ink is much darker than its paper."""
    if not look.height_px:
        return Finding("contrast", "skip", "there is no ink to judge")
    if look.edge_px > _soft_px(look):
        return Finding("contrast", "skip", "cannot be judged before the picture is sharp")
    said = f"the ink is {look.contrast:.0%} darker than its paper"
    if look.contrast >= LEAST_CONTRAST and not look.too_faint:
        return Finding("contrast", "ok", said)
    return Finding("contrast", "warn", said, "write with a darker or thicker pen, on white paper")


def check_size(look: PictureMeasurements) -> Finding:
    """Whether the digits are large enough to be read."""
    height_px = look.too_small_px or look.height_px
    if not height_px:
        return Finding("digit size", "skip", "there are no digits to measure")
    said = f"digits are {height_px:.0f} pixels high"
    if look.too_small_px or height_px < LEAST_HEIGHT_PX:
        advice = "move the camera nearer, write larger, or take a larger --size"
        return Finding("digit size", "warn", f"{said}, and need at least {LEAST_HEIGHT_PX:.0f}", advice)
    if height_px > GREATEST_HEIGHT * look.size_wh[look.turned_deg % 180 == 0]:
        return Finding("digit size", "warn", f"{said}, too large for the picture", "move the camera farther off")
    return Finding("digit size", "ok", said)


def _why_nothing(look: PictureMeasurements) -> str:
    """What to do if no digit was found."""
    if look.too_small_px:
        return TOO_SMALL
    return TOO_FAINT if look.too_faint else NOTHING_FOUND


def _soft_px(look: PictureMeasurements) -> float:
    return max(SOFT_EDGE_PX, SOFT_EDGE_SHARE * look.height_px) if look.height_px else SOFT_EDGE_ANYWHERE_PX
