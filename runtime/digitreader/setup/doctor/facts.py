"""The facts that the checks judge; gathered elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A /dev/video node.

    Attributes:
        title: what the camera calls itself.
        captures: it gives frames, and is not a codec.
        csi: it belongs to a Pi's own camera connector.
        group: whose members may open it.
        allowed: we may.
        holders: the programs that have it open, as far as we may see.
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
    """What is known of cameras.

    Attributes:
        nodes: of V4L2, in their order.
        libcamera: the cameras that it lists; None if its tool is not installed.
        libcamera_said: the tool's last words where it failed.
        user: who we are.
        groups: whose member this process is.
        listed_groups: whose member the user is by the system's list, from the next login on.
    """

    nodes: tuple[Node, ...] = ()
    libcamera: tuple[str, ...] | None = None
    libcamera_said: str = ""
    user: str = "pi"
    groups: tuple[str, ...] = ()
    listed_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """The result of importing a module in a process of its own.

    Attributes:
        found: it is installed.
        works: it could be imported.
        said: what was said on stderr.
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
    """What is known of Python and its packages.

    Attributes:
        in_venv: it runs in a virtual environment ...
        sees_system: ... that sees the system's packages.
        system_picamera: Picamera2 is among those.
        modules: by their names: numpy, cv2, ai_edge_litert, picamera2.
        opencv_build: OpenCV's own description of how it was built.
        opencv_needed: the version that the models were trained through; empty if it is not known.
        opencv_packages: the distributions that bring a cv2.
        numpy_needs: what digitreader and what it reads with ask of NumPy.
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
        """One module; one that was not looked for is not there."""
        absent = Module(name, found=False, works=False)
        return next((module for module in self.modules if module.name == name), absent)


@dataclass(frozen=True, slots=True)
class LoadedModelFacts:
    """The result of loading the model.

    Attributes:
        name: which.
        engine: what ran it; empty if it came to no run.
        failed: the links of its receipt that do not hold, each with the reason.
        proven: how many hold.
    """

    name: str = "accurate"
    engine: str = "litert"
    failed: tuple[str, ...] = ()
    proven: int = 0


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What is known of the board.

    Attributes:
        name: such as ``Raspberry Pi 5 Model B Rev 1.0``.
        temperature_c: of the processor; None if nothing tells.
        throttled: the word of ``vcgencmd get_throttled``; None if there is no such command, or where it tells none.
        refused: its last words if it is there and tells none.
        disk: the folder that was looked at.
        free_bytes: of its disk.
        total_bytes: of its disk.
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
    """What is measured in a picture; lengths are pixels of the picture.

    Attributes:
        size_wh: of the picture.
        digits: how many things were found that may be digits.
        height_px: of a typical one; 0.0 if there is none.
        edge_px: how wide the edge of a stroke is, from paper to ink, where it is widest; 0.0 if nothing has one.
        contrast: how much light the ink swallows, 0..1; 0.0 if there is none.
        paper: how bright the paper is beside the digits, or the chalk on a board, 0..255; if there are no digits,
            the lightest of the picture.
        glare: the share of the picture, 0..1, that is burnt out to white.
        near_glare: a spot beside a digit is burnt out to white.
        least_paper: as `paper`, beside the digit where it is least; 0.0 if there are no digits.
        too_faint: digits were found only when their ink was made darker; the other lengths and levels are of what was
            found so, and `digits` is 0.
        too_small_px: how high writing is that is too small to be read; 0.0 if there is none.
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
        text: a newline between two lines of writing.
        digits: how many were read.
        least_confidence: 0..1, of the digit that is least sure; 0.0 if there is none.
    """

    text: str
    digits: int
    least_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The picture that was taken.

    Attributes:
        source: from where; empty if there is no camera.
        look: what it shows; None if none came, or where it could not be judged.
        error: why there is no look.
        advice: what to do about that, if it is known.
        live: it is of a stream.
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
    """All of them.

    Attributes:
        cameras: None if a picture was named that no camera of this machine takes.
    """

    cameras: CameraFacts | None
    python: PythonFacts
    model: LoadedModelFacts
    board: BoardFacts
    picture: PictureFacts
