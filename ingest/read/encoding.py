"""Which encoding a text file is in, and its lines as text (mess M1).

Belongs here: byte order marks, strict UTF-8, GB18030, UTF-16, lines that cannot be decoded.
Splitting lines into cells does not.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from ingest.read.table import BlockedError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WORST_SHARE = 0.2  # more undecodable lines than this: the file as a whole is damaged


@dataclass
class Text:
    """Decoded lines; ``undecodable`` gives the byte offset of lines left out, by line number."""

    lines: list[str]
    encoding: str
    ends_with_newline: bool
    undecodable: dict[int, int] = field(default_factory=dict)


def detect(sample: bytes, whole: bool = True) -> str:
    """Encoding of a file from its first bytes; ``whole`` if that is all of it."""
    for mark, name in MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > len(sample) // 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        return "utf-16-be" if even > odd else "utf-16-le"
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(sample, whole)
        except UnicodeDecodeError:
            continue
        return name
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    good = sum(1 for line in lines if _decoded(line, "utf-8") is not None)
    return "utf-8" if good * 2 >= len(lines) else "gb18030"


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def lines_of(content: bytes, encoding: str = "auto") -> Text:
    """All lines of a file.

    Raises:
        BlockedError: too much of it cannot be decoded.
    """
    name = detect(content) if encoding == "auto" else encoding
    mark = next((m for m, n in MARKS if n == name and content.startswith(m)), b"")
    try:
        text = content[len(mark) :].decode(name)
    except UnicodeDecodeError:
        if not name.startswith(("utf-16", "utf-32")):
            return _line_by_line(content[len(mark) :], name, len(mark))
        raise BlockedError(
            f"the file is cut or damaged: not {name} to its end",
            "export the file again; if it was copied, copy it again",
        ) from None
    newline = "\n" if "\n" in text else "\r"
    ends = text.endswith(newline)
    lines = text.split(newline)
    if ends or not text:
        lines.pop()
    if "\r" in text and newline == "\n":
        lines = [line[:-1] if line.endswith("\r") else line for line in lines]
        if any("\r" in line for line in lines):
            lines = [line.replace("\r", " ") for line in lines]
    return Text(lines, name, ends)


def _line_by_line(content: bytes, encoding: str, offset: int) -> Text:
    """Lines that can be decoded; of the others the place of the first bad byte."""
    raw = content.split(b"\n")
    ends = content.endswith(b"\n")
    if ends:
        raw.pop()
    lines, undecodable = [], {}
    for number, line in enumerate(raw, 1):
        try:
            lines.append(line.decode(encoding).rstrip("\r").replace("\r", " "))
        except UnicodeDecodeError as error:
            lines.append("")
            undecodable[number] = offset + error.start
        offset += len(line) + 1
    if len(undecodable) > max(1, len(raw) * WORST_SHARE):
        raise BlockedError(
            f"{len(undecodable)} of {len(raw)} lines are neither UTF-8 nor GB18030",
            "export the file again as UTF-8 or from Excel as CSV; if it was converted or "
            "copied, take the original",
            len(raw),
        )
    return Text(lines, encoding, ends, undecodable)
