"""The arguments of the live page."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import MissingExtraError, UsageError
from digitreader.host.distribution import install_extra

if TYPE_CHECKING:
    from digitreader.web.server import WebServer

WEB_MODULES = ("starlette", "uvicorn", "segno")
CORRECTIONS = Path("corrections")
DEFAULT_ADDRESS = "127.0.0.1:8080"

PAGE = """\
A page in the browser shows what the camera sees, what is read, and the neurons of the network at work. Without HOST
only this computer can open it. 0.0.0.0:8080 opens it to the network: then a link with a pairing token is printed (in a
terminal also as a QR code), and only browsers that opened this link get in. Needs: pip install ".[web]"
"""


def add_web_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--web`` and the other arguments of the page."""
    group = parser.add_argument_group("the live page", PAGE)
    group.add_argument("--web", metavar="[HOST:]PORT", help="serve the live page at this port, such as 8080")
    add_page_arguments(group)


def add_page_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare the arguments that `read --web` and `serve` share."""
    group.add_argument(
        "--corrections",
        type=Path,
        default=CORRECTIONS,
        metavar="DIR",
        help="folder for digits that were corrected on the page, for train --extra (default: %(default)s)",
    )
    group.add_argument(
        "--web-token-file",
        type=Path,
        metavar="FILE",
        help="keep the pairing token in this file, so that browsers stay paired when digitreader restarts; delete the "
        "file for a new token",
    )
    group.add_argument("--web-certificate", type=Path, metavar="FILE", help="serve the page with TLS: PEM, with chain")
    group.add_argument("--web-key", type=Path, metavar="FILE", help="the certificate's private key, in PEM")


def open_server(text: str, args: argparse.Namespace) -> WebServer:
    """Listen on the page's address; requests are not answered yet.

    Raises:
        UsageError: the address is not valid, or the certificate or its key is missing.
        MissingExtraError: a package for the page is not installed.
        OutputError: the address cannot be listened on, or the pairing token cannot be kept.
    """
    check_web_modules()
    if (args.web_certificate is None) != (args.web_key is None):
        raise UsageError("--web-certificate and --web-key belong together; give both")
    from digitreader.web.address import parse_web_address
    from digitreader.web.server import Certificate, WebServer

    certificate = None if args.web_key is None else Certificate(args.web_certificate, args.web_key)
    token_file = None if args.web_token_file is None else args.web_token_file.expanduser()
    return WebServer(parse_web_address(text), certificate, token_file=token_file)


def check_web_modules() -> None:
    """Check that the packages for the live page are installed.

    Raises:
        MissingExtraError: one of them is not installed.
    """
    missing = [module for module in WEB_MODULES if find_spec(module) is None]
    if missing:
        raise MissingExtraError(f"the page needs {missing[0]}, which is not installed; {install_extra('web')}")


def config_to_save_to(args: argparse.Namespace) -> Path | None:
    """The configuration file in which the page's settings are saved; None with ``--no-config``."""
    if args.no_config:
        return None
    if args.config is not None:
        return Path(args.config)
    from digitreader.setup.config_file import places

    return places(os.environ)[0]
