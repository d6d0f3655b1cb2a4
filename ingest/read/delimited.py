"""CSV and TXT files, whole or block by block.

Belongs here: header and layout of a text file, and the fast way through its regular lines. A line
is regular when it has the header's number of cells and sound quotes; everything else goes to the
reference in ``records``, which also decides what a line means. Decoding lives in ``encoding``.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ingest.contract.model import Contract
from ingest.read import encoding, records, table
from ingest.read.encoding import Block, Coded
from ingest.read.table import BadRow, BlockedError, Hints, Layout, Table

EXOTIC_SPACES = tuple(space.encode() for space in ("\u3000", "\u00a0", "\u200b", "\ufeff"))
PART = 1 << 19  # bytes that Arrow reads at once: what fits into the processor's cache is fastest
TOTAL_SIGNS = "计|(?i:total|sum)"


class Reader:
    """Reads the blocks of one file after its first block has shown delimiter and header.

    Raises:
        BlockedError: empty, or without the header of the feed.
        NotThisFeedError: the header lacks what ``header_has`` asks for.
    """

    def __init__(self, first: Block, contract: Contract) -> None:
        self.contract = contract
        head = first.data.split(b"\n", table.HEADER_DEPTH * 4)[:-1][: table.HEADER_DEPTH * 4]
        lines = [line.decode("utf-8", "replace") for line in head]
        if not any(line.strip() for line in lines):
            raise BlockedError(
                "the file is empty", "export it again; a day without rows needs a header"
            )
        self.delimiter = records.sniff(lines, contract)
        found, numbers, _ = records.split(lines, self.delimiter)
        self.layout: Layout = table.find_layout(found, contract)  # type: ignore[arg-type]
        self.words = table.total_words(contract)
        self.skipped = {"title": 0, "total": 0, "blank": 0}
        self.header_lines = 0
        if self.layout.header_row >= 0:
            header = found[self.layout.header_row]
            start = numbers[self.layout.header_row] - 1
            self.header_lines = start + 1 + sum(cell.count("\n") for cell in header)
            titles = sum(1 for line in lines[:start] if line.strip(self.delimiter + ' "\t'))
            self.skipped["title"], self.skipped["blank"] = titles, start - titles

    def read(self, block: Block | Coded) -> Table:
        """The rows of a block; the first block's title lines are counted with it."""
        if isinstance(block, Coded):
            return self._coded(block) or self.read(block.block())
        data, first = block.data, block.first_line
        result = Table(pa.table({}), 0, {"title": 0, "total": 0, "blank": 0})
        if first == 1:
            result.skipped = dict(self.skipped)
            result.warnings = list(self.layout.warnings)
            for _ in range(self.header_lines):
                data = data[data.index(b"\n") + 1 :]
            first += self.header_lines
        result.encoding = block.encoding
        self._refuse_other_header(data, first)
        result.hints = self._hints(data)
        undecodable = {n: o for n, o in block.undecodable.items() if n >= first}
        parts = self._fast(data, first, result, undecodable) or [
            self._slow(data.split(b"\n")[:-1], first, result, undecodable)
        ]
        result.data = parts[0] if len(parts) == 1 else pa.concat_tables(parts)
        result.bad += [
            BadRow(line, f"not {block.encoding}: cannot be decoded at byte {offset}")
            for line, offset in undecodable.items()
        ]
        result.rows_in_file = result.data.num_rows + len(result.bad) + sum(result.skipped.values())
        return result

    def _coded(self, block: Coded) -> Table | None:
        """The rows of a block whose cells are decoded after they are split; None if one of its
        lines is odd or cannot be decoded."""
        data, quotes = block.data, b'"' in block.data
        if self.delimiter not in ",;\t" or self.layout.width < 2 or not block.ends_with_newline:
            return None
        if b"\r" in data or (quotes and not sound_quotes(data, self.delimiter)):
            return None
        self._refuse_other_header(data, block.first_line, block.encoding)
        found = self._arrow(data, quotes, whole=True)
        if found is None or found.num_rows != block.lines:
            return None
        columns = [encoding.decoded(column, block.encoding) for column in found.columns]
        if any(column is None for column in columns):
            return None
        cells = pa.table(columns, names=found.column_names)
        result = Table(pa.table({}), block.lines, {"title": 0, "total": 0, "blank": 0})
        result.encoding = block.encoding
        numbers = pa.array(np.arange(block.first_line, block.first_line + block.lines))
        (result.data,) = self._regular(cells, numbers, data, block.first_line, result)
        return result

    def _refuse_other_header(self, data: bytes, first: int, code: str = "utf-8") -> None:
        """Looks for the longest names of the header first: they hardly ever stand in a row."""
        names = [name.strip() for name in self.layout.names] if self.header_lines else []
        telling = sorted({name for name in names if name}, key=len, reverse=True)[:4]
        if len(telling) < 4:
            return
        found_in: list[bytes] = []
        for place, text in enumerate(name.encode(code) for name in telling):
            found_in += [text] if _has(data, text) else []
            if place - len(found_in) > 0:  # the second one that is nowhere
                return
        rare = min(found_in, key=data.count)
        place, number, counted = data.find(rare), first, 0
        while place >= 0:
            start, end = data.rfind(b"\n", 0, place) + 1, data.find(b"\n", place)
            line = data[start:end] if end >= 0 else data[start:]
            if sum(text in line for text in found_in) >= len(telling) - 1:
                number, counted = number + data.count(b"\n", counted, start), start
                texts = [line.decode(code, "replace")]
                found, _, _ = records.split(texts, self.delimiter, self.layout.width)
                table.refuse_other_header(found, [number] * len(found), names, number)
            place = data.find(rare, end) if end >= 0 else -1

    def _hints(self, data: bytes) -> Hints:
        spaces = True
        if self.contract.reshapes:  # else it is looked at column by column, where it matters
            spaces = any(blank in data for blank in (b"\t", b"\x0b", b"\x0c"))
            spaces = spaces or any(text[:1] in data and text in data for text in EXOTIC_SPACES)
            spaces = spaces or _blank_beside(data, self.delimiter)
        return Hints(
            may_trim=spaces,
            may_mail=b"@" in data or (b"\xef" in data and "＠".encode() in data),
        )

    def _slow(
        self, lines: list[bytes], first: int, result: Table, undecodable: dict[int, int]
    ) -> pa.Table:
        """All lines by the reference."""
        texts = [line.decode("utf-8", "replace") for line in lines]
        mended: list[int] = []
        found, numbers, bad = records.split(texts, self.delimiter, self.layout.width, first, mended)
        result.warnings += records.told(first + i for i in mended)
        result.hints = Hints(may_mail=result.hints.may_mail)  # a line end may be inside quotes
        result.bad += bad
        return self._judged(found, numbers, result, undecodable)

    def _judged(
        self,
        found: list[list[str]],
        numbers: list[int],
        result: Table,
        undecodable: dict[int, int],
    ) -> pa.Table:
        if undecodable:
            pairs = [(r, n) for r, n in zip(found, numbers, strict=True) if n not in undecodable]
            found, numbers = [r for r, _ in pairs], [n for _, n in pairs]
        judged = table.judge(found, numbers, self.layout.width, self.words, strict_width=True)  # type: ignore[arg-type]
        result.bad += judged.bad
        result.skipped["total"] += judged.total
        result.skipped["blank"] += judged.blank
        return table.from_rows(judged, self.layout, self.contract)

    def _fast(
        self, data: bytes, first: int, result: Table, undecodable: dict[int, int]
    ) -> list[pa.Table] | None:
        """Regular lines by Arrow, others by the reference; None if the block is not for this."""
        if self.layout.width < 2 or not data:
            return None
        quotes = b'"' in data
        count = encoding.count_of(data, b"\n")
        sound = not quotes or sound_quotes(data, self.delimiter)
        cells = self._arrow(data, quotes) if sound else None
        if cells is not None and cells.num_rows == count:
            numbers = pa.array(np.arange(first, first + count))
            return self._regular(cells, numbers, data, first, result)
        lines = data.split(b"\n")
        lines.pop()
        if quotes and any(line.count(b'"') % 2 for line in lines if b'"' in line):
            return None  # perhaps a quoted text over several lines
        delimiter, wanted = self.delimiter.encode(), self.layout.width - 1
        odd = [i for i, line in enumerate(lines) if line.count(delimiter) != wanted or b'"' in line]
        strange = set(odd)
        regular = [i for i in range(count) if i not in strange]
        parts = [self._slow_lines(lines, odd, first, result, undecodable)]
        if regular:
            chosen = b"\n".join([lines[i] for i in regular]) + b"\n"
            cells = self._arrow(chosen, quotes=False)
            if cells is None or cells.num_rows != len(regular):
                return None
            numbers = pa.array([first + i for i in regular], pa.int64())
            parts += self._regular(cells, numbers, data, first, result)
        return parts

    def _slow_lines(
        self, lines: list[bytes], places: list[int], first: int, result: Table,
        undecodable: dict[int, int],
    ) -> pa.Table:  # fmt: skip
        """Single lines by the reference."""
        texts = [lines[i].decode("utf-8", "replace") for i in places]
        mended: list[int] = []
        found, at, bad = records.split(texts, self.delimiter, self.layout.width, 0, mended)
        result.warnings += records.told(first + places[i] for i in mended)
        result.hints = Hints(may_mail=result.hints.may_mail)
        result.bad += [BadRow(first + places[row.row_no], row.reason) for row in bad]
        return self._judged(found, [first + places[i] for i in at], result, undecodable)

    def _arrow(self, data: bytes, quotes: bool, whole: bool = False) -> pa.Table | None:
        names = [str(place) for place in range(self.layout.width)]
        wanted = table.needed_places(self.layout, self.contract) | {0}
        if whole:
            wanted = set(range(self.layout.width))
        for size in sorted({min(PART, len(data) + 1), len(data) + 1}):
            try:
                return pyarrow.csv.read_csv(
                    pa.BufferReader(data),
                    read_options=pyarrow.csv.ReadOptions(
                        column_names=names, use_threads=False, block_size=size
                    ),
                    parse_options=pyarrow.csv.ParseOptions(
                        delimiter=self.delimiter,
                        quote_char='"' if quotes else False,
                        invalid_row_handler=None if whole else lambda row: "skip",
                    ),
                    convert_options=pyarrow.csv.ConvertOptions(
                        column_types={name: pa.string() for name in names},
                        include_columns=[str(place) for place in sorted(wanted)],
                        strings_can_be_null=False,
                        check_utf8=False,
                    ),
                )
            except pa.ArrowInvalid:
                continue  # a line longer than a part
        return None

    def _regular(
        self, cells: pa.Table, numbers: pa.Array, data: bytes, first: int, result: Table
    ) -> list[pa.Table]:
        """Rows out of regular lines: total rows and rows of blanks are taken out."""
        coded = cells["0"].dictionary_encode().combine_chunks()
        head = coded.dictionary
        doubtful = pc.less_equal(pc.binary_length(pc.utf8_trim_whitespace(head)), 0)
        if self.contract.total_words:
            doubtful = pc.or_(doubtful, pc.less_equal(pc.binary_length(head), 60))
        else:
            doubtful = pc.or_(doubtful, pc.match_substring_regex(head, TOTAL_SIGNS))
        places = []
        if pc.any(doubtful).as_py():
            places = pc.indices_nonzero(doubtful.take(coded.indices)).to_pylist()
        if places:
            skip = self._not_rows(cells, places, data, first, numbers, result)
            if skip:
                keep = pa.array([True] * cells.num_rows).to_numpy(zero_copy_only=False)
                keep[skip] = False
                mask = pa.array(keep)
                cells, numbers = cells.filter(mask), numbers.filter(mask)
        columns = {int(name): cells[name] for name in cells.column_names}
        picked = [columns.get(place) for place in range(self.layout.width)]
        return [table.columns_of(picked, numbers, self.layout, self.contract)]  # type: ignore[arg-type]

    def _not_rows(
        self, cells: pa.Table, places: list[int], data: bytes, first: int, numbers: pa.Array,
        result: Table,
    ) -> list[int]:  # fmt: skip
        """Places of those doubtful lines that are blank or totals, which are counted."""
        if len(cells.column_names) == self.layout.width:
            some = cells.take(places)
            rows = [list(row) for row in zip(*(c.to_pylist() for c in some.columns), strict=True)]
        else:
            lines = data.split(b"\n")
            texts = [lines[numbers[place].as_py() - first].decode() for place in places]
            rows, _, _ = records.split(texts, self.delimiter, self.layout.width)
        skip = []
        for place, row in zip(places, rows, strict=True):
            if not any(cell and not cell.isspace() for cell in row):
                result.skipped["blank"] += 1
                skip.append(place)
            elif table.is_total(row, self.words):
                result.skipped["total"] += 1
                skip.append(place)
        return skip


