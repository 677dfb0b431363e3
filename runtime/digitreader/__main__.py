"""`python -m digitreader` is the command `digitreader`."""

import sys

from digitreader.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
