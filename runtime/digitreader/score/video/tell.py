"""Tells what was read where there is nothing to read: lines, subjects, and the frames."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from digitreader.progress import readable_time
from digitreader.score.report.elements import Html, Shown, cause_title, figures, gallery, panel, section, table
from digitreader.score.report.pictures import bgr_of, draw_box, jpeg_address, within
from digitreader.score.told import counted, percent, share_of
from digitreader.score.video.measure import SeenFrame, SubjectScore, VideoScore

FRAME_SIDE_PX = 560
TILE_PX = 300
PASSING = "Accepted in single frames, and never announced"


def video_text(score: VideoScore, title: str) -> str:
    """The figures as lines."""
    rate = f"{score.per_hour:.1f} an hour, with 95 % confidence below {score.at_most_per_hour:.1f}"
    share = share_of(score.frames_with_digits, score.frames)
    head = f"  {'subject':<40}{'frames':>8}{'with a digit':>14}{'false readings':>16}"
    return "\n".join(
        [
            f"{title}: {counted(score.minutes, 'minute')} without digits, {score.frames:,} frames, seed {score.seed}",
            f"false readings       {score.false_readings:,}   ({rate})",
            f"frames with a digit  {score.frames_with_digits:,}   ({share:.2%}; what does not stay is not announced)",
            head,
            *(_subject_line(each) for each in score.subjects),
            *(
                f"  at {each.time_s:.1f} s ({each.subject}): {' '.join(each.text.split())} ({percent(each.confidence)})"
                for each in score.announced
            ),
        ]
    )


def _subject_line(each: SubjectScore) -> str:
    return f"  {each.subject:<40}{each.frames:8,}{each.with_digits:14,}{each.false_readings:16,}"


def video_sections(score: VideoScore, seen: Sequence[SeenFrame]) -> list[str]:
    """The page's sections."""
    share = share_of(score.frames_with_digits, score.frames)
    rows = [
        (each.subject, f"{each.frames:,}", f"{each.with_digits:,}", f"{each.false_readings:,}")
        for each in score.subjects
    ]
    steady, passing = ([_shown(frame) for frame in seen if frame.steady is kind] for kind in (True, False))
    return [
        figures(
            (f"{score.false_readings:,}", "false readings", f"in {counted(score.minutes, 'minute')} without digits"),
            (f"{score.per_hour:.1f}", "an hour", f"with 95 % confidence below {score.at_most_per_hour:.1f}"),
            (
                f"{share:.2%}".replace("%", " %"),
                "frames with a digit",
                f"{score.frames_with_digits:,} of {score.frames:,}",
            ),
        ),
        section("What was shown", panel(table(("subject", "frames", "with a digit", "false readings"), rows))),
        section(
            "What went wrong",
            cause_title("invented", score.false_readings, shown=len(steady)),
            gallery(steady, tile_px=TILE_PX, none="nothing was announced"),
            f"<h3>{PASSING}</h3>",
            gallery(passing, tile_px=TILE_PX, none="no frame had a digit"),
            note="A number is announced once it was the same for a while. Single frames may err without harm; the "
            "first such frame of a take is shown.",
        ),
    ]


def _shown(frame: SeenFrame) -> Shown:
    canvas, zoom = within(frame.image, side_px=FRAME_SIDE_PX)
    for reading in frame.readings:
        draw_box(canvas, reading.box, bgr_of("invented"), zoom=zoom)
    read = " ".join(str(reading.digit) for reading in frame.readings)
    sure = min(reading.confidence for reading in frame.readings)
    caption = Html(
        f"<b>read {read}</b> ({percent(sure)})<br>{escape(frame.subject)}, after {readable_time(frame.time_s)}"
    )
    return Shown(jpeg_address(canvas), caption, f"{frame.subject}, read as {read}")
