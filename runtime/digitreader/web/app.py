"""Answers the requests of the page: its files, its values, and changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digitreader import __version__
from digitreader.errors import DigitReaderError, UsageError
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.web.board import Board, SeenDigit, ink_of
from digitreader.web.config_saving import save_settings, settings_of
from digitreader.web.controls import Controls
from digitreader.web.corrections import Corrections
from digitreader.web.practice import drawn_glyph, practice_bytes
from digitreader.web.streams import BOUNDARY, EndlessResponse, Live, body_of
from digitreader.web.values import floats, jpeg_link, jpeg_of, number_values, readings_of
from digitreader.web.workbench import Workbench, glyph_bytes

STATIC = Path(__file__).parent / "static"
MOST_PICTURE, MOST_JSON = 12 << 20, 16 << 10
"""The most bytes of one request, by what is sent."""
BODY_S, NEWEST_S = 20.0, 10.0
EXPOSURE_S = 2.0
"""Seconds to wait for a camera's answer whether it accepts an exposure."""

Given = TypeVar("Given")
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class PageContext:
    """Everything that the page's answers need.

    Attributes:
        name: the name of the source; empty if nothing is read.
        model: the name of the model.
        board: the last readings.
        open_workbench: makes the workbench for pictures that the page sends; called in the thread that uses it.
        corrections: the folder of corrections.
        controls: the settings that the page may change; None if nothing is read.
        config: the configuration file in which settings are saved; None if there is no such file.
    """

    name: str
    model: str
    board: Board
    open_workbench: Callable[[], Workbench]
    corrections: Corrections
    controls: Controls | None = None
    config: Path | None = None


