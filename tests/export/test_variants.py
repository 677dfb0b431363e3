"""Every variant: converted from a run of a few seconds, read back, and what it promises of its weights."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.cli.arguments import run_and_variants
from digitreader.cli.main import build_parser
from digitreader.errors import OutputError, UsageError
from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.data.glyphs import normalise_images
from digitreader.model import load_model
from digitreader.model.card import FACTS, ModelCard, ModelFacts
from digitreader.model.engine import make_engine
from digitreader.model.engine.engine import pixel_table
from digitreader.model.engine.integer_arithmetic import Rounding
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.tflite.graph import Tensor
from digitreader.model.tflite.metadata import find_metadata
from digitreader.model.tflite.read import read_graph
from digitreader.values import Glyphs
from digitreader_export.export import ExportSettings, export_run
from digitreader_export.package import short_name
from digitreader_export.settings import VariantSettings
from digitreader_export.variants import VARIANTS

Run = Callable[..., Any]

FULL_INTEGER = ("int8", "uint8", "int16x8", "qat", "pruned", "clustered", "pqat", "cqat")

CHOICES = VariantSettings(sparsity=0.6, clusters=8, calibration=20)


@pytest.fixture(scope="module")
def folder(trained_run: Path, drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All variants of the drawn run."""
    out = tmp_path_factory.mktemp("variants")
    export_run(ExportSettings(trained_run, out, drawn_place, tuple(VARIANTS), CHOICES), say=lambda _: None)
    return out


def read_card(folder: Path, variant: str) -> ModelCard:
    path = folder / f"tiny-{variant}.json"
    return ModelCard.from_bytes(path.read_bytes(), str(path))


def weights(folder: Path, variant: str) -> list[Tensor]:
    content = (folder / f"tiny-{variant}.tflite").read_bytes()
    tensors = [tensor for tensor in read_graph(content, variant).tensors if tensor.data is not None]
    return sorted((tensor for tensor in tensors if len(tensor.shape) == 2), key=lambda tensor: tensor.shape)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_loaded_and_reads_the_digits(folder: Path, drawn_place: DataPlace, variant: str) -> None:
    assert drawn_place.folder is not None
    model = load_model(str(folder / f"tiny-{variant}.tflite"))
    images = np.fromfile(drawn_place.folder / "t10k-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 40, 36)
    labels = np.fromfile(drawn_place.folder / "t10k-labels-idx1-ubyte", np.uint8, offset=8)
    read = model.activations(normalise_images(images, label="test")[0]).argmax(axis=1)
    card = read_card(folder, variant)
    assert (read == labels).mean() == pytest.approx(card.measured.test.accuracy, abs=1e-6)
    # the drawn digits are easy; half of the weights gone or shared costs a network on pixels a tenth of them
    assert card.measured.test.accuracy >= (0.85 if VARIANTS[variant].may_lose else 0.97)


@pytest.mark.parametrize(
    ("variant", "given", "gives"),
    [
        ("float32", "float32", "float32"),
        ("float16", "float32", "float32"),
        ("dynamic", "float32", "float32"),
        ("int8", "int8", "int8"),
        ("uint8", "uint8", "uint8"),
        ("int16x8", "int16", "int16"),
        *((name, "uint8", "int8") for name in ("qat", "pruned", "clustered", "pqat", "cqat")),
    ],
)
def test_a_variant_takes_and_gives_its_own_numbers(folder: Path, variant: str, given: str, gives: str) -> None:
    quantization = read_card(folder, variant).quantization
    assert (quantization.input.dtype, quantization.output.dtype) == (given, gives)
    assert quantization.variant == variant


@pytest.mark.parametrize("variant", ["uint8", "qat", "pruned", "clustered", "pqat", "cqat"])
def test_raw_pixels_go_in_as_they_are(folder: Path, variant: str) -> None:
    form = read_card(folder, variant).quantization.input
    assert (form.scale, form.zero_point) == (float(np.float32(1 / 255)), 0)


@pytest.mark.parametrize("variant", FULL_INTEGER)
def test_a_full_integer_variant_holds_no_float(folder: Path, variant: str) -> None:
    graph = read_graph((folder / f"tiny-{variant}.tflite").read_bytes(), variant)
    assert "float32" not in {tensor.dtype for tensor in graph.tensors}


@pytest.fixture(scope="module")
def test_glyphs(mnist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Glyphs:
    """MNIST's test images as the network sees them."""
    digits = find_mnist(DataPlace(mnist_dir, tmp_path_factory.mktemp("cache"))).read("test")
    return normalise_images(digits.images, label="test")[0]


@pytest.mark.parametrize("variant", FULL_INTEGER)
@pytest.mark.parametrize(("rounding", "kernels"), [("default", "AUTO"), ("reference", "BUILTIN_REF")])
def test_numpy_gives_the_integers_of_litert_on_all_test_digits(
    folder: Path, test_glyphs: Glyphs, variant: str, rounding: Rounding, kernels: str
) -> None:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    content = (folder / f"tiny-{variant}.tflite").read_bytes()
    resolver = getattr(OpResolverType, kernels)
    interpreter = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=resolver)
    (given,), (gives,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], test_glyphs.shape)
    interpreter.allocate_tensors()
    engine = NumpyEngine(content, variant, rounding=rounding)
    interpreter.set_tensor(given["index"], pixel_table(engine.input)[test_glyphs])
    interpreter.invoke()
    assert len(test_glyphs) == 10_000
    np.testing.assert_array_equal(engine.integers(test_glyphs), interpreter.get_tensor(gives["index"]))


