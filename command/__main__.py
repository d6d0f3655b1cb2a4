"""``python -m command``, installed as ``.venv/bin/baokuan``: one command for everything."""

import gc
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
if str(PROJECT) not in sys.path:  # started as a folder, from anywhere
    sys.path.insert(0, str(PROJECT))

from command.front import main  # noqa: E402

if __name__ == "__main__":
    code = main()
    gc.freeze()  # looking once more through half a million objects would take two seconds
    sys.exit(code)
