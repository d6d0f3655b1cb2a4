"""Loading the programs in ``scripts/``, which is no package, as modules."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from baokuan.home import PROJECT


def script(name: str) -> ModuleType:
    folder = str(PROJECT / "scripts")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)
