"""`make mutants`: makes small errors in the code that finds and reads digits, one at a time, and runs the tests.

An error that a test notices is killed. One that survives shows code that no test describes, or that does nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from digitreader.host.progress import ProgressBar
from tools.commands import REPOSITORY, ToolError
from tools.mutants.mutants import Mutant, change, sample
from tools.mutants.reach import Reach, environment_for, measure, parts_around, stamp_of
from tools.mutants.server import Outcome, Server

PACKAGES = ("find", "model/glyph", "reading")
TESTS = REPOSITORY / "tests"
"""Its folders have the same names as the packages."""
CODE = REPOSITORY / "runtime" / "digitreader"
FOLDER = REPOSITORY / "out" / "mutants"
LONGEST_S = 60.0
LIMIT = (30.0, 5.0)
"""The time limit of a mutant: so many seconds, and so many times what its tests take without an error."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant.

    Attributes:
        package: one of `PACKAGES`.
        mutant: the error.
        before: the lines without it.
        after: the same lines with it.
        tests: how many tests were to find it.
        stamp: of the code and the tests.
    """

    package: str
    mutant: Mutant
    before: str
    after: str
    tests: int
    outcome: Outcome
    stamp: str


def main(arguments: list[str] | None = None) -> int:
    """Try mutants, and print how many of them the tests killed.

    Returns:
        1 if fewer are killed than `--least` asks for.
    """
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, metavar="N", help="try only N mutants of each package, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1, help="another number chooses other mutants (default: 1)")
    parser.add_argument("--package", choices=PACKAGES, action="append", help="only of this package; may be repeated")
    parser.add_argument("--again", action="store_true", help="try those that survived the last time")
    parser.add_argument(
        "--longest", type=float, default=LONGEST_S, metavar="S",
        help="for each mutant, run the quickest tests that reach it, of S seconds in all (default: %(default).0f)",
    )  # fmt: skip
    parser.add_argument(
        "--tests", type=Path, nargs="+", help="run only these files of tests (default: all of the packages)"
    )
    parser.add_argument("--least", type=float, default=0.0, metavar="PERCENT", help="fail if fewer are killed")
    parser.add_argument("--python", default=str(REPOSITORY / ".venv/bin/python"), help="runs the tests")
    args = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        tests = args.tests or sorted(each for name in PACKAGES for each in (TESTS / name).rglob("test_*.py"))
        results = list(try_all(args, measure(FOLDER, args.python, tests, CODE)))
    except ToolError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    print(table_of(results))
    return int(share_killed(results) < args.least)


def try_all(args: argparse.Namespace, reach: Reach) -> Iterator[Result]:
    """Try mutants; those that were tried before, with the same code and tests, are not tried again."""
    kept = FOLDER / "results.jsonl"
    before = read_results(kept)
    stamp = stamp_of([*sorted(CODE.rglob("*.py")), *sorted((REPOSITORY / "tests").rglob("*.py"))])
    done = {} if args.again else {each.mutant: each for each in before if each.stamp == stamp}
    survivors = {each.mutant for each in before if each.outcome == "survived"}
    chosen = [
        (package, mutant, code)
        for package in args.package or PACKAGES
        for mutant, code in sample(package, sources_of(package), count=args.count, seed=args.seed)
        if not args.again or mutant in survivors
    ]
    runtime = copied_runtime()
    with (
        started(args.python, reach, runtime) as server,
        kept.open("a") as file,
        ProgressBar("mutants", len(chosen)) as bar,
    ):
        for package, mutant, code in chosen:
            result = done.get(mutant)
            if result is None:
                tests = reach.of(mutant.path, parts_around(source_of(mutant), mutant.line), longest_s=args.longest)
                with in_place(mutant, code, runtime):
                    outcome = outcome_of(mutant, code, tests, server, limit_s=limit_of(tests, reach))
                result = Result(package, mutant, *change(source_of(mutant), code), len(tests), outcome, stamp)
                file.write(json.dumps(asdict(result)) + "\n")
                file.flush()
            bar.advance(note=f"{result.outcome}: {mutant.path}:{mutant.line}")
            yield result


@contextmanager
def started(python: str, reach: Reach, runtime: Path) -> Iterator[Server]:
    """A server that has loaded the tests.

    Raises:
        ToolError: tests fail without an error, too.
    """
    files, log = sorted({test.split("::")[0] for test in reach.seconds}), FOLDER / "pytest.log"
    with Server(python, files, environment=environment_for(runtime), folder=REPOSITORY, log=log) as server:
        quick = reach.quick()
        if server.run(quick, limit_s=limit_of(quick, reach)) != "survived":
            raise ToolError(f"the tests fail without an error, too: {log}")
        yield server


def outcome_of(mutant: Mutant, code: str, tests: list[str], server: Server, *, limit_s: float) -> Outcome:
    """Run tests with an error; it survives where there are none."""
    if not tests:
        return "survived"
    module = "digitreader." + mutant.path.removesuffix(".py").replace("/", ".")
    return server.run(tests, limit_s=limit_s, module=module, code=code)


def limit_of(tests: list[str], reach: Reach) -> float:
    """The time limit of some tests, in seconds."""
    least, times = LIMIT
    return least + times * sum(reach.seconds[each] for each in tests)


@contextmanager
def in_place(mutant: Mutant, code: str, runtime: Path) -> Iterator[None]:
    """The copy of the runtime has this error in this block."""
    place = runtime / "digitreader" / mutant.path
    for compiled in (place.parent / "__pycache__").glob(f"{place.stem}.*"):
        compiled.unlink()
    place.write_text(code)
    try:
        yield
    finally:
        place.write_text(source_of(mutant))


def copied_runtime() -> Path:
    """A copy of the runtime, in which the errors are made; the folder to import it from."""
    copy = FOLDER / "runtime"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(CODE, copy / "digitreader")
    (copy / "digitreader" / "models").symlink_to(REPOSITORY / "models")
    return copy


def source_of(mutant: Mutant) -> str:
    """The code of a mutant's file, without the error."""
    return (CODE / mutant.path).read_text()


