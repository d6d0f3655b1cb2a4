"""Command line of the intake: python -m ingest run | status | contracts | views | release."""

import sys

from ingest.cli import main

if __name__ == "__main__":
    sys.exit(main())
