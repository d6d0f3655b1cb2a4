"""Command line of the intake: python -m ingest --help lists the commands."""

import sys

from ingest.cli import main

if __name__ == "__main__":
    sys.exit(main())