def sources_of(package: str) -> dict[str, str]:
    """The code of the files of a package, by their paths from `runtime/digitreader`."""
    return {str(path.relative_to(CODE)): path.read_text() for path in sorted((CODE / package).glob("*.py"))}


def read_results(kept: Path) -> list[Result]:
    """What became of the mutants that were tried before, the last result of each."""
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    results = [Result(**each | {"mutant": Mutant(**each["mutant"])}) for each in lines]
    return list({each.mutant: each for each in results}.values())


def share_killed(results: Iterable[Result]) -> float:
    """The share of the mutants that was killed or stopped, in percent; 100 where there is none."""
    noticed = [each.outcome != "survived" for each in results]
    return 100 * sum(noticed) / len(noticed) if noticed else 100.0


def table_of(results: list[Result]) -> str:
    """How many mutants of each package were killed, and the change of each that was not."""
    lines = [f"{'package':<12} {'mutants':>8} {'killed':>7} {'timed out':>10} {'survived':>9} {'noticed':>9}"]
    for name in (*PACKAGES, "all"):
        part = [each for each in results if name in {each.package, "all"}]
        outcomes = Counter(each.outcome for each in part)
        counts = f"{len(part):>8} {outcomes['killed']:>7} {outcomes['timed out']:>10} {outcomes['survived']:>9}"
        lines.append(f"{name:<12} {counts} {share_killed(part):>7.1f} %")
    for each in results:
        if each.outcome == "survived":
            lines += ["", f"{each.mutant.path}:{each.mutant.line}  ({each.tests} tests reach it)"]
            lines += [f"  - {each.before}", f"  + {each.after}"]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
