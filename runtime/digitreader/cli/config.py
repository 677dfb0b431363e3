"""`digitreader config`: the options that `digitreader read` would use, and where each comes from."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from digitreader.errors import UsageError

DESCRIPTION = """\
Print the options that `digitreader read` would use here, as a configuration file: from the command line, else from the
file, else the defaults. Options that read would refuse are refused. Possible secrets are replaced by a variable of the
environment, which read fills in: the path of a webhook's address, and the arguments of a command.

`digitreader config init` writes a file that explains every key.
"""

EXAMPLES = """\
examples:
  digitreader config                          what `digitreader read` would do here
  digitreader config --config cam.toml        the same with this file, which is checked
  digitreader config 0 --format jsonl > ~/.config/digitreader/config.toml
                                              begin a file
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments: those of `digitreader read`."""
    from digitreader.cli.read import add_arguments

    parser = subparsers.add_parser(
        "config",
        help="print the options that read has here, file and command line together",
        usage="%(prog)s [options] [SOURCE ...]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the options; `apply_config` has already checked that the file contains only options.

    Raises:
        UsageError: `digitreader read` would refuse an option, or ``init`` is misspelt.
        ModelFormatError: there is no such model.
    """
    import os
    import sys

    from digitreader.cli.config_arguments import NOT_SHOWN, settings_of, show
    from digitreader.cli.read import check_read_arguments, read_parser
    from digitreader.host.messages import print_info
    from digitreader.setup.config_file import places, read_config
    from digitreader.setup.references import VARIABLE

    _check_word(args.sources)
    check_read_arguments(args)
    table = read_config(args.config) if args.config else {}
    settings = settings_of(args.words, table, make=read_parser)
    shown = show(settings, file=args.config, looked_for=() if args.no_config else places(os.environ))
    print(shown)
    if NOT_SHOWN in shown and not sys.stdout.isatty():
        print_info(f"{NOT_SHOWN}: set ${VARIABLE} in the environment before it is read")
    return 0


def _check_word(sources: Sequence[str]) -> None:
    from digitreader.cli.parser import did_you_mean

    if len(sources) != 1 or Path(sources[0]).exists():
        return
    if (hint := did_you_mean(sources[0], ["init"])) and sources[0] != "init":
        raise UsageError(f"config {sources[0]}: there is no such file or command{hint}")