def _has(data: bytes, text: bytes) -> bool:
    """Is a text of a few bytes in the data? First its byte that is rarest at their beginning:
    looking for a single byte is ten times as fast."""
    start = data[:16_384]
    rarest = min(set(text), key=lambda byte: start.count(byte))
    return rarest in data and text in data


def _blank_beside(data: bytes, delimiter: str) -> bool:
    """Is there a blank at the edge of a cell?"""
    codes = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(codes == 32)
    if not len(places):
        return False
    before, after = codes[places - 1], codes[np.minimum(places + 1, len(codes) - 1)]
    at_edge = _edges(delimiter, quote=True)
    return bool(places[0] == 0 or at_edge[before].any() or at_edge[after].any())


def _edges(delimiter: str, quote: bool = False) -> np.ndarray:
    """Which bytes stand beside a cell."""
    found = np.zeros(256, bool)
    found[[ord(delimiter), 10, *([34] if quote else [])]] = True
    return found


def sound_quotes(data: bytes, delimiter: str) -> bool:
    """Does every quote open or close a cell, or stand doubled inside one? No when in doubt."""
    codes = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(codes == 34)
    if len(places) % 2:
        return False
    opens, closes = places[0::2], places[1::2]
    doubled = closes[:-1] + 1 == opens[1:]
    edges = _edges(delimiter)
    starts = edges[codes[opens - 1]]
    starts[0] |= opens[0] == 0
    starts[1:] |= doubled
    ends = edges[codes[np.minimum(closes + 1, len(codes) - 1)]]
    ends[:-1] |= doubled
    return bool(starts.all() and ends.all())


def read(content: bytes, contract: Contract) -> Table:
    """All rows of a CSV or TXT file.

    Raises:
        BlockedError: empty, cut, damaged, or without the header of the feed.
        NotThisFeedError: the header lacks what ``header_has`` asks for.
    """
    name = contract.format.encoding
    name = encoding.detect(content) if name == "auto" else name
    block = encoding.block(content, name)
    result = Reader(block, contract).read(block)
    check_end(result, block)
    return result


def check_end(result: Table, last: Block | Coded) -> None:
    """A broken last line without a line end: the file was cut.

    Raises:
        BlockedError: it was.
    """
    line = last.first_line + last.lines - 1
    cut = not last.ends_with_newline and any(row.row_no == line for row in result.bad)
    if cut and (result.rows_in_file > 1 or last.first_line > 1):
        raise BlockedError(
            f"the file is cut: its last line ({line}) is not complete",
            "export or transfer the file again",
            result.rows_in_file,
        )
