"""`digitreader serve`: serves the live page without a camera."""

from __future__ import annotations

import argparse
import threading

from digitreader.cli.arguments import add_model_arguments
from digitreader.cli.web_arguments import DEFAULT_ADDRESS, add_page_arguments, open_server
from digitreader.host.messages import print_info
from digitreader.host.process import Terminated, termination_raised

DESCRIPTION = """\
Serve the live page without a camera: draw a digit or drop a photograph and see each step of its reading, look into the
network, take the tour, and train the network in the browser. With a camera: digitreader read 0 --web 8080.
"""

EXAMPLES = """\
examples:
  digitreader serve                 http://127.0.0.1:8080/ on this computer
  digitreader serve 0.0.0.0:8080    for the whole network; a link with a pairing token is printed

exit status: 130 for Ctrl-C, 143 for SIGTERM, 2 for a wrong command line.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "serve", help="the live page without a camera", description=DESCRIPTION, epilog=EXAMPLES
    )
    parser.add_argument(
        "web", nargs="?", default=DEFAULT_ADDRESS, metavar="[HOST:]PORT", help="where (default: %(default)s)"
    )
    add_model_arguments(parser)
    add_page_arguments(parser.add_argument_group("the page"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve the page until it is interrupted.

    Raises:
        UsageError: the address is not valid.
        MissingExtraError: a package for the page is not installed.
        OutputError: the address cannot be listened on.
        ModelFormatError: there is no such model.
    """
    try:
        with termination_raised():
            return _run(args)
    except Terminated as end:
        print_info("terminated")
        return end.exit_status


def _run(args: argparse.Namespace) -> int:
    from digitreader.model.locate import locate_model

    locate_model(args.model)
    with open_server(args.web, args) as server:
        from digitreader.web.app import PageContext
        from digitreader.web.board import Board
        from digitreader.web.corrections import Corrections
        from digitreader.web.workbench import Workbench

        served = PageContext(
            name="",
            model=args.model,
            board=Board(),
            open_workbench=lambda: Workbench(args.model, args.engine),
            corrections=Corrections(args.corrections.expanduser()),
        )
        server.start(served)
        threading.Event().wait()
    return 0
