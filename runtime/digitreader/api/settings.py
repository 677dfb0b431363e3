"""The settings of a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from digitreader.api.arrays import Channels, check_channels, described, is_array
from digitreader.api.pages import AUTO, Rotation, SourceOptions
from digitreader.camera.framing import Framing
from digitreader.camera.source import CameraSettings
from digitreader.errors import UsageError
from digitreader.model.engine import ENGINES, EngineName

if TYPE_CHECKING:
    from digitreader.reading.number_rules import NumberRules

OnError = Literal["raise", "record"]
ON_ERROR: tuple[OnError, ...] = ("raise", "record")


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """All settings of a reader, so that another process can make the same reader.

    Attributes:
        model: a shipped model's name, or the path of a .tflite.
        engine: runs the model.
        expect: rules of the numbers.
        rotate: 0, 90, 180, 270 degrees clockwise, or ``"auto"``.
        region: x, y, width and height of the part of the turned picture that is read, in pixels.
        channels: the order of an array's colours.
        on_error: whether an error is raised, or recorded as a page.

    Raises:
        UsageError: a value is not valid.
    """

    model: str = "accurate"
    engine: EngineName = "auto"
    expect: str = ""
    rotate: Rotation = AUTO
    region: tuple[int, int, int, int] | None = None
    channels: Channels = "bgr"
    on_error: OnError = "raise"

    def __post_init__(self) -> None:
        if is_array(self.engine) or self.engine not in ENGINES:
            raise UsageError(f"there is no engine {described(self.engine)}; there are {', '.join(ENGINES)}")
        if is_array(self.on_error) or self.on_error not in ON_ERROR:
            raise UsageError(f"on_error={described(self.on_error)}: give 'raise' or 'record'")
        check_channels(self.channels)
        SourceOptions(CameraSettings(), self.rotate, self.region)

    def framing(self) -> Framing | None:
        """How pictures are turned and cut before they are read."""
        return SourceOptions(CameraSettings(), self.rotate, self.region).framing()

    def rules(self) -> NumberRules | None:
        """The rules of --expect."""
        if not self.expect:
            return None
        from digitreader.reading.number_rules import parse_rules

        return parse_rules([self.expect])
