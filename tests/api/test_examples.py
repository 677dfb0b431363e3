"""The programs of docs/examples/ run as they stand there."""

from __future__ import annotations

import importlib.util
import json
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.values import ColourImage


@pytest.fixture
def examples(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the examples; what they write goes elsewhere."""
    monkeypatch.chdir(tmp_path)
    return repository / "docs" / "examples"


def loaded(path: Path) -> Any:
    """A program as a module, which does not run its `main`."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_is_named_on_their_page_and_tested(examples: Path) -> None:
    page = (examples / "README.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*examples.py"))
    names = {path.name for path in examples.iterdir()} - {"README.md", "__pycache__"}
    assert len(names) >= 5
    for name in names:
        assert f"({name})" in page
        assert f'"{name}"' in tests or f"import {Path(name).stem}\n" in tests or f", {Path(name).stem}\n" in tests


def test_the_loop_with_opencv(examples: Path, paper: ColourImage, capsys: pytest.CaptureFixture[str]) -> None:
    writer = cv2.VideoWriter("clip.avi", cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    for picture in [paper] * 12 + [np.full_like(paper, 120)] * 12:
        writer.write(picture)
    writer.release()
    loaded(examples / "opencv_loop.py").main("clip.avi")
    assert capsys.readouterr().out == "27 / 380\n"
    assert cv2.imread("last.png") is not None


def test_threads(examples: Path, png: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loaded(examples / "threads.py").main([str(png), "nowhere.jpg"] * 3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{png}\t27 / 380"
    assert lines[1].startswith("nowhere.jpg\tnowhere.jpg: cannot be read")
    assert lines == lines[:2] * 3


def test_the_web_service(examples: Path, png: Path) -> None:
    for package in ("fastapi", "httpx", "python_multipart"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    with warnings.catch_warnings():  # of which client Starlette would rather have
        warnings.simplefilter("ignore")
        from fastapi.testclient import TestClient

    client = TestClient(loaded(examples / "fastapi_upload.py").app)
    answer = client.post("/read", files={"picture": ("a.png", png.read_bytes(), "image/png")})
    assert (answer.status_code, answer.json()["source"], answer.json()["text"]) == (200, "a.png", "27\n380")
    refused = client.post("/read", files={"picture": ("a.png", b"nothing", "image/png")})
    assert (refused.status_code, "is not a picture" in refused.json()["detail"]) == (422, True)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[tuple[str, Any]], dict[str, bytes]]]:
    """An address that answers as Home Assistant does, what was set there, and what its camera shows."""
    told: list[tuple[str, Any]] = []
    shows: dict[str, bytes] = {}
    monkeypatch.setenv("HOME_ASSISTANT_TOKEN", "geheim")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(shows["picture"] if self.path == "/api/camera_proxy/camera.cellar" else b"")

        def do_POST(self) -> None:
            told.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self._answer(b"{}")

        def _answer(self, content: bytes) -> None:
            self.send_response(200 if self.headers["Authorization"] == "Bearer geheim" else 401)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}", told, shows
        served.shutdown()
        thread.join()


def test_home_assistant(
    examples: Path,
    home: tuple[str, list[tuple[str, Any]], dict[str, bytes]],
    paper: ColourImage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, told, shows = home
    program = loaded(examples / "home_assistant.py")
    meter = scene("40715", rng=np.random.default_rng(2)).image
    for picture in (meter, paper):
        shows["picture"] = cv2.imencode(".png", picture)[1].tobytes()
        program.main(address, "camera.cellar", "sensor.water_meter")
    assert [(path, state["state"]) for path, state in told] == [("/api/states/sensor.water_meter", 40715)]
    assert told[0][1]["attributes"]["confidence"] > 0.5
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "40715"
    assert printed[1].startswith("not sure: ")


def test_the_notebook(examples: Path) -> None:
    for package in ("nbclient", "ipykernel", "pandas"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    import nbclient
    import nbformat

    notebook = nbformat.read(examples / "notebook.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)  # it is kept without what it showed here
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": "."}}).execute()
    shown = [output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    assert any("image/png" in data and "data:image/png;base64," in data["text/html"] for data in shown)
    assert any(data.get("text/plain") == "'4207\\n365'" for data in shown)


def test_the_cells_of_the_notebook_run_one_after_the_other(examples: Path) -> None:
    if find_spec("pandas") is None:
        pytest.skip("pandas is not installed")
    cells = json.loads((examples / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {}
    for code in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
        exec(compile(code, "notebook.ipynb", "exec"), names)  # noqa: S102 # the cells of this repository
    assert names["page"].text == "4207\n365"


def test_help_opens_with_a_page_of_use() -> None:
    import pydoc

    import digitreader

    text = pydoc.plain(pydoc.render_doc(digitreader))
    page = text.split("PACKAGE CONTENTS")[0]
    for call in ("read_picture", "Reader(", "digitreader.read(0)", "reader.follow", "annotate()", "docs/examples/"):
        assert call in page
    assert len(page.splitlines()) < 60
