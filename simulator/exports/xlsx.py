"""A small XLSX writer: one sheet with a merged title row, a header, rows and a total row."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.'
    'openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
    'PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"'
    "/></Relationships>",
    "xl/workbook.xml": '<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.'
    'openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns='
    '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target='
    '"worksheets/sheet1.xml"/></Relationships>',
}
_SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.'
    'org/spreadsheetml/2006/main"><sheetData>'
)


def column_letter(index: int) -> str:
    """A, B, … for up to 26 columns."""
    if index >= 26:
        raise ValueError(f"column {index + 1}: this writer knows 26 columns")
    return chr(65 + index)


def _text(cell: str, value: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def write(path: Path, frame: pl.DataFrame, title: str, total: dict[str, float]) -> None:
    """Write a frame; text cells for strings, number cells for numbers, nothing for nulls.

    Args:
        title: text of the first row, merged over all columns.
        total: column to sum of the last row; its first cell says 合计.
    """
    letters = [column_letter(i) for i in range(frame.width)]
    parts = [_SHEET, f'<row r="1">{_text("A1", title)}</row>']
    header = "".join(_text(f"{a}2", n) for a, n in zip(letters, frame.columns, strict=True))
    parts.append(f'<row r="2">{header}</row>')
    number = pl.int_range(3, frame.height + 3).cast(pl.String)
    cells = []
    for letter, name in zip(letters, frame.columns, strict=True):
        column = pl.col(name)
        if frame.schema[name] == pl.String:
            safe = column.str.replace_all("&", "&amp;", literal=True).str.replace_all(
                "<", "&lt;", literal=True
            )
            cell = pl.format(
                '<c r="' + letter + '{}" t="inlineStr"><is><t>{}</t></is></c>', number, safe
            )
        else:
            cell = pl.format(
                '<c r="' + letter + '{}"><v>{}</v></c>', number, column.cast(pl.String)
            )
        cells.append(pl.when(column.is_not_null()).then(cell).otherwise(pl.lit("")))
    rows = frame.select(
        pl.concat_str(pl.format('<row r="{}">', number), *cells, pl.lit("</row>")).alias("row")
    )["row"]
    parts.extend(rows.to_list())
    end = frame.height + 3
    last = _text(f"A{end}", "合计") + "".join(
        f'<c r="{letters[frame.columns.index(n)]}{end}"><v>{v}</v></c>' for n, v in total.items()
    )
    parts.append(f'<row r="{end}">{last}</row></sheetData>')
    parts.append(f'<mergeCells count="1"><mergeCell ref="A1:{letters[-1]}1"/></mergeCells>')
    parts.append("</worksheet>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": "".join(parts)}.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(info, text, compresslevel=4)
