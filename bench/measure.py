"""Time, processor time and peak memory of one piece of work in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baokuan.home import PROJECT

_CHILD = """
import importlib, json, resource, sys, time
module, function, arguments = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
work = getattr(importlib.import_module(module), function)
wall, cpu = time.perf_counter(), time.process_time()
answer = work(**arguments)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print("\\n" + json.dumps({"seconds": wall, "cpu": cpu, "peak_mb": peak, "answer": answer}))
"""


@dataclass(frozen=True)
class Measured:
    seconds: float
    cpu: float
    peak_mb: float
    answer: Any

    def line(self, title: str) -> str:
        return (
            f"  {title:34} {self.seconds:7.2f} s {self.cpu:7.2f} CPU-s {self.peak_mb:7.0f} MB peak"
        )


def measure(module: str, function: str, home: Path, **arguments: Any) -> Measured:
    """Call ``module.function(**arguments)`` in a fresh process; imports aren't counted."""
    environ = {**os.environ, "BAOKUAN_HOME": str(home), "BAOKUAN_CONFIG": str(home / "config")}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, module, function, json.dumps(arguments)],
        cwd=PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def ratio(ours: Measured, floor: Measured) -> str:
    time, cpu = ours.seconds / floor.seconds, ours.cpu / floor.cpu
    memory = ours.peak_mb / floor.peak_mb
    return (
        f"  ratio ours : floor = {time:.2f} in time, {cpu:.2f} in processor time, "
        f"{memory:.2f} in memory"
    )
