"""Which encoding a text file is in, and its bytes as UTF-8 with plain line ends (mess M1).

Belongs here: byte order marks, strict UTF-8, GB18030, UTF-16, lines that cannot be decoded.
Splitting lines into cells does not.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.read.table import BlockedError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MANY_CELLS = 20_000
WORST_SHARE = 0.2  # more undecodable lines than this: the file as a whole is damaged


@dataclass
class Block:
    """Whole lines of a file as UTF-8, each ended by a line feed.

    A line that cannot be decoded is left empty; ``undecodable`` has its line number and the
    offset of its first bad byte in the file.
    """

    data: bytes
    first_line: int
    encoding: str
    ends_with_newline: bool = True
    undecodable: dict[int, int] = field(default_factory=dict)

    @cached_property
    def lines(self) -> int:
        return count_of(self.data, b"\n")


@dataclass
class Coded:
    """Whole lines of a file in GB18030, not decoded: most of their cells need it not at all.

    No byte of a GB18030 character is a line end, a quote, a comma, a semicolon or a tab.
    """

    data: bytes
    first_line: int
    encoding: str
    offset: int

    @cached_property
    def lines(self) -> int:
        return count_of(self.data, b"\n") + (not self.ends_with_newline)

    @property
    def ends_with_newline(self) -> bool:
        return self.data.endswith(b"\n")

    def block(self) -> Block:
        """The lines decoded.

        Raises:
            BlockedError: too much of them cannot be.
        """
        return block(self.data, self.encoding, self.first_line, self.offset)


def decoded(cells: pa.ChunkedArray, name: str) -> pa.ChunkedArray | None:
    """A column of cells as UTF-8, each different one decoded once; None if that is not to be done:
    there are too many, or one cannot be decoded."""
    if pc.all(pc.string_is_ascii(cells)).as_py() in (True, None):
        return cells
    coded = cells.dictionary_encode().combine_chunks()
    if len(coded.dictionary) > MANY_CELLS:
        return None
    try:
        texts = [cell.decode(name) for cell in coded.dictionary.cast(pa.binary()).to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string()).take(coded.indices)])
    except UnicodeError:
        return None


def count_of(content: bytes, sign: bytes) -> int:
    """How often a byte is there; other threads go on meanwhile, as they cannot with ``count``."""
    if len(content) < 100_000:
        return content.count(sign)
    return int(np.count_nonzero(np.frombuffer(content, np.uint8) == sign[0]))


def detect(sample: bytes, whole: bool = True) -> str:
    """Encoding of a file from its first bytes; ``whole`` if that is all of it."""
    for mark, name in MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > len(sample) // 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        return "utf-16-be" if even > odd else "utf-16-le"
    if whole and _is_utf8(sample):
        return "utf-8"
    for name in ("gb18030",) if whole else ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(sample, whole)
        except UnicodeDecodeError:
            continue
        return name
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    good = sum(1 for line in lines if _decodable(line, "utf-8"))
    other = sum(1 for line in lines if _decodable(line, "gb18030"))
    return "utf-8" if good and good >= other else "gb18030"  # undecodable lines tell nothing


def _decodable(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(content: bytes) -> bool:
    """As strict as Python's own decoder, and much faster."""
    ends = pa.py_buffer(struct.pack("<qq", 0, len(content)))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(content)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def mark_of(content: bytes, encoding: str) -> int:
    """Length of the byte order mark."""
    return next((len(m) for m, name in MARKS if name == encoding and content.startswith(m)), 0)


def cut(encoding: str) -> BlockedError:
    """What is wrong with a file that stops in the middle of a character."""
    return BlockedError(
        f"the file is cut or damaged: not {encoding} to its end",
        "export the file again; if it was copied, copy it again",
    )


def block(content: bytes, encoding: str, first_line: int = 1, offset: int = 0) -> Block:
    """Lines of a file, or of a part of it that starts and ends with whole lines.

    Raises:
        BlockedError: too much of it cannot be decoded.
    """
    start = mark_of(content, encoding) if offset == 0 else 0
    body = content[start:] if start else content
    undecodable: dict[int, int] = {}
    try:
        is_plain = encoding == "utf-8" and _is_utf8(body)
        data = body if is_plain else body.decode(encoding).encode("utf-8", "replace")
    except UnicodeDecodeError:
        if encoding.startswith(("utf-16", "utf-32")):
            raise cut(encoding) from None
        data, undecodable = _line_by_line(body, encoding, first_line, offset + start)
    if b"\r" in data:
        single = b"\n" not in data
        data = data.replace(b"\r", b"\n") if single else _plain_line_ends(data)
    ends = data.endswith(b"\n") or not data
    return Block(data if ends else data + b"\n", first_line, encoding, ends, undecodable)


def _plain_line_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b" ")


def _line_by_line(
    body: bytes, encoding: str, first_line: int, offset: int
) -> tuple[bytes, dict[int, int]]:
    lines, undecodable = body.split(b"\n"), {}
    for index, line in enumerate(lines):
        try:
            text = line.decode(encoding)
            if encoding != "utf-8":
                lines[index] = text.encode()
        except UnicodeDecodeError as error:
            lines[index] = b""
            undecodable[first_line + index] = offset + error.start
        offset += len(line) + 1
    filled = sum(1 for line in lines if line) + len(undecodable)
    if len(undecodable) == filled or len(undecodable) > max(1, len(lines) * WORST_SHARE):
        raise BlockedError(
            f"{len(undecodable)} of {len(lines)} lines are neither UTF-8 nor GB18030",
            "export the file again as UTF-8 or from Excel as CSV; if it was converted or "
            "copied, take the original",
            len(lines),
        )
    if undecodable and lines[-1] == b"" and first_line + len(lines) - 1 in undecodable:
        lines.append(b"")  # the bad last line stays a line
    return b"\n".join(lines), undecodable
