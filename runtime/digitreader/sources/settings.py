"""What a user may set of a camera; None leaves the camera its own way."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Settings of the camera itself.

    Attributes:
        size_wh: of its pictures, in pixels.
        fps: pictures a second.
        exposure_ms: how long light is collected for a picture; switches the automatic one off.
        focus: where it is sharp; switches the automatic one off. Dioptres with Picamera2 (10 is 10 cm away), and the
            camera's own scale with V4L2.
    """

    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    exposure_ms: float | None = None
    focus: float | None = None

    def named(self) -> list[str]:
        """The names of what is set, without their units."""
        return [field.name.partition("_")[0] for field in fields(self) if getattr(self, field.name) is not None]
