"""A worker whose reader does by a file's name what tests need: be slow, end its process, give several pages."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from digitreader.errors import SourceError
from digitreader.reading import picture_worker
from digitreader.reading.picture_worker import Outcome, PageRead, Signal, WorkerSettings
from digitreader.values import Page


class OddReader:
    """Stands in for `PictureReader`."""

    def __init__(self, settings: WorkerSettings) -> None:
        if settings.model == "none":
            raise SystemExit(3)

    def read(self, spec: str) -> Iterator[Outcome]:
        """Do as the name says; ``pages-N`` has N pages, ``once-FILE`` ends the process where FILE is not yet there."""
        what, _, rest = spec.partition("-")
        if what == "slow":
            time.sleep(0.3)
        elif what == "kill":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif what == "bad":
            yield SourceError(f"{spec}: is bad")
            return
        elif what == "video":
            yield Signal.STREAM
            return
        for page in range(int(rest) if what == "pages" else 3 if what == "once" else 1):
            yield PageRead(Page(spec, page))
            if what == "once" and page == 1 and not Path(rest).exists():
                Path(rest).touch()
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    picture_worker.PictureReader = OddReader  # type: ignore[misc,assignment]
    picture_worker.main()
