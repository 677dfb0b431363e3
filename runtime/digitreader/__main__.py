"""`python -m digitreader` is the command `digitreader`."""

import sys

from digitreader.main import main

if __name__ == "__main__":
    sys.exit(main())
