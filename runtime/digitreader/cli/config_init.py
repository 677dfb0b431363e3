"""`digitreader config init`: writes a configuration file that explains every key."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from textwrap import wrap

DESCRIPTION = """\
Write a configuration file that explains every option of `digitreader read`, with its default. Each line begins with #:
remove it from the keys that you want to set. Without FILE it is written where read looks for it; - is stdout.
"""

EXAMPLES = """\
examples:
  digitreader config init              ~/.config/digitreader/config.toml, or below $XDG_CONFIG_HOME
  digitreader config init cam.toml     for read --config cam.toml, or service install --config cam.toml
  digitreader config init - | less     look at it only
"""

HEAD = """\
# Every option of digitreader read, with its default or, if it has none, an example.
# Remove the # of a line to set it. Options on the command line come first. Check this file with: digitreader config
# "${NAME}" is filled in from the environment, as in source = "rtsp://eye:${CAMERA}@host/1", so that this file holds no
# secret. A broker's password may also stand in a file of its own: see password-file.
"""
WIDTH = 100
TITLES = {"positional arguments": "what to read", "options": "how to read it, and how to print it"}

EXAMPLE_VALUES = {
    "sources": "[0]",
    "expect": '["digits=5", "increasing"]',
    "output": '["events:log.jsonl", "mqtt://broker.local"]',
    "threshold": "0.9",
    "size": '"1280x720"',
    "region": '"100,80,400,200"',
    "keep": '"2G"',
    "web": '"8080"',
    "meter": '"water"',
    "state-class": '"total_increasing"',
    "precision": "3",
}
"""Examples for keys without a default, if the help's name of the value does not give one."""
EXAMPLES_BY_METAVAR = {"FILE": '"~/digitreader/{key}"', "DIR": '"out"', "FOLDER": '"out"', "NAME": '"{key}"'}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "config init",
        help="write a configuration file that explains every key",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("to", nargs="?", metavar="FILE", help="where to (default: where read looks for it)")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file.

    Raises:
        OutputError: the file exists, or its folder does not.
    """
    import os

    from digitreader.host.files import check_new_file, write_atomically
    from digitreader.host.messages import print_info
    from digitreader.setup.config_file import places

    text = reference_text()
    if args.to == "-":
        sys.stdout.write(text)
        return 0
    path = places(os.environ)[0] if args.to is None else Path(args.to).expanduser()
    if args.to is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    check_new_file(path, force=args.force)
    write_atomically(path, text.encode())
    path.chmod(0o600)  # the user may write a secret into it
    print_info(f"{path}: written; remove the # from the lines that you want to set, then run: digitreader config")
    return 0


def reference_text() -> str:
    """Every key of a configuration file, commented out, in the groups of read's help, with its meaning."""
    from digitreader.cli.config_arguments import keys_of, options_of
    from digitreader.cli.read import read_parser

    parser = read_parser()
    known = set(options_of(parser.actions()).values())
    parts, listed = [HEAD], set[str]()
    for title, _, actions in parser.grouped():
        entries = []
        for action in actions:
            if action in known and action.dest not in listed:  # --source is another name of sources
                listed.add(action.dest)
                entries.append(
                    [*_explained(action, parser.described(action)[1]), f"#{keys_of(action)[0]} = {_value_of(action)}"]
                )
        if entries:
            parts.append("\n\n".join([f"## {TITLES.get(title, title)}", *map("\n".join, entries)]) + "\n")
    return "\n\n".join(parts)


def _explained(action: argparse.Action, said: str) -> list[str]:
    said = said.replace("; see above", "; digitreader read --help lists all kinds")
    choices = f"; one of {', '.join(map(str, action.choices))}" if action.choices else ""
    example = "; not set, an example:" if action.default in (None, []) else ""
    text = f"{said}{choices}{example}"
    return [f"# {line}" for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _value_of(action: argparse.Action) -> str:
    """The default as TOML, or an example if there is none."""
    from digitreader.cli.config_arguments import keys_of, plain, toml_of

    key, metavar = keys_of(action)[0], str(action.metavar)
    if action.default not in (None, []):
        return toml_of(plain(action.default))
    return EXAMPLE_VALUES.get(key) or EXAMPLES_BY_METAVAR.get(metavar, "10").format(key=key)
