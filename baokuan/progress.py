"""How a long run tells where it is: one live line a step in a terminal, a line a step elsewhere.

Belongs here: what is shown and when. A step says where it is with ``at``, which costs nothing
worth mentioning and may be called from any thread. Rich is loaded for a terminal only.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, TextIO


class Progress(AbstractContextManager["Progress"]):
    """Tells of the steps of one run, one at a time.

    Args:
        out: where to; standard output by default.
        verbose: every detail as a line of its own, in a terminal too.
        quiet: nothing but what somebody must read.
    """

    def __init__(
        self, out: TextIO | None = None, verbose: bool = False, quiet: bool = False
    ) -> None:
        self.out = out or sys.stdout
        self.verbose, self.quiet = verbose, quiet
        self.is_live = self.out.isatty() and not verbose and not quiet
        self._guard = threading.RLock()
        self._live: Any = None
        self._step, self._where, self._now, self._began = "", "", "", 0.0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """A step that an exception ended leaves its last state behind, as a line."""
        with self._guard:
            if self._step:
                self.done("stopped")

    def __enter__(self) -> Self:
        return self

    def start(self, step: str) -> None:
        """A step begins."""
        with self._guard:
            self._step, self._where, self._now, self._began = step, "", "", time.monotonic()
            if self.is_live:
                self._open()
            else:
                self._print(f"  {step} …")

    def at(self, where: str, now: str = "") -> None:
        """Where the step is: ``87 of 190 models``, and what it does now. Shown live, or not."""
        with self._guard:
            self._where, self._now = where, now

    def detail(self, text: str) -> None:
        """A line for those who asked for every detail."""
        if self.verbose:
            self._print(f"    {text}")

    def say(self, text: str) -> None:
        """A line that stays, whoever reads."""
        if self._live is not None:
            self._live.console.print(text, markup=False, highlight=False, emoji=False)
        else:
            print(text, file=self.out, flush=True)

    def done(self, what: str = "done", seconds: float | None = None) -> None:
        """The step has ended: one line, with the time it took."""
        with self._guard:
            took = time.monotonic() - self._began if seconds is None else seconds
            self._close()
            step, self._step = self._step, ""
            if not self.quiet:
                print(f"  {step}: {what} in {took:.1f} s", file=self.out, flush=True)

    def line(self) -> str:
        """What the live line says just now."""
        where = f": {self._where}" if self._where else " …"
        now = f", now {self._now}" if self._now else ""
        return f"  {self._step}{where}, {time.monotonic() - self._began:.0f} s{now}"

    def _print(self, text: str) -> None:
        if not self.quiet:
            print(text, file=self.out, flush=True)

    def _open(self) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = Console(file=self.out, highlight=False)
        self._live = Live(
            get_renderable=lambda: Text(self.line(), no_wrap=True, overflow="ellipsis"),
            console=console,
            transient=True,
            redirect_stdout=self.out is sys.stdout,
            redirect_stderr=False,
        )
        self._live.start()

    def _close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
