"""Command line of the intake: python -m ingest --help lists the commands."""

import gc
import sys

from ingest.commands.cli import main

if __name__ == "__main__":
    code = main()
    gc.freeze()  # the last look through all objects takes longer than a small run
    sys.exit(code)
