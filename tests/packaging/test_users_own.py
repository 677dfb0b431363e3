"""The tests themselves: nothing that belongs to whoever runs them has a say in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_configuration_and_variables_of_the_user_change_no_test(repository: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "digitreader"
    own.mkdir(parents=True)
    (own / "config.toml").write_text("nonsense = 1")
    (tmp_path / "test_seen.py").write_text(
        "import os, subprocess, sys\n"
        "from digitreader.cli.main import main\n"
        "def test_seen(capfd):\n"
        "    assert [name for name in os.environ if name.startswith(('DIGITREADER_M', 'NOTIFY'))] == []\n"
        "    assert os.environ['DIGITREADER_GUI_PYTHON'] == 'kept'\n"
        "    assert main(['config']) == 0\n"
        "    subprocess.run([sys.executable, '-m', 'digitreader', 'config'], check=True)\n"
        "    assert capfd.readouterr().out.count('# file: none') == 2\n"
    )
    users = {"DIGITREADER_MQTT_USER": "me", "NOTIFY_SOCKET": "/nowhere", "DIGITREADER_GUI_PYTHON": "kept"}
    conftest = f"--confcutdir={repository / 'tests'}", "-p", "tests.conftest"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *conftest, tmp_path / "test_seen.py"],
        cwd=repository,
        env={**os.environ, **users, "XDG_CONFIG_HOME": str(own.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
