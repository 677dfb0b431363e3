"""The arguments with which a command is told its configuration file, and what makes the file's options its own."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.config.places import find_config
from digitreader.talk import say

if TYPE_CHECKING:
    from digitreader.main import Parser

FILES = """\
A file in TOML with any of these options, named without their dashes, and the command line beats it:
  sources = [0]
  format = "jsonl"
  expect = ["digits=5", "increasing"]
Without --config it is looked for as ~/.config/digitreader/config.toml (or below $XDG_CONFIG_HOME), then as
/etc/digitreader/config.toml; the first that exists is read, and a line on stderr says so.
"""


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--config`` and ``--no-config``."""
    group = parser.add_argument_group("the configuration file", FILES)
    which = group.add_mutually_exclusive_group()
    which.add_argument("--config", type=Path, metavar="FILE", help="read the options that are not given here from FILE")
    which.add_argument("--no-config", action="store_true", help="read no configuration file")


def apply_config(args: argparse.Namespace, words: Sequence[str], make: Callable[[], Parser]) -> None:
    """Set what the configuration file says and the command line does not; `args.config` is the file that was read.

    Args:
        args: what the command line was parsed to.
        words: the command line, behind the command.
        make: makes the command's parser.

    Raises:
        ConfigError: the file cannot be read, or holds what is no option.
    """
    args.words = words
    if args.no_config:
        return
    if args.config is None:
        args.config = find_config(os.environ)
        if args.config is None:
            return
        say(f"settings from {args.config}; --no-config leaves them out")
    from digitreader.config.file import exposed_secrets, read_config
    from digitreader.config.layers import lay_over

    table = read_config(args.config)
    lay_over(args, words, table, make=make, path=args.config)
    for key in exposed_secrets(args.config, table):
        say(f"warning: {args.config}: {key} may hold a secret and everybody may read it; chmod 600 {args.config}")
