"""The facts that the checks of the doctor judge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A /dev/video node.

    Attributes:
        title: the camera's own name.
        captures: it gives frames, and is not a codec.
        csi: it belongs to a Pi's own camera connector.
        group: the group whose members may open it.
        allowed: this user may open it.
        holders: the programs that have it open, as far as this user may see them.
    """

    path: str
    title: str = ""
    captures: bool = True
    csi: bool = False
    group: str = "video"
    allowed: bool = True
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """The facts about cameras.

    Attributes:
        nodes: the nodes of V4L2, in their order.
        libcamera: the cameras that libcamera lists; None if its tool is not installed.
        libcamera_said: the last line of the tool's messages if it failed.
        user: the name of this user.
        groups: the groups of this process.
        listed_groups: the user's groups in the system's list, which count from the next login on.
    """

    nodes: tuple[Node, ...] = ()
    libcamera: tuple[str, ...] | None = None
    libcamera_said: str = ""
    user: str = "pi"
    groups: tuple[str, ...] = ()
    listed_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """The result of importing a module in another process.

    Attributes:
        found: it is installed.
        works: it could be imported.
        said: the messages on stderr.
    """

    name: str
    version: str = ""
    found: bool = True
    works: bool = True
    said: str = ""


@dataclass(frozen=True, slots=True)
class NumpyNeed:
    """The versions of NumPy that an installed package requires.

    Attributes:
        package: its name.
        wanted: the versions, such as ``>=2.1,<3``.
    """

    package: str
    wanted: str


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """The facts about Python and its packages.

    Attributes:
        in_venv: it runs in a virtual environment ...
        sees_system: ... that sees the system's packages.
        system_picamera: Picamera2 is among those.
        modules: by their names: numpy, cv2, ai_edge_litert, picamera2.
        opencv_build: OpenCV's own description of how it was built.
        opencv_needed: the version that the models were trained through; empty if it is not known.
        opencv_packages: the distributions that bring a cv2.
        numpy_needs: the versions of NumPy that digitreader and its packages require.
    """

    python: str = "3.11"
    in_venv: bool = True
    sees_system: bool = False
    system_picamera: bool = False
    modules: tuple[Module, ...] = ()
    opencv_build: str = ""
    opencv_needed: str = ""
    opencv_packages: tuple[str, ...] = ("opencv-python-headless",)
    numpy_needs: tuple[NumpyNeed, ...] = ()

    def module(self, name: str) -> Module:
        """The facts about one module; a module that was not checked counts as not found."""
        absent = Module(name, found=False, works=False)
        return next((module for module in self.modules if module.name == name), absent)


@dataclass(frozen=True, slots=True)
class LoadedModelFacts:
    """The result of loading the model.

    Attributes:
        name: the name of the model.
        engine: the engine that ran it; empty if it was not run.
        failed: the checks of its receipt that failed, each with the reason.
        proven: how many checks passed.
    """

    name: str = "accurate"
    engine: str = "litert"
    failed: tuple[str, ...] = ()
    proven: int = 0


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """The facts about the board.

    Attributes:
        name: its name, such as ``Raspberry Pi 5 Model B Rev 1.0``.
        temperature_c: the temperature of the processor; None if it is not known.
        throttled: the number from ``vcgencmd get_throttled``; None if there is no such command, or it gives no number.
        refused: the last line of the command's messages if it gives no number.
        disk: the folder whose disk was checked.
        free_bytes: free bytes of that disk.
        total_bytes: all bytes of that disk.
    """

    name: str = ""
    temperature_c: float | None = None
    throttled: int | None = None
    refused: str = ""
    disk: str = "/"
    free_bytes: int = 10**10
    total_bytes: int = 3 * 10**10


@dataclass(frozen=True, slots=True)
class PictureMeasurements:
    """The measurements of a picture; lengths are in pixels of the picture.

    Attributes:
        size_wh: the size of the picture.
        digits: how many things were found that may be digits.
        height_px: the height of a typical one; 0.0 if there is none.
        edge_px: the width of the edges of strokes, from paper to ink, in the direction with the widest; 0.0 if there
            are no edges.
        contrast: the share of light that the ink absorbs, 0..1; 0.0 if there is no ink.
        paper: the brightness of the paper beside the digits, or of the chalk on a board, 0..255; if there are no
            digits, that of the lightest part of the picture.
        glare: the share of the picture, 0..1, that is overexposed to white.
        near_glare: a spot beside a digit is overexposed to white.
        least_paper: as `paper`, beside the digit with the darkest paper; 0.0 if there are no digits.
        too_faint: digits were found only after their ink was made darker. The other measurements are those of these
            digits, and `digits` is 0.
        too_small_px: the height of writing that is too small to be read; 0.0 if there is none.
        turned_deg: how far clockwise the picture has to be turned to be read, 0, 90, 180 or 270.
        faded: a digit has much less contrast than the others although its paper is not darker.
    """

    size_wh: tuple[int, int]
    digits: int
    height_px: float
    edge_px: float
    contrast: float
    paper: float
    glare: float
    near_glare: bool = False
    least_paper: float = 0.0
    too_faint: bool = False
    too_small_px: float = 0.0
    turned_deg: int = 0
    faded: bool = False


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What was read in a picture.

    Attributes:
        text: the digits, with a newline between two lines of writing.
        digits: how many digits were read.
        least_confidence: 0..1, the confidence of the least certain digit; 0.0 if there is none.
    """

    text: str
    digits: int
    least_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The picture that was taken.

    Attributes:
        source: where it comes from; empty if there is no camera.
        look: its measurements; None if there is no picture or it could not be measured.
        error: why there are no measurements.
        advice: what to do about that, if it is known.
        live: it comes from a stream.
        reading: what was read; None if the model is refused.
        annotated: the file that shows the picture with its digits marked; empty if none was written.
    """

    source: str = ""
    look: PictureMeasurements | None = None
    error: str = ""
    advice: str = ""
    live: bool = False
    reading: PictureReading | None = None
    annotated: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts.

    Attributes:
        cameras: None if the user named a picture that does not come from a camera of this machine.
    """

    cameras: CameraFacts | None
    python: PythonFacts
    model: LoadedModelFacts
    board: BoardFacts
    picture: PictureFacts
