"""Writes export files and tells of every physical row that goes into them.

What belongs here: names, encodings, formats, duplicates, held-back files. What does not: what the
rows say, and what mess they carry.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from simulator.exports.headers import HEADERS
from simulator.exports.keys import KEYS
from simulator.exports.workbook import Book
from simulator.world import hashing, mess
from simulator.world.settings import Settings
from simulator.world.windows import Sending, Windows, sending

PLATFORM_TEXT = {"tmall": "天猫", "jd": "京东", "miniapp": "小程序"}
YES, NO = "是", "否"
HELD_FEEDS = ("pos_receipt", "pos_receipt_line")


def key_text(feed: str, frame: pl.DataFrame) -> pl.Series:
    """Key columns joined by '|': dates as ISO, codes canonical, blanks empty."""
    columns = [
        (
            pl.col(n).dt.strftime("%Y-%m-%d")
            if frame.schema[n] == pl.Date
            else pl.col(n).cast(pl.String)
        ).fill_null("")
        for n in KEYS[feed]
    ]
    return frame.select(pl.concat_str(columns, separator="|").alias("key")).to_series()


@dataclass(frozen=True)
class Sent:
    """The rows of one file, in their order. ``file`` is empty for rows that are still to come;
    a higher ``order`` came later. ``keys`` has key, bad."""

    feed: str
    file: str
    keys: pl.DataFrame
    order: int
    held: bool


class Sink:
    """Where rows go: files below ``settings.out``, and word of them to ``told``, feed by feed."""

    def __init__(
        self,
        settings: Settings,
        windows: Windows,
        progress: Callable[[str], None],
        held: set[tuple[str, str]],
        released: set[tuple[str, str]],
        told: Callable[[list[Sent]], None],
    ) -> None:
        self.settings, self.windows, self.progress = settings, windows, progress
        self.held, self.released = held, released
        self._told, self._sent = told, list[Sent]()
        self.kept: dict[str, pl.DataFrame] = {}  # what was emitted, where more is made of it
        self.files = 0
        self.bytes = 0
        self._made: set[Path] = set()

    def wanted(self, window: int) -> bool:
        """Whether this run writes the window's files: all of history, or only the days after."""
        return self.windows.all[window].after_base == (self.settings.days_after > 0)

    def emit(
        self,
        feed: str,
        frame: pl.DataFrame | Sending,
        mode: str = "delta",
        ext: str = "csv",
        by_store: bool = False,
        overlap: bool = False,
        expected: dict[int, set[str]] | None = None,
    ) -> None:
        """Write a feed's rows, one file a window (and store, for daily POS files).

        The rows have the canonical columns, ``_win``, and may have ``_bad`` (key lost), ``_store``.
        ``expected``: stores whose daily file exists even without a row, by window.
        """
        going = sending(frame) if isinstance(frame, pl.DataFrame) else frame
        if self.settings.more:
            self.kept[feed] = going.all()
        before: tuple[int, pl.DataFrame] | None = None
        for number, rows in going.by_window():
            if "_bad" not in rows.columns:
                rows = rows.with_columns(pl.lit(False).alias("_bad"))
            rows = rows.with_columns(key_text(feed, rows).alias("_key"))
            if number < 0:
                self._note(feed, "", rows, 0, True)
                continue
            info = self.windows.all[number]
            last, before = before, (number, rows) if overlap else None
            if info.daily and number % 4 == 2 and last and last[0] == number - 1:
                rows = pl.concat([rows, last[1].join(rows, on="_key", how="anti")])
            if by_store and info.daily:
                by_code = {
                    str(code): piece
                    for (code,), piece in rows.partition_by(
                        "_store", as_dict=True, maintain_order=True
                    ).items()
                }
                for code in sorted(by_code | dict.fromkeys((expected or {}).get(number, ()))):
                    piece = by_code.get(code, rows.head(0))
                    self.put(feed, mode, ext, number, code, piece, int(code[1:]))
            else:
                self.put(feed, mode, ext, number, "1", rows, 0)
            if hashing.uniform(self.settings.seed, f"twice {feed}", number)[0] < 0.06 and (
                mode == "delta" and not (by_store and info.daily)
            ):
                self.put(feed, mode, ext, number, "2", rows, 0, twice=True)
        self.progress(f"{feed}: {len(going.window):,} rows")
        self.tell()

    def put(
        self,
        feed: str,
        mode: str,
        ext: str,
        window: int,
        seq: str,
        rows: pl.DataFrame,
        part: int,
        twice: bool = False,
        stamp: str = "",
    ) -> None:
        """Write one file (or only note its rows, when it is held back or belongs to history)."""
        system, entity = feed.split("_", 1)
        stamp = stamp or self.windows.all[window].stamp
        name = f"{system}/{system}_{entity}_{mode}_{stamp}_{seq}.{ext}"
        held = (seq, stamp) in self.held and feed in HELD_FEEDS
        self._note(feed, name, rows, window * 10 + (3 if twice else 5), held)
        late = (seq, stamp) in self.released and feed in HELD_FEEDS
        if held or not (self.wanted(window) or late):
            return
        self._write(self.settings.out / name, feed, ext, window, part, rows)

    def _note(self, feed: str, name: str, rows: pl.DataFrame, order: int, held: bool) -> None:
        keys = rows.select(pl.col("_key").alias("key"), pl.col("_bad").alias("bad"))
        self._sent.append(Sent(feed, name, keys, order, held))

    def tell(self) -> None:
        """Hand on what was sent; call it when nothing of these feeds is to follow."""
        sent, self._sent = self._sent, []
        self._told(sent)

    def _write(
        self, path: Path, feed: str, ext: str, window: int, part: int, rows: pl.DataFrame
    ) -> None:
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        headers = HEADERS[feed]
        if "platform" in rows.columns and ext == "csv":
            rows = rows.with_columns(pl.col("platform").replace(PLATFORM_TEXT))
        flags = [n for n, t in rows.schema.items() if t == pl.Boolean and not n.startswith("_")]
        rows = rows.with_columns(
            pl.when(pl.col(n)).then(pl.lit(YES)).when(~pl.col(n)).then(pl.lit(NO)).alias(n)
            for n in flags
        )
        if ext == "csv":
            rows = mess.apply(self.settings.seed, feed, window, part, rows)
        rows = rows.select(pl.col(c).alias(h) for c, h in headers.items())
        if ext == "jsonl":
            rows.write_ndjson(path)
        elif ext == "xlsx":
            sums = {
                n: float(rows[n].sum())
                for n, t in rows.schema.items()
                if t.is_integer() and n in ("首铺量", "月产能")
            }
            with Book(path, streamed=True) as book:
                book.table("Sheet1", f"{path.stem} 导出", rows, sums)
        else:
            self._write_csv(path, feed, window, part, rows)
        self.files += 1
        self.bytes += path.stat().st_size

    def _write_csv(self, path: Path, feed: str, window: int, part: int, rows: pl.DataFrame) -> None:
        buffer = io.BytesIO()
        rows.write_csv(
            buffer, include_header=False, float_precision=2, datetime_format="%Y-%m-%d %H:%M:%S"
        )
        body = buffer.getvalue()
        header = (",".join(rows.columns) + "\n").encode()
        encoding = self._encoding(feed, window, part)
        if encoding == "gb18030":
            header = header.decode().encode("gb18030")
            body = body if body.isascii() else body.decode().encode("gb18030")
        path.write_bytes((b"\xef\xbb\xbf" if encoding == "bom" else b"") + header + body)

    @staticmethod
    def _encoding(feed: str, window: int, part: int) -> str:
        system = feed.split("_", 1)[0]
        if system in ("erp", "crm"):
            return "gb18030"
        if system == "pos":
            return ("utf-8", "bom", "gb18030", "utf-8")[(window if part == 0 else part) % 4]
        return "bom" if window % 5 == 3 else "utf-8"
