from __future__ import annotations

import shutil
from pathlib import Path

from digitreader.measure.models_page import describe_models, model_page
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import ModelCard


def test_the_page_names_what_the_card_says(card: ModelCard) -> None:
    page = model_page([card])
    for said in (card.sha256, f"{card.size_bytes:,}", *card.repeat, card.quantization.kind, "MNIST"):
        assert said in page
    assert f"Reads** {card.measured.test.accuracy:.2%}" in page


def test_the_accuracy_of_each_digit_comes_from_the_confusion(card: ModelCard) -> None:
    rows = tuple(tuple(3 if read == truth else int(read == 0) for read in range(10)) for truth in range(10))
    measured = card.measured._replace(confusion=rows)
    page = model_page([card._replace(measured=measured)])
    assert "| read right | 100.0% | 75.0% |" in page
    assert "1 read as 0 (1 times), 2 read as 0 (1 times)" in page


def test_the_page_says_of_what_the_threshold_is(card: ModelCard) -> None:
    plain, corrected = (model_page([card._replace(acceptance=AcceptanceRule(0.4, 1.2, none))]) for none in (0.0, -2.5))
    assert "temperature 1.2); below a confidence of\n  0.4" in plain
    assert "temperature 1.2, log odds of no digit -2.5); below evidence of\n  0.4" in corrected


def test_a_folder_s_page_leaves_a_damaged_card_out(exported: Path, tmp_path: Path) -> None:
    for name in ("tiny", "tiny-float32"):
        for suffix in (".tflite", ".json"):
            shutil.copy((exported / name).with_suffix(suffix), tmp_path)
    assert describe_models(tmp_path).count("\n## tiny") == 2
    (tmp_path / "tiny.json").write_text("{}")
    assert describe_models(tmp_path).count("\n## tiny") == 1


def test_an_export_leaves_the_page_of_its_folder(exported: Path) -> None:
    assert (exported / "README.md").read_text(encoding="utf-8") == describe_models(exported)
