"""The configuration file: every option of `digitreader read` in TOML, checked by the command line's own parser."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

import pytest

from digitreader.cli.config_arguments import add_source_arguments, merge_file_options, options_of, settings_of
from digitreader.cli.main import main
from digitreader.cli.parser import Parser
from digitreader.cli.read import read_parser
from digitreader.setup.config_file import SYSTEM, places

from .conftest import Say


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, without a configuration."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("digitreader.setup.config_file.SYSTEM", tmp_path / "etc" / "config.toml")
    return tmp_path / "home"


def many_options() -> Parser:
    """A parser with an option of every kind."""
    parser = Parser(prog="digitreader read")
    add_source_arguments(parser)
    parser.add_argument("--format", choices=("text", "csv"), default="text")
    parser.add_argument("--expect", action="append", default=[])
    parser.add_argument("--rate", type=float)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--region", nargs=4, type=int)
    parser.add_argument("--tags", nargs="+")
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--retain", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("-v", "--verbose", action="count", default=0)
    rivals = parser.add_mutually_exclusive_group()
    rivals.add_argument("--exposure", type=float)
    rivals.add_argument("--auto-exposure", action="store_true")
    return parser


def taken(text: str, *words: str) -> dict[str, object]:
    """What the options are with this file and this command line."""
    args = many_options().parse_args(words)
    merge_file_options(args, words, tomllib.loads(text), make=many_options, path=Path("cam.toml"))
    return vars(args)


@pytest.mark.parametrize(
    ("line", "dest", "value"),
    [
        ("sources = [0, 'a.jpg', '-']", "sources", ["0", "a.jpg", "-"]),
        ("sources = 'demo'", "sources", ["demo"]),
        ("sources = 0", "sources", ["0"]),
        ("source = 0", "sources", ["0"]),
        ("source = [0, 'a.jpg', '-x']", "sources", ["0", "a.jpg", "-x"]),
        ("format = 'csv'", "format", "csv"),
        ("expect = ['digits=5', 'increasing']", "expect", ["digits=5", "increasing"]),
        ("expect = 'regex=-?[0-9]'", "expect", ["regex=-?[0-9]"]),
        ("rate = 7.5", "rate", 7.5),
        ("frames = -3", "frames", -3),
        ("to = '-out'", "to", Path("-out")),
        ("region = [1, 2, 3, 4]", "region", [1, 2, 3, 4]),
        ("window = true", "window", True),
        ("window = false", "window", False),
        ("retain = false", "retain", False),
        ("verbose = 2", "verbose", 2),
    ],
)
def test_an_option_of_every_kind_can_stand_in_the_file(line: str, dest: str, value: object) -> None:
    assert taken(line)[dest] == value


def test_an_option_that_takes_several_values_takes_no_source() -> None:
    told = taken("tags = ['a', 'b']\nsources = ['0']")
    assert (told["tags"], told["sources"]) == (["a", "b"], ["0"])


@pytest.mark.parametrize(
    ("line", "words", "dest", "value"),
    [
        ("sources = ['demo']", ["a.jpg"], "sources", ["a.jpg"]),
        ("format = 'csv'", ["--format", "text"], "format", "text"),
        ("expect = ['digits=5']", ["--expect", "digits=3"], "expect", ["digits=3"]),
        ("retain = false", ["--retain"], "retain", True),
        ("exposure = 3.0", ["--auto-exposure"], "exposure", None),
        ("sources = ['demo']", ["--source", "0"], "sources", ["0"]),
        ("source = ['demo']", ["a.jpg"], "sources", ["a.jpg"]),
    ],
)
def test_the_command_line_beats_the_file(line: str, words: list[str], dest: str, value: object) -> None:
    assert taken(line, *words)[dest] == value


def test_what_neither_says_keeps_its_default() -> None:
    assert taken("rate = 5", "a.jpg", "--window")["format"] == "text"


def test_a_home_in_a_path_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nest/pi")
    assert taken("to = '~/out'")["to"] == Path("/nest/pi/out")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("formt = 'csv'", "unknown key 'formt'; the nearest is 'format'"),
        ("max_rate = 3", "unknown key 'max_rate'; the nearest is 'rate'"),
        ("config = 'other.toml'", "unknown key 'config'; the nearest is"),
        ("no-retain = true", "unknown key 'no-retain'; the nearest is 'retain'"),
        ("[format]\nx = 1", "format: is a table; give text in quotes"),
        ("format = 'xml'", "format: 'xml' is not a choice; there are text, csv"),
        ("format = 5", "format: is 5; give text in quotes"),
        ("format = ['csv']", "format: is a list of 1; give one value, without brackets"),
        ("frames = 'many'", "frames: invalid int value: 'many'"),
        ("frames = 1.5", "frames: invalid int value: '1.5'"),
        ("frames = true", "frames: is true or false; give a number or text in quotes"),
        ("frames = 2026-01-01", "frames: is 2026-01-01; give a number or text in quotes"),
        ("region = [1, 2]", "region: expected 4 arguments"),
        ("window = 'yes'", "window: is text; give true or false, without quotes"),
        ("verbose = 'very'", "verbose: is text; give a whole number, without quotes"),
        ("sources = [['a.jpg']]", "sources: is a list; give a number or text in quotes"),
        ('sources = ["a\\u0000b"]', "sources: holds a zero byte"),
        ("to = '--'", "to: two dashes are not a value; write ./-- for a file of that name"),
        ("source = 0\nsources = ['a.jpg']", "source and sources: mean the same; write all sources in one of them"),
        ("exposure = 1\nauto-exposure = true", "auto-exposure: not allowed with argument --exposure"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_file_and_key(text: str, said: str) -> None:
    from digitreader.errors import ConfigError

    with pytest.raises(ConfigError) as refused:
        taken(text)
    assert str(refused.value).startswith(f"cam.toml: {said}")
    assert "\n" not in str(refused.value)


def test_every_option_of_read_is_a_key_but_those_of_the_file_itself() -> None:
    parser = read_parser()
    keys = options_of(parser.actions())
    options = {name for action in parser.actions() for name in action.option_strings if name.startswith("--")}
    missing = {name for name in options if name[2:] not in keys and name.replace("--no-", "") not in keys}
    assert missing == {"--help", "--version", "--config", "--no-config"}


def test_what_config_prints_is_a_file_that_says_the_same() -> None:
    from digitreader.cli.config_arguments import show

    text = 'sources = [0]\nexpect = ["digits=5"]\nrate = 2.5\nwindow = true\nto = "a\\"b\\\\c\\u007f"'
    once = settings_of(["--frames", "4"], tomllib.loads(text), make=many_options)
    again = settings_of([], tomllib.loads(show(once, file=None, looked_for=())), make=many_options)
    assert [(each.key, each.value) for each in again] == [(each.key, each.value) for each in once]


SAID_OF_ALL = {
    "sources": ["--", "0", "-", "--format=csv", "-x.jpg", 'a "b"\\c\u007f\n.jpg'],
    "format": ["--format", "csv"],
    "expect": ["--expect", "digits=5", "--expect", r"regex=\d+"],
    "model": ["--model", "./tiny.tflite"],
    "engine": ["--engine", "numpy"],
    "threshold": ["--threshold", "0.7"],
    "annotate": ["--annotate", "out/7"],
    "frames": ["--frames", "9" * 400],
    "activations": ["--activations"],
    "timestamps": ["--timestamps"],
    "watch": ["--watch"],
    "new-only": ["--new-only"],
    "recursive": ["--recursive"],
    "files-from": ["--files-from", "-"],
    "jobs": ["--jobs", "2"],
    "resume": ["--resume"],
    "real-time": ["--real-time"],
    "source": ["--source=-x", "--source=1", "--source", "${HOME}", "--source", "$${HOME}"],
    "size": ["--size", "1280x720"],
    "fps": ["--fps", "29.97"],
    "exposure": ["--exposure", "1e22"],
    "focus": ["--focus", "0"],
    "rotate": ["--rotate", "180"],
    "region": ["--region", "1,2,300,400"],
    "steady": ["--steady", "1e-7"],
    "patience": ["--patience", "2"],
    "give-up": ["--give-up", "60"],
    "wait-for-camera": ["--wait-for-camera"],
    "ca": ["--ca", "7"],
    "insecure": ["--insecure"],
    "output": ["--output", "csv:a.csv", "--output", "window"],
    "name": ["--name", "0"],
    "timeout": ["--timeout", "86400"],
    "queue": ["--queue", "20"],
    "keep": ["--keep", "5m"],
    "discovery": ["--discovery", ""],
    "meter": ["--meter", "heat"],
    "unit": ["--unit", "m³"],
    "device-class": ["--device-class", "energy"],
    "state-class": ["--state-class", "total"],
    "precision": ["--precision", "3"],
    "every": ["--every", "90s"],
    "make-folders": ["--make-folders"],
    "user": ["--user", "pi"],
    "password-file": ["--password-file=-secret"],
    "ca-file": ["--ca-file", "7"],
    "web": ["--web", "8080"],
    "corrections": ["--corrections", "8"],
    "history": ["--history", "8"],
    "web-token-file": ["--web-token-file", "11"],
    "web-certificate": ["--web-certificate", "9"],
    "web-key": ["--web-key", "10"],
    "verbose": ["--verbose"],
    "quiet": ["--quiet"],
}
"""For each option of read something that is not its default."""


@pytest.mark.parametrize("key", [*SAID_OF_ALL, "all of them"])
def test_every_option_is_printed_as_it_is_read_back(key: str) -> None:
    from digitreader.cli.config_arguments import show

    assert SAID_OF_ALL.keys() == options_of(read_parser().actions()).keys()
    # the sources, behind two dashes, go last
    words = SAID_OF_ALL.get(key) or [word for words in reversed(SAID_OF_ALL.values()) for word in words]
    told, again = read_parser().parse_args(words), read_parser().parse_args([])
    table = tomllib.loads(show(settings_of(words, {}, make=read_parser), file=None, looked_for=()))
    merge_file_options(again, [], table, make=read_parser, path=Path("cam.toml"))
    assert again == told


@pytest.mark.parametrize(
    ("written", "shown"),
    [("source = 0", "sources = 0  # file"), ("sources = [0, 'a.jpg']", 'sources = [0, "a.jpg"]  # file')],
)
def test_source_means_sources(written: str, shown: str, write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(write(written))]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("source")] == [shown]


def test_a_misspelt_init_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "int", "--no-config"]) == 2
    assert "config int: there is no such file or command; did you mean init?" in capsys.readouterr().err


def test_a_file_name_that_no_file_can_hold_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--no-config", "a\udcff.jpg"]) == 0
    printed = capsys.readouterr().out
    assert "# sources is not UTF-8 text, so no file can hold it; give it on the command line" in printed
    assert "sources" not in tomllib.loads(printed)


def test_config_says_who_said_so(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("format = 'csv'\nframes = 3\n")
    assert main(["config", "--config", str(path), "--frames", "4"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"# file: {path}"
    assert {'format = "csv"  # file', "frames = 4  # command line", 'model = "accurate"  # default'} <= set(told)


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        ("expect = ['digits=x']", "--expect 'digits=x': not understood", 2),
        ("output = ['mqtt://u:geheim@h']", "everyone who lists this computer's processes sees", 2),
        ("output = ['http://']", "a webhook's address is http://HOST/PATH", 2),
        ("output = ['jsn:x']", "--output jsn: there is no such output", 2),
        ("output = ['events:-']", "--output events:-: only --format writes to stdout; give the name of a file", 2),
        ("output = ['https://a/b', 'https://a/b']", "--output: the same webhook is named twice", 2),
        ('output = ["run:a \'b"]', "run:a: a quote is not closed", 2),
        ("sources = ['rtsp://h']\nfps = 5", "rtsp://h: --fps can be set only for a camera of this machine", 2),
        ("watch = true", "--watch needs one folder that exists", 2),
        ("model = 'nosuch'", "nosuch: no such model", 1),
    ],
)
def test_config_refuses_what_read_refuses(
    text: str, said: str, status: int, write: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(text)
    for command in ("config", "read"):
        # where a file has sources, read ends with its refusal before it opens them
        assert main([command, "--config", str(path)]) == status
        printed, said_of_it = capsys.readouterr()
        assert (printed, said_of_it.count("\n")) == ("", 1)
        assert said_of_it.startswith(f"digitreader: error: {said}")


def test_config_takes_programs_cameras_and_brokers_that_are_elsewhere(write: Say) -> None:
    path = write("sources = ['/dev/video99']\noutput = ['run:nosuchprogram', 'mqtts://host.invalid', 'csv:/nowhere/a']")
    assert main(["config", "--config", str(path)]) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"format = \n", "is not TOML: Invalid value (at line 1"),
        (b"format = 'csv'\nformat = 'text'\n", "is not TOML: Cannot overwrite a value (at line 2"),
        (b"format = '\xff'", "is not UTF-8 text (byte 10)"),
        (b"frames = " + b"9" * 5000, "holds a number with too many digits; give a smaller one"),
        (b"frames = 0x" + b"f" * 5000, "frames: the number has more than 64 bits; give a smaller one"),
        (b"x = " + b"[" * 3000, "has too many brackets inside brackets; a list is: key = [1, 2]"),
        (b"x" + b".x" * 3000 + b" = 1", "unknown key 'x'"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(
    content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cam.toml"
    if content is not None:
        path.write_bytes(content)
    assert main(["read", "demo", "--config", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"digitreader: error: {path}: {said}")


def test_the_mark_that_editors_of_windows_begin_a_file_with_is_no_part_of_it(write: Say) -> None:
    assert main(["config", "--config", str(write("\ufeffformat = 'csv'"))]) == 0


@pytest.mark.parametrize("source", ["--format=csv", "-x.jpg", "--", "-", "--help"])
def test_a_source_of_the_file_is_never_taken_for_an_option(source: str) -> None:
    assert taken(f"sources = ['{source}', '0']\ntags = ['a']") == {**taken("tags = ['a']"), "sources": [source, "0"]}


def test_the_users_own_file_is_found_and_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "digitreader" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("frames = 7", encoding="utf-8")
    assert main(["config"]) == 0
    said = capsys.readouterr()
    assert "frames = 7  # file" in said.out
    assert said.err == f"digitreader: settings from {path}; --no-config leaves them out\n"


def test_no_config_leaves_the_users_own_file_out(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "digitreader" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("nonsense = 7", encoding="utf-8")
    assert main(["config", "--no-config"]) == 0
    assert capsys.readouterr().err == ""


def test_the_users_place_comes_before_the_machines() -> None:
    own = "digitreader/config.toml"
    assert places({"HOME": "/nest/pi"})[0] == Path("/nest/pi/.config") / own
    assert places({"HOME": "/nest/pi", "XDG_CONFIG_HOME": "/x"})[0] == Path("/x") / own
    assert len(places({})) == 1
    assert str(SYSTEM) == "/etc/digitreader/config.toml"


def test_read_does_what_the_file_says(write: Say, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write("sources = ['missing.jpg']\nformat = 'jsonl'")
    assert main(["read", "--config", str(path)]) == 1
    assert '"source": "missing.jpg"' in capfd.readouterr().out
