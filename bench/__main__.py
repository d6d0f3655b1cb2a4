"""``python -m bench [--size 1.0] [--only NAME]``: prints the ratios of each bench.

``growth`` takes half an hour, ``hits`` publishes five retailers and takes an hour, ``dashboards``
needs a browser and Superset: they run only when they are named.
"""

from __future__ import annotations

import argparse
import importlib
import sys

BENCHES = ("ingest", "nightly", "queries")
APART = ("growth", "hits", "dashboards")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="1.0 = a million receipt lines")
    parser.add_argument("--only", choices=(*BENCHES, *APART))
    wanted = parser.parse_args()
    codes = []
    for name in (*BENCHES, *APART):
        if wanted.only == name or (wanted.only is None and name in BENCHES):
            print(f"── {name}", flush=True)
            codes.append(importlib.import_module(f"bench.{name}").main(wanted.size))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
