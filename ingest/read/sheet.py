"""Excel workbooks: every cell as text; dates may arrive as serial numbers (mess M3, M5).

Belongs here: opening the workbook and choosing the sheet. Headers and totals are found elsewhere.
"""

from __future__ import annotations

import fastexcel

from ingest.contracts.model import Contract
from ingest.read import table
from ingest.read.table import BlockedError, Table

ROW_LIMITS = (65_536, 1_048_576)


def read(content: bytes, contract: Contract) -> Table:
    """The rows of the sheet that carries the feed's header.

    Raises:
        BlockedError: not a workbook, no such sheet, or a sheet full to Excel's row limit.
    """
    try:
        book = fastexcel.read_excel(content)
        names = [contract.format.sheet] if contract.format.sheet else book.sheet_names
        if contract.format.sheet and contract.format.sheet not in book.sheet_names:
            raise BlockedError(
                f"no sheet '{contract.format.sheet}' in the workbook",
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
    problem: BlockedError | None = None
    for name, records in filled.items():
        try:
            result = table.build(records, contract)
        except BlockedError as error:
            problem = problem or error
            continue
        if len(records) in ROW_LIMITS:
            raise BlockedError(
                f"sheet '{name}' ends at Excel's row limit ({len(records)}): rows are missing",
                "export in parts, or as CSV",
                result.rows_in_file,
            )
        others = [other for other in filled if other != name]
        if others:
            result.warnings.append(f"only sheet '{name}' is read; not read: {', '.join(others)}")
        return result
    assert problem is not None
    raise problem


def _records(book: fastexcel.ExcelReader, name: str) -> list[list[str | None]]:
    sheet = book.load_sheet(name, header_row=None, dtypes="string")
    columns = [column.to_pylist() for column in sheet.to_arrow().columns]
    return [list(row) for row in zip(*columns, strict=True)]