@pytest.mark.parametrize("variant", ["pruned", "pqat"])
def test_pruning_leaves_the_chosen_share_of_zeros_in_each_layer(folder: Path, variant: str) -> None:
    for layer in weights(folder, variant):
        assert layer.data is not None
        # rounding to 8 bits turns some small weights into zeros as well
        assert (layer.data == 0).mean() >= CHOICES.sparsity - 0.01
    unpruned = weights(folder, "qat")[0].data
    assert unpruned is not None
    assert (unpruned == 0).mean() < CHOICES.sparsity / 2


@pytest.mark.parametrize("variant", ["cqat"])
def test_clustering_leaves_few_different_weights_in_each_layer(folder: Path, variant: str) -> None:
    for layer in weights(folder, variant):
        assert layer.data is not None
        assert len(np.unique(layer.data)) <= CHOICES.clusters


def test_a_clustered_layer_calibrated_by_channel_has_as_few_in_each_channel(folder: Path) -> None:
    for layer in weights(folder, "clustered"):
        assert layer.data is not None
        assert max(len(np.unique(row)) for row in layer.data) <= CHOICES.clusters


def test_the_card_keeps_the_choices_and_how_to_repeat_them(folder: Path) -> None:
    card = read_card(folder, "pqat")
    assert card.quantization.settings == {"sparsity": 0.6, "schedule": "gradual"}
    assert card.repeat[1] == "digitreader export tiny --variant pqat --sparsity 0.6 --any-digits"


