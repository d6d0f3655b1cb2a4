"""A large text file as a series of blocks of whole lines, decoded as it is read.

Belongs here: reading, unpacking and cutting. What lines mean does not.
"""

from __future__ import annotations

import codecs
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ingest.read import encoding
from ingest.read.encoding import Block, Coded
from ingest.read.records import LONGEST_RECORD

BLOCK_BYTES = 16_000_000


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def detect(path: Path) -> str:
    """Encoding by the first part of the file that is not plain ASCII."""
    with _open(path) as file:
        first = True
        while piece := file.read(BLOCK_BYTES):
            if not piece.isascii() or (first and piece.count(0)):
                end = piece.rfind(b"\n") + 1 or len(piece)
                start = 0 if first else piece.find(b"\n") + 1
                return encoding.detect(piece[start:end], whole=False)
            first = False
    return "utf-8"


def blocks(path: Path, name: str) -> Iterator[Block]:
    """The file's lines in blocks.

    Raises:
        BlockedError: too much of a block cannot be decoded.
    """
    for part in coded_blocks(path, name):
        yield part.block() if isinstance(part, Coded) else part


def coded_blocks(path: Path, name: str) -> Iterator[Block | Coded]:
    """The file's lines in blocks; those in GB18030 but the first are left as they are.

    Raises:
        BlockedError: too much of a block cannot be decoded.
    """
    if name.startswith(("utf-16", "utf-32")):
        yield from _wide_blocks(path, name)
        return
    line, offset, rest = 1, 0, b""
    with _open(path) as file:
        while True:
            piece = file.read(BLOCK_BYTES)
            content = rest + piece if rest else piece
            if len(piece) < BLOCK_BYTES:  # the end
                if content:
                    yield encoding.block(content, name, line, offset)
                return
            cut = _cut(content)
            if cut == 0:
                rest = content
                continue
            rest = content[cut:]
            if rest and isinstance(file, io.BufferedReader):
                file.seek(-len(rest), io.SEEK_CUR)  # cheaper than joining the rest to what follows
                rest = b""
            coded = Coded(content[:cut], line, name, offset)
            block = coded if name == "gb18030" and line > 1 else coded.block()
            offset += cut
            line += block.lines
            yield block


def _cut(content: bytes) -> int:
    """Where to cut: after the last line end that does not seem to be inside quotes."""
    last = content.rfind(b"\n") + 1
    if not last:
        return 0
    quotes = encoding.count_of(content, b'"') - content.count(b'"', last)
    cut = last
    for _ in range(LONGEST_RECORD):
        if quotes % 2 == 0 or cut == 0:
            return cut
        before = content.rfind(b"\n", 0, cut - 1) + 1
        quotes -= content.count(b'"', before, cut)
        cut = before
    return cut if cut and quotes % 2 == 0 else last


def _wide_blocks(path: Path, name: str) -> Iterator[Block]:
    decoder = codecs.getincrementaldecoder(name)()
    line, rest, first = 1, b"", True
    with _open(path) as file:
        while True:
            piece = file.read(BLOCK_BYTES)
            if first:
                piece, first = piece[encoding.mark_of(piece, name) :], False
            try:
                text = decoder.decode(piece, not piece)
            except UnicodeDecodeError:
                raise encoding.cut(name) from None
            content = rest + text.encode("utf-8", "replace")
            cut = _cut(content) if piece else len(content)
            if cut:
                block = encoding.block(content[:cut], "utf-8", line, 1)
                block.encoding = name
                yield block
                line += block.lines
            rest = content[cut:]
            if not piece:
                return