class Answers:
    """Answers the requests; one for each server.

    Args:
        served: everything that the answers need.
        live: the newest frame.
        worker: its single thread runs all slow work.
    """

    def __init__(self, served: PageContext, live: Live, worker: ThreadPoolExecutor) -> None:
        self._served, self._live, self._worker = served, live, worker
        self._figure = live.figure
        self._workbench: Workbench | None = None

    async def page(self, _: Request) -> Response:
        """The page itself."""
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def state(self, _: Request) -> Response:
        """The facts that do not change, and the settings."""
        served, controls = self._served, self._served.controls
        return JSONResponse(
            {
                "version": __version__,
                "source": served.name,
                "model": served.model,
                "is_live": bool(served.name),
                "config": str(served.config or ""),
                "corrections": str(served.corrections.folder),
                "controls": None if controls is None else control_values(controls),
            }
        )

    async def network(self, _: Request) -> Response:
        """The weights of the network that is drawn."""
        return JSONResponse(self._figure.layers(), headers={"Cache-Control": "no-cache"})

    async def history(self, _: Request) -> Response:
        """The training history of that network; 204 if it has none."""
        history = await asyncio.to_thread(self._figure.history)
        return Response(status_code=204) if history is None else JSONResponse(history)

    async def events(self, _: Request) -> Response:
        """Values of each frame, as server-sent events."""
        return EndlessResponse(self._live, self._live.events(), "text/event-stream")

    async def pictures(self, _: Request) -> Response:
        """A stream of pictures; the page always gets the newest one."""
        return EndlessResponse(self._live, self._live.pictures(), "application/octet-stream")

    async def stream(self, _: Request) -> Response:
        """The pictures as MJPEG, for other programs."""
        return EndlessResponse(self._live, self._live.mjpeg(), f"multipart/x-mixed-replace; boundary={BOUNDARY}")

    async def frame(self, request: Request) -> Response:
        """A single picture, as soon as there is one after the frame ``?after=``; 204 if none comes."""
        after = request.query_params.get("after", "0")
        if not (after.isdecimal() and len(after) < 16):
            raise UsageError("after= is the number of a frame")
        if await self._live.next_sighting(int(after), NEWEST_S) is None:
            return Response(status_code=204)
        number, jpeg = await self._live.picture()
        return Response(jpeg, media_type="image/jpeg", headers={"Digitreader-Frame": str(number)})

    async def layers(self, _: Request) -> Response:
        """What the finder sees in the newest picture."""
        newest = self._served.board.newest()
        if newest is None:
            return Response(status_code=204)
        layers = await self._work(lambda bench: bench.layers(newest[1]) | {"picture": jpeg_link(newest[1])})
        return JSONResponse(layers | {"number": newest[0].number})

    async def digit(self, request: Request) -> Response:
        """A digit of one of the last frames: its glyph, and the network's activations for it.

        A digit that is no longer known is not an error: the page may ask a moment too late.
        """
        sighting = self._served.board.sighting(request.path_params["frame"])
        readings = [] if sighting is None else readings_of(sighting.page)
        at = request.path_params["digit"]
        ink = None
        if sighting is not None and at < len(readings):
            ink = ink_of(readings[at], sighting.found, sighting.scale)
        return JSONResponse({"gone": True} if ink is None else self._figure.look(normalise_glyph(ink)))

    async def glyph(self, request: Request) -> Response:
        """The network's activations for 784 pixels; with ``?against=`` also the evidence for both digits."""
        glyph = glyph_bytes(await _body(request, 784))
        against = request.query_params.get("against", "")

        result = self._figure.look(glyph)
        if len(against) == 1 and against in "0123456789" and int(against) != result["digit"]:
            reasons = self._figure.reasons(glyph, result["digit"], int(against))
            result |= {"reasons": floats(reasons.inputs), "biases": reasons.biases, "against": int(against)}
        return JSONResponse(result)

    async def read(self, request: Request) -> Response:
        """Read a picture step by step."""
        data = await _body(request, MOST_PICTURE)
        upright = request.query_params.get("upright") == "1"
        return JSONResponse(await self._work(lambda bench: bench.read(data, upright=upright)))

    async def numbers(self, request: Request) -> Response:
        """The last steady numbers, or those after ``?after=``."""
        after = request.query_params.get("after", "0")
        first = int(after) if after.isdecimal() and len(after) < 16 else 0
        return JSONResponse([number_values(each) for each in self._served.board.numbers() if each.number > first])

    async def number_picture(self, request: Request) -> Response:
        """The picture of a number."""
        wanted = request.path_params["number"]
        number = next((each for each in self._served.board.numbers() if each.number == wanted), None)
        if number is None:
            raise HTTPException(404, "This number is not known any more.")
        jpeg = await self._run(jpeg_of, number.picture)
        return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    async def control(self, request: Request) -> Response:
        """Change settings of the reading."""
        controls, given = self._controls(), await _json(request)
        controls.change(given)
        values = control_values(controls)
        self._live.tell_settings(values)
        if "exposure" in given:
            values["exposure_taken"] = await asyncio.to_thread(controls.exposure_was_taken, EXPOSURE_S)
        return JSONResponse(values)

    async def save(self, request: Request) -> Response:
        """Save the settings in the configuration file."""
        await _json(request)
        if self._served.config is None:
            raise UsageError("digitreader was started with --no-config, so there is no file to save to")
        await self._run(save_settings, self._served.config, self._controls().wanted)
        return JSONResponse({"saved": str(self._served.config), "settings": settings_of(self._controls().wanted)})

    async def corrections(self, _: Request) -> Response:
        """All corrections."""
        return JSONResponse([asdict(each) for each in await self._run(self._served.corrections.all)])

    async def correct(self, request: Request) -> Response:
        """Keep a correction of a digit in one of the last numbers, or in a picture that the page has sent."""
        given = await _json(request)
        seen = self._seen(given)
        if seen is None:
            raise HTTPException(404, "This digit is not known any more.")
        if "truth" not in given:
            raise UsageError("truth is missing: a digit from 0 to 9, or null")
        kept = await self._run(lambda: self._served.corrections.keep(seen, given["truth"], model=self._served.model))
        return JSONResponse(asdict(kept), 201)

    async def take_back(self, request: Request) -> Response:
        """Delete a correction."""
        if not await self._run(self._served.corrections.remove, request.path_params["id"]):
            raise HTTPException(404, "There is no such correction.")
        return Response(status_code=204)

    async def correction_picture(self, request: Request) -> Response:
        """A picture of a correction."""
        path = self._served.corrections.picture(request.path_params["id"], request.path_params["name"])
        if path is None:
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(path, headers={"Cache-Control": "private, max-age=3600"})

    async def practice(self, _: Request) -> Response:
        """Digits to train on: 784 bytes and a label each."""
        return Response(await asyncio.to_thread(practice_bytes), media_type="application/octet-stream")

    async def sample(self, request: Request) -> Response:
        """A drawn glyph of a digit, for use without a camera."""
        glyph = await asyncio.to_thread(drawn_glyph, request.path_params["digit"] % 10)
        return JSONResponse(self._figure.look(glyph))

    def _seen(self, given: dict[str, Any]) -> SeenDigit | None:
        number, at, kept = (given.get(name) for name in ("number", "digit", "kept"))
        if type(kept) is int and self._workbench is not None:
            return self._workbench.kept(kept)
        if type(number) is int and type(at) is int:
            there = [each.digits for each in self._served.board.numbers() if each.number == number]
            return there[0][at] if there and 0 <= at < len(there[0]) else None
        return None

    def _controls(self) -> Controls:
        if self._served.controls is None:
            raise HTTPException(404, "No camera is read here, so there is nothing to set.")
        return self._served.controls

    async def _work(self, step: Callable[[Workbench], Given]) -> Given:
        """Run a function with the workbench, in the only thread that may use it."""

        def work() -> Given:
            if self._workbench is None:
                self._workbench = self._served.open_workbench()
            return step(self._workbench)

        return await self._run(work)

    async def _run(self, step: Callable[..., Given], *arguments: Any) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self._worker, step, *arguments)