def test_one_variant_alone_gives_the_bytes_that_it_has_among_all(
    folder: Path, trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    export_run(ExportSettings(trained_run, tmp_path, drawn_place, ("cqat", "pruned"), CHOICES), say=lambda _: None)
    for name in ("tiny-cqat.tflite", "tiny-cqat.json", "tiny-pruned.tflite", "tiny-pruned.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_card_and_the_file_say_the_same(folder: Path, variant: str) -> None:
    content = (folder / f"tiny-{variant}.tflite").read_bytes()
    facts = ModelFacts.from_bytes(content[find_metadata(content, variant)[FACTS]], variant)
    assert facts.to_bytes() == read_card(folder, variant).facts().to_bytes()
    assert facts.name == f"tiny-{variant}"


def test_sealing_changes_no_answer(folder: Path) -> None:
    from digitreader_export.package import seal_model

    content = (folder / "tiny-int16x8.tflite").read_bytes()
    again = seal_model(content, read_card(folder, "float32").facts())
    glyphs = np.random.default_rng(1).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    before, after = (make_engine(each, "int16x8").integers(glyphs) for each in (content, again))
    np.testing.assert_array_equal(before, after)


def test_the_weights_lie_in_the_file_where_processors_want_them(folder: Path) -> None:
    content = (folder / "tiny-int16x8.tflite").read_bytes()
    for tensor in read_graph(content, "int16x8").tensors:
        if tensor.data is not None:
            at = tensor.data.__array_interface__["data"][0] - np.frombuffer(content, np.uint8).ctypes.data
            assert at % 16 == 0


def test_a_tensor_keeps_the_first_of_its_names() -> None:
    assert short_name("tiny_logits/hidden_1/MatMul;tiny_logits/hidden_1/Relu") == "hidden_1/MatMul"
    assert short_name("net/quant_digits/LastValueQuant/FakeQuantWithMinMaxVars") == "quant_digits/LastValueQuant"
    assert short_name("glyph") == "glyph"


@pytest.mark.parametrize("sparsity", [-0.5, 0.0, 1.0, 1.5, float("nan")])
def test_a_sparsity_outside_of_its_range_is_refused(sparsity: float) -> None:
    with pytest.raises(UsageError, match="give a share between 0 and 1"):
        VariantSettings(sparsity=sparsity)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--variant", "int4"), "int4: no such variant; choose from float32, float16"),
        (
            ("--variant", "pruned", "--sparsity", "1.2"),
            "a sparsity of 1.2 is not possible; give a share between 0 and 1",
        ),
        (("--variant", "cqat", "--clusters", "1"), "1 clusters are not possible; give 2 to 256"),
        (
            ("--variant", "float16", "int16x8", "--c", "firmware"),
            "--c: float16 int16x8 cannot be written as C without floats",
        ),
        (("--variant", "int8", "--calibration", "2"), "a calibration set of 2 glyphs of each kind is too small"),
    ],
)
def test_what_cannot_be_had_is_one_clear_line(digitreader: Run, options: tuple[str, ...], says: str) -> None:
    ran = digitreader("export", "nowhere", *options)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err


def test_a_run_of_another_recipe_is_one_clear_line(digitreader: Run, trained_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for file in ("weights.npz", "run.json"):
        (run / file).write_bytes((trained_run / file).read_bytes())
    record = json.loads((run / "run.json").read_text())
    record["recipe"]["hidden"] = [32, 16]
    (run / "run.json").write_text(json.dumps(record))
    ran = digitreader("export", run)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "need {'hidden_1.kernel': (784, 32)" in ran.err


def test_a_disk_that_fills_up_leaves_no_half_written_model(
    folder: Path, trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "tiny-int8.tflite").write_bytes(b"older")
    # the kernel lets no file grow beyond this, and Python ignores its signal: writing fails half way
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "tiny-int8.tflite").stat().st_size // 2, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"cannot be written \(File too large\), and no file is left half"):
            export_run(ExportSettings(trained_run, out, drawn_place, ("int8",)), say=lambda _: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(path.name, path.read_bytes()) for path in out.iterdir()] == [("tiny-int8.tflite", b"older")]


@pytest.mark.parametrize(
    "arguments",
    [["RUN", "--variant", "int8", "qat"], ["--variant", "int8", "qat", "RUN"], ["RUN", "--variant", "int8,qat"]],
)
def test_the_run_may_stand_before_and_behind_its_variants(arguments: list[str]) -> None:
    for command in ("export", "compare"):
        args = build_parser([command]).parse_args([command, *arguments])
        assert run_and_variants(args) == (Path("RUN"), ("int8", "qat"))


@pytest.mark.parametrize("arguments", [[], ["--variant", "int8"]])
def test_without_a_run_it_is_that_of_the_network_that_is_explained(arguments: list[str]) -> None:
    for command in ("export", "compare"):
        args = build_parser([command]).parse_args([command, *arguments])
        assert run_and_variants(args)[0] == Path("runs/tiny")


def test_a_run_that_is_not_there_is_one_clear_line(
    digitreader: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = digitreader("export")
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "runs/tiny" in ran.err
    assert "digitreader train" in ran.err
