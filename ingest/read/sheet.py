"""Excel workbooks: every cell as text; dates may arrive as serial numbers (mess M3, M5).

Belongs here: opening the workbook and choosing the sheet. Headers and totals are found elsewhere.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from functools import cached_property

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract.model import Contract
from ingest.read import shaped, table
from ingest.read.table import BlockedError, NotThisFeedError, Table

ROW_LIMITS = (65_536, 1_048_576)


@dataclass(frozen=True)
class _Sheet:
    """The cells of a sheet, column by column; as records only as far as somebody asks."""

    cells: list[pa.Array]

    @property
    def rows(self) -> int:
        return len(self.cells[0]) if self.cells else 0

    @cached_property
    def head(self) -> list[list[str | None]]:
        return self.records(pa.array(range(min(self.rows, table.HEADER_DEPTH)), pa.int64()))

    @property
    def is_filled(self) -> bool:
        return any(pc.any(pc.greater(pc.binary_length(c), 0)).as_py() for c in self.cells)

    def records(self, at: pa.Array | None = None) -> list[list[str | None]]:
        """Some or all rows as lists of their cells."""
        cells = self.cells if at is None else [column.take(at) for column in self.cells]
        return [list(row) for row in zip(*(c.to_pylist() for c in cells), strict=True)]


def read(content: bytes, contract: Contract) -> Table:
    """The rows of the sheet that carries the feed's header, or of all sheets a pattern matches.

    Raises:
        BlockedError: not a workbook, no such sheet, or a sheet full to Excel's row limit.
        NotThisFeedError: no sheet has what ``header_has`` asks for.
    """
    wanted = contract.format.sheet
    try:
        book = fastexcel.read_excel(content)
        names = [n for n in book.sheet_names if wanted is None or fnmatch.fnmatchcase(n, wanted)]
        if not names:
            raise BlockedError(
                f"no sheet '{wanted}' in the workbook",
                f"its sheets are: {', '.join(book.sheet_names)}; mend 'format.sheet' or the file",
            )
        sheets = {name: _sheet(book, name) for name in names}
    except fastexcel.FastExcelError as error:
        raise BlockedError(
            "not a readable Excel workbook (cut, damaged, protected or only named so)",
            "open it in Excel, save it again as .xlsx without a password, and land it again",
        ) from error
    filled = {name: sheet for name, sheet in sheets.items() if sheet.is_filled}
    if not filled:
        raise BlockedError("the workbook is empty", "export it again; a header row is needed")
    if wanted is not None and any(sign in wanted for sign in "*?["):
        return _all(filled, contract)
    problem: BlockedError | NotThisFeedError | None = None
    for name, sheet in filled.items():
        try:
            result = _one(name, sheet, contract)
        except BlockedError as error:
            if error.rows:
                raise
            problem = problem or error
            continue
        except NotThisFeedError as error:
            problem = error
            continue
        others = [o for o in filled if o != name and not _is_another(filled[o], contract)]
        if others:
            result.warnings.append(f"only sheet '{name}' is read; not read: {', '.join(others)}")
        return result
    assert problem is not None
    raise problem


def _is_another(sheet: _Sheet, contract: Contract) -> bool:
    """Does a sheet lack the columns by which the contract knows its own?"""
    needed = {table.normal_header(name) for name in contract.header_has}
    headers = ({table.normal_header(cell) for cell in r} for r in sheet.head)
    return bool(needed) and not any(needed <= header for header in headers)


def _one(name: str, sheet: _Sheet, contract: Contract, before: int = 0) -> Table:
    """The rows of one sheet, numbered after those of the sheets ``before`` it."""
    if contract.format.by_records:
        result = shaped.build(sheet.records(), list(range(1, sheet.rows + 1)), contract)
    else:
        result = _rows(sheet, contract)
    if sheet.rows in ROW_LIMITS:
        raise BlockedError(
            f"sheet '{name}' ends at Excel's row limit ({sheet.rows}): rows are missing",
            "export in parts, or as CSV",
            result.rows_in_file,
        )
    if before:
        numbers = pc.add(result.data["_row_no"], before)
        result.data = result.data.set_column(0, "_row_no", numbers)
        for row in result.bad:
            row.row_no += before
    if contract.reshapes:
        names = pa.repeat(pa.scalar(name), result.data.num_rows)
        result.data = result.data.append_column("_sheet", names)
    return result


def _rows(sheet: _Sheet, contract: Contract) -> Table:
    """The rows of a sheet: titles, blanks and totals skipped, columns picked, rows numbered.

    Only rows that may be something else than a row are looked at cell by cell.
    """
    layout = table.find_layout(sheet.head, contract)
    start, words = layout.header_row + 1, table.total_words(contract)
    body = _Sheet([column.slice(start) for column in sheet.cells])
    numbers = pa.array(range(start + 1, sheet.rows + 1), pa.int64())
    _refuse_other_header(body, numbers, layout, sheet.rows)
    doubtful = pc.indices_nonzero(_doubtful(body, layout.width, words))
    places = doubtful.to_pylist()
    judged = table.judge(body.records(doubtful), places, layout.width, words, strict_width=False)
    keep = np.ones(body.rows, bool)
    keep[places] = False
    keep[judged.numbers] = True
    cells = [column.filter(pa.array(keep)) for column in body.cells[: layout.width]]
    cells += [pa.nulls(int(keep.sum()), pa.string())] * (layout.width - len(cells))
    data = table.columns_of(cells, numbers.filter(pa.array(keep)), layout, contract)
    above = sheet.head[: max(layout.header_row, 0)]
    titles = sum(1 for record in above if any(record))
    skipped = {
        "title": titles,
        "total": judged.total,
        "blank": judged.blank + len(above) - titles,
    }
    bad = [table.BadRow(one.row_no + start + 1, one.reason) for one in judged.bad]
    rows = sheet.rows - (1 if layout.header_row >= 0 else 0)
    return Table(data, rows, skipped, bad, warnings=layout.warnings)


def _refuse_other_header(body: _Sheet, numbers: pa.Array, layout: table.Layout, rows: int) -> None:
    """Looks at the rows that hold at least three names of the header."""
    names = pa.array([text for name in layout.names if (text := name.strip())], pa.string())
    found = np.zeros(body.rows, np.int32)
    for column in body.cells:
        found += pc.is_in(column, names).to_numpy(zero_copy_only=False)
    some = pa.array(np.flatnonzero(found >= table.HEADER_CELLS))
    there = numbers.take(some).to_pylist()
    table.refuse_other_header(body.records(some), there, layout.names, rows)


def _doubtful(body: _Sheet, width: int, words: frozenset[str]) -> pa.Array:
    """Rows that begin with nothing or like a total, or have cells beyond the header."""
    first = body.cells[0].dictionary_encode()
    texts = [text or "" for text in first.dictionary.to_pylist()]
    blank = [not text.strip(table.TRIMMED) or text.isspace() for text in texts]
    signs = [b or table.is_total([t], words) for b, t in zip(blank, texts, strict=True)]
    found = pc.fill_null(pa.array(signs, pa.bool_()).take(first.indices), True)
    for column in body.cells[width:]:
        found = pc.or_(found, pc.fill_null(pc.greater(pc.binary_length(column), 0), False))
    return found


def _all(sheets: dict[str, _Sheet], contract: Contract) -> Table:
    """The rows of all sheets; row numbers run on from sheet to sheet."""
    tables, problem, before = [], None, 0
    left: list[tuple[str, int]] = []
    for name, sheet in sheets.items():
        try:
            tables.append(_one(name, sheet, contract, before))
        except BlockedError as error:
            if sheet.rows in ROW_LIMITS:
                raise
            problem = problem or error
            left.append((name, sum(1 for record in sheet.records() if any(record))))
        before += sheet.rows
    if not tables:
        assert problem is not None
        raise problem
    result = tables[0]
    for other in tables[1:]:
        result.rows_in_file += other.rows_in_file
        result.bad += other.bad
        result.warnings += [w for w in other.warnings if w not in result.warnings]
        for kind, count in other.skipped.items():
            result.skipped[kind] = result.skipped.get(kind, 0) + count
    result.data = pa.concat_tables([t.data for t in tables], promote_options="default")
    for name, rows in left:
        result.warnings.append(f"sheet '{name}' has no header of feed {contract.feed}")
        result.skipped["other_table"] = result.skipped.get("other_table", 0) + rows
        result.rows_in_file += rows
    return result


def _sheet(book: fastexcel.ExcelReader, name: str) -> _Sheet:
    cells = book.load_sheet(name, header_row=None, dtypes="string").to_arrow().columns
    return _Sheet([column.cast(pa.string()) for column in cells])