def control_values(controls: Controls) -> dict[str, Any]:
    """The settings as the page gets them."""
    wanted, region = controls.wanted, controls.wanted.framing.region
    return {
        "paused": wanted.paused,
        "rotate": wanted.framing.rotate_deg,
        "region": None if region is None else [region.x, region.y, region.width, region.height],
        "threshold": round(wanted.threshold, 3),
        "exposure": wanted.exposure_ms,
        "has_exposure": controls.has_exposure,
        "expect": ", ".join(wanted.expect),
        "size": controls.size_wh,
    }


def make_app(answers: Answers) -> Starlette:
    """The application, without access control."""
    gets: dict[str, Answer] = {
        "/": answers.page,
        "/api/state": answers.state,
        "/api/network": answers.network,
        "/api/history": answers.history,
        "/api/events": answers.events,
        "/api/pictures": answers.pictures,
        "/stream.mjpg": answers.stream,
        "/frame.jpg": answers.frame,
        "/api/layers": answers.layers,
        "/api/digits/{frame:int}/{digit:int}": answers.digit,
        "/api/numbers": answers.numbers,
        "/api/numbers/{number:int}.jpg": answers.number_picture,
        "/api/corrections": answers.corrections,
        "/api/corrections/{id}/{name}.png": answers.correction_picture,
        "/api/practice": answers.practice,
        "/api/samples/{digit:int}": answers.sample,
    }
    posts: dict[str, Answer] = {
        "/api/glyph": answers.glyph,
        "/api/read": answers.read,
        "/api/controls": answers.control,
        "/api/controls/save": answers.save,
        "/api/corrections": answers.correct,
    }
    routes = [Route(path, answer, methods=["GET"]) for path, answer in gets.items()]
    routes += [Route(path, answer, methods=["POST"]) for path, answer in posts.items()]
    routes.append(Route("/api/corrections/{id}", answers.take_back, methods=["DELETE"]))
    mounted = Mount("/static", StaticFiles(directory=STATIC))
    handlers: dict[Any, Any] = {DigitReaderError: _error_response, HTTPException: _refusal_response}
    return Starlette(routes=[*routes, mounted], exception_handlers=handlers)


async def _error_response(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _refusal_response(_: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return JSONResponse({"error": detail}, status)


async def _body(request: Request, most: int) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:12]) > most:
        raise UsageError(f"what was sent has more than {most} bytes; make it smaller")
    return await body_of(request.stream(), most=most, within_s=BODY_S)


async def _json(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise UsageError("send JSON, as application/json")
    data = await _body(request, MOST_JSON)
    with suppress(ValueError, RecursionError):
        given = json.loads(data)
        if isinstance(given, dict):
            return given
    raise UsageError("what was sent is not a JSON object")
