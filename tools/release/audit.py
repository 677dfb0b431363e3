"""`make audit`: known vulnerabilities of what the locks install, by pip-audit.

Where its database cannot be reached pip-audit itself ends well and has looked at nothing. Here that is said, and with
--strict it fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
LOCKS = ("runtime", "full")


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known of a lock.

    Attributes:
        looked_at: how many packages the database has an answer for.
        vulnerable: package, version, the vulnerability's name and the versions that mend it.
        skipped: packages that it has no answer for.
    """

    looked_at: int
    vulnerable: tuple[str, ...]
    skipped: tuple[str, ...]


def audit_of(told: dict[str, Any]) -> Audit:
    """Understand what `pip-audit --format json` says."""
    rows = told["dependencies"]
    looked_at = [row for row in rows if "skip_reason" not in row]
    vulnerable = [
        f"{row['name']} {row['version']}: {each['id']}; mended in {', '.join(each['fix_versions']) or 'no version yet'}"
        for row in looked_at
        for each in row["vulns"]
    ]
    return Audit(len(looked_at), tuple(vulnerable), tuple(row["name"] for row in rows if "skip_reason" in row))


def ask(lock: str) -> tuple[Audit | None, str]:
    """Audit a lock; None and why where the database does not answer."""
    program = Path(sys.executable).parent / "pip-audit"
    if not program.exists():
        return None, "pip-audit is not installed beside this Python; run this by make audit, which installs it"
    options = ("--progress-spinner", "off", "--format", "json", "--no-deps", "--disable-pip", "--require-hashes")
    command = [str(program), *options, "--timeout", "20", "-r", str(REPOSITORY / "requirements" / f"{lock}.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return audit_of(json.loads(done.stdout)), ""
    except (ValueError, KeyError):
        return None, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def main(arguments: list[str] | None = None) -> int:
    """Audit the locks and say what is known.

    Returns:
        1 where something vulnerable is locked, or with --strict where something was not looked at.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail where the database has no answer")
    strict, status = parser.parse_args(arguments).strict, 0
    for lock in LOCKS:
        audit, why = ask(lock)
        if audit is None or not audit.looked_at:
            reason = why or "the database of PyPI cannot be reached from here: it has no answer for any package"
            print(f"requirements/{lock}.txt: NOT AUDITED: {reason}")
            status = max(status, int(strict))
            continue
        print(f"requirements/{lock}.txt: {audit.looked_at} packages looked at, {len(audit.vulnerable)} vulnerabilities")
        for line in audit.vulnerable:
            print(f"  {line}")
        if audit.skipped:
            print(f"  no answer for {', '.join(audit.skipped)}")
        status = max(status, int(bool(audit.vulnerable) or (strict and bool(audit.skipped))))
    return status


if __name__ == "__main__":
    raise SystemExit(main())
