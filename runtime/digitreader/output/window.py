"""A window with the live picture of the camera and the digits that are read in it."""

from __future__ import annotations

import cv2

from digitreader.errors import OutputError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.output.overlay import draw_page
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

TITLE = "digitreader"
ESCAPE = 27


class WindowSink(Sink):
    """Show every frame with its digits marked; q, Esc and closing the window end the run, as Ctrl-C does.

    Args:
        has_display: there is a desktop. Without one, the window's libraries would end the process.

    Raises:
        OutputError: there is no desktop, or this OpenCV has no windows.
    """

    def __init__(self, *, has_display: bool) -> None:
        self._shown = False
        if not has_display:
            raise OutputError(
                "window: there is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
                "use --output video:clip.avi or --output pictures:FOLDER, or ssh -X"
            )
        try:
            with native_stderr_muted():
                # without OpenCV's own buttons
                cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        except cv2.error as error:
            raise OutputError(
                "window: this OpenCV was built without windows; pip uninstall opencv-python-headless, then "
                f"pip install opencv-python=={cv2.__version__}.*, or use --output video:clip.avi"
            ) from error

    @property
    def needs_image(self) -> bool:
        """True: it shows them."""
        return True

    def picture(self, page: Page, frame: Frame) -> None:
        """Show it until a key is pressed."""
        self._show(page, frame, wait_ms=0)

    def frame(self, page: Page, frame: Frame) -> None:
        """Show it."""
        self._show(page, frame, wait_ms=1)

    def close(self, timeout_s: float) -> None:  # noqa: ARG002
        """Close the window."""
        cv2.destroyAllWindows()

    def _show(self, page: Page, frame: Frame, *, wait_ms: int) -> None:
        drawn = draw_page(frame, page, steady_size=True)
        cv2.imshow(TITLE, drawn)
        if not self._shown:
            # from now on the user may change its size
            cv2.resizeWindow(TITLE, drawn.shape[1], drawn.shape[0])
            self._shown = True
        key = cv2.waitKey(wait_ms) & 0xFF
        if key in {ord("q"), ESCAPE} or cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1:
            raise KeyboardInterrupt
