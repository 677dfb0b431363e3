"""The library compiled for a Cortex-M4, weighed, and run on an emulated one."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from digitreader.cli.export_c import source_of
from digitreader_export.c99 import write_library
from digitreader_export.c99.library import source_files

BOARD = Path(__file__).with_name("cortex_m")
GCC, QEMU = "arm-none-eabi-gcc", "qemu-system-arm"
CPU = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")
MODELS = ("tiny", "small", "accurate")

pytestmark = pytest.mark.skipif(
    shutil.which(GCC) is None, reason=f"no {GCC} here; on Debian, install gcc-arm-none-eabi and libnewlib-arm-none-eabi"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shipped models as one library."""
    folder = tmp_path_factory.mktemp("library")
    write_library([source_of(model) for model in MODELS], folder)
    return folder


@pytest.fixture(scope="module")
def weighing(repository: Path) -> ModuleType:
    """docs/microcontroller.py."""
    place = repository / "docs" / "microcontroller.py"
    spec = importlib.util.spec_from_file_location("microcontroller", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_of_it_compiles_for_a_cortex_m4_without_a_warning(library: Path, tmp_path: Path) -> None:
    sources = [str(path) for path in sorted(library.rglob("*.c"))]
    command = [GCC, *CPU, "-std=c99", "-O1", *STRICT, f"-I{library / 'src'}", "-c", *sources]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert len(list(tmp_path.glob("*.o"))) == 1 + 4 * len(MODELS)


@pytest.mark.skipif(shutil.which(QEMU) is None, reason=f"no {QEMU} here; on Debian, install qemu-system-arm")
@pytest.mark.parametrize(
    ("model", "options"), [("tiny", ("-Os", "-std=c99")), ("tiny", ("-O3", "-std=gnu11")), ("small", ("-O2",))]
)
def test_its_self_test_passes_on_an_emulated_cortex_m4(
    model: str, options: tuple[str, ...], library: Path, tmp_path: Path
) -> None:
    sources = [*source_files(model), f"examples/{model}_self_test/{model}_golden.c"]
    start = ("--specs=rdimon.specs", "-nostartfiles", "-T", BOARD / "memory.ld", BOARD / "start.c")
    program = tmp_path / "self-test.elf"
    subprocess.run([GCC, *CPU, *options, *start, "-Isrc", *sources, "-lm", "-o", program], cwd=library, check=True)
    emulator = [QEMU, "-M", "mps2-an386", "-nographic", "-semihosting-config", "enable=on,target=native", "-kernel"]
    ran = subprocess.run([*emulator, program], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert "FAIL" not in ran.stdout
    assert ran.stdout.endswith("25 of 25 golden inks pass\n"), ran.stdout + ran.stderr
    assert ran.returncode == 0


@pytest.mark.parametrize("model", MODELS)
def test_flash_and_ram_are_those_of_the_document(model: str, weighing: ModuleType, repository: Path) -> None:
    text = (repository / "docs" / "microcontroller.md").read_text(encoding="utf-8")
    if weighing.compiler() not in text:
        pytest.skip(f"the document was measured with another compiler than {weighing.compiler()}")
    assert weighing.row(model, weighing.measure(model)) in text
