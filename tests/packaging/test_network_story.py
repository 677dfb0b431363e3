"""docs/network.md says what the shipped network says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def script(repository: Path) -> ModuleType:
    """docs/network.py."""
    spec = importlib.util.spec_from_file_location("network_story", repository / "docs" / "network.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_numbers_in_the_story_are_those_of_the_shipped_network(script: ModuleType) -> None:
    story = script.STORY.read_text(encoding="utf-8")
    assert story == script.with_parts(story, script.written_parts(script.explain_example()))


def test_a_story_without_a_marker_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="needs <!-- sum -->"):
        script.with_parts("<!-- why -->\n\n<!-- end -->\n", {"sum": "1"})


def test_every_picture_of_the_story_is_there_and_they_are_small(script: ModuleType) -> None:
    story = script.STORY.read_text(encoding="utf-8")
    pictures = [script.WHOLE, *script.PICTURES.glob("*.png")]
    assert all(f"]({path.relative_to(script.DOCS)})" in story for path in pictures)
    assert story.count("](") == len(pictures)
    assert sum(path.stat().st_size for path in pictures) < 400_000
