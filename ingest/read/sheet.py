"""Excel workbooks: every cell as text; dates may arrive as serial numbers (mess M3, M5).

Belongs here: opening the workbook and choosing the sheet. Headers and totals are found elsewhere.
"""

from __future__ import annotations

import fnmatch

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract.model import Contract
from ingest.read import shaped, table
from ingest.read.table import BlockedError, NotThisFeedError, Table

ROW_LIMITS = (65_536, 1_048_576)


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
        sheets = {name: _records(book, name) for name in names}
    except fastexcel.FastExcelError as error:
        raise BlockedError(
            "not a readable Excel workbook (cut, damaged, protected or only named so)",
            "open it in Excel, save it again as .xlsx without a password, and land it again",
        ) from error
    filled = {name: records for name, records in sheets.items() if any(map(any, records))}
    if not filled:
        raise BlockedError("the workbook is empty", "export it again; a header row is needed")
    if wanted is not None and any(sign in wanted for sign in "*?["):
        return _all(filled, contract)
    problem: BlockedError | NotThisFeedError | None = None
    for name, records in filled.items():
        try:
            result = _one(name, records, contract)
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


def _is_another(records: list[list[str | None]], contract: Contract) -> bool:
    """Does a sheet lack the columns by which the contract knows its own?"""
    needed = {table.normal_header(name) for name in contract.header_has}
    headers = ({table.normal_header(cell) for cell in r} for r in records[: table.HEADER_DEPTH])
    return bool(needed) and not any(needed <= header for header in headers)


def _one(name: str, records: list[list[str | None]], contract: Contract, before: int = 0) -> Table:
    """The rows of one sheet, numbered after those of the sheets ``before`` it."""
    if contract.format.by_records:
        result = shaped.build(records, list(range(1, len(records) + 1)), contract)
    else:
        result = table.build(records, contract)
    if len(records) in ROW_LIMITS:
        raise BlockedError(
            f"sheet '{name}' ends at Excel's row limit ({len(records)}): rows are missing",
            "export in parts, or as CSV",
            result.rows_in_file,
        )
    if before:
        numbers = pc.add(result.data["_row_no"], before)
        result.data = result.data.set_column(0, "_row_no", numbers)
        for row in result.bad:
            row.row_no += before
    if contract.reshapes:
        sheet = pa.repeat(pa.scalar(name), result.data.num_rows)
        result.data = result.data.append_column("_sheet", sheet)
    return result


def _all(sheets: dict[str, list[list[str | None]]], contract: Contract) -> Table:
    """The rows of all sheets; row numbers run on from sheet to sheet."""
    tables, problem, before = [], None, 0
    left: list[tuple[str, int]] = []
    for name, records in sheets.items():
        try:
            tables.append(_one(name, records, contract, before))
        except BlockedError as error:
            if len(records) in ROW_LIMITS:
                raise
            problem = problem or error
            left.append((name, sum(1 for record in records if any(record))))
        before += len(records)
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


def _records(book: fastexcel.ExcelReader, name: str) -> list[list[str | None]]:
    sheet = book.load_sheet(name, header_row=None, dtypes="string")
    columns = [column.to_pylist() for column in sheet.to_arrow().columns]
    return [list(row) for row in zip(*columns, strict=True)]
