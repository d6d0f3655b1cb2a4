"""First load and a day's files as a retailer grows: the demo, and ten times its sale lines.

In the simulator sales grow with stores times styles: scale 3.2 is ten times the demo.
"""

from __future__ import annotations

from bench import nightly

MONTHS = 27
SCALES = (1.0, 3.2)


def main(size: float) -> int:
    for scale in SCALES:
        nightly.main(size, MONTHS, scale, with_floor=False)
    return 0
