"""``python -m bench [--size 1.0] [--only NAME]``: prints the ratios of each bench.

``hits`` publishes five retailers and takes an hour: it runs only when it is named.
"""

from __future__ import annotations

import argparse
import importlib
import sys

BENCHES = ("ingest", "nightly", "queries", "hits")
LONG = ("hits",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="1.0 = a million receipt lines")
    parser.add_argument("--only", choices=BENCHES)
    wanted = parser.parse_args()
    codes = []
    for name in BENCHES:
        if wanted.only == name or (wanted.only is None and name not in LONG):
            print(f"── {name}", flush=True)
            codes.append(importlib.import_module(f"bench.{name}").main(wanted.size))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
