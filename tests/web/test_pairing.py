"""The pairing token of the page, kept over restarts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digitreader.errors import OutputError
from digitreader.web.pairing import kept_token, new_token

from .conftest import OpenSite

EVERYWHERE = "0.0.0.0"  # noqa: S104 # what is tested


def test_a_browser_stays_paired_over_a_restart_if_the_token_is_kept(open_site: OpenSite, tmp_path: Path) -> None:
    file = tmp_path / "token"
    first = open_site(EVERYWHERE, token_file=file)
    paired = first.ask(f"/?{first.server.link.partition('?')[2]}")
    cookie = paired.headers["set-cookie"]
    assert "Max-Age=31536000" in cookie
    first.server.close()
    again = open_site(EVERYWHERE, token_file=file)
    assert again.ask("/api/state", headers={"Cookie": cookie.partition(";")[0]}).status == 200
    file.unlink()
    renewed = open_site(EVERYWHERE, token_file=file)
    assert renewed.ask("/api/state", headers={"Cookie": cookie.partition(";")[0]}).status == 401


def test_a_token_that_is_not_kept_is_forgotten_with_the_browser(open_site: OpenSite) -> None:
    site = open_site(EVERYWHERE)
    assert "Max-Age" not in site.ask(f"/?{site.server.link.partition('?')[2]}").headers["set-cookie"]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "token"
    token = kept_token(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept_token(file) == token != new_token()
    file.chmod(0o640)
    with pytest.raises(OutputError, match=rf"{re.escape(str(file))}: others can read .*chmod 600"):
        kept_token(file)


@pytest.mark.parametrize("content", [b"", b"short", b"with a space in it and long", b"\xff" * 30, b"a" * 5000])
def test_what_is_no_token_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(OutputError, match=r"holds no pairing token; delete it|cannot be kept there"):
        kept_token(file)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"nowhere/token: the pairing token cannot be kept there \(No such file"):
        kept_token(tmp_path / "nowhere" / "token")
