"""Data Docs: the last validation of every suite as a static site that needs no network.

Great Expectations renders each suite's results; its own page frame loads styles and scripts from
elsewhere, so the frame, the style sheet and the index are ours. Judging is not done here.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baokuan.home import Home
from quality.engine import import_gx
from quality.gates import VALIDATIONS
from serving.records import timestamp

ASSETS = Path(__file__).parent / "docs_assets"
_GATES = {"bronze": "来数 / Bronze feeds", "candidate": "候选版本 / Candidate version"}


def build(home: Home) -> Path:
    """Write the site to ``reports/data_docs``, in place of the old one; returns its index."""
    target = home.reports / "data_docs"
    draft = target.with_name(f".data_docs-{uuid.uuid4().hex[:8]}")
    records = _records(home)
    try:
        draft.mkdir(parents=True)
        shutil.copy(ASSETS / "style.css", draft / "style.css")
        for record in records:
            page = draft / _page(record)
            page.parent.mkdir(exist_ok=True)
            old = target / _page(record)
            if _is_of(old, record):
                shutil.copy2(old, page)
                continue
            title = f"{record['suite']} · {record['title']}"
            back = '<p><a href="../index.html">← 全部套件 / All suites</a></p>'
            body = back + _rendered(record["validation"])
            page.write_text(_frame(title, body, "../", _mark(record)), encoding="utf-8")
        (draft / "index.html").write_text(
            _frame("数据质量 / Data quality", _index(records), ""), encoding="utf-8"
        )
        old = target.with_name(f".data_docs-old-{uuid.uuid4().hex[:8]}")
        if target.exists():
            target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target / "index.html"


def _mark(record: dict[str, Any]) -> str:
    """Stands in a page: which validation it shows."""
    return f"<!-- {record['suite']} {record['checked_at']} -->"


def _is_of(page: Path, record: dict[str, Any]) -> bool:
    """True when the page shows this validation already: drawing it takes longer than reading."""
    return page.is_file() and page.read_text(encoding="utf-8").endswith(_mark(record))


def _records(home: Home) -> list[dict[str, Any]]:
    root = home.state / "quality" / VALIDATIONS
    paths = sorted(root.glob("*/*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _rendered(validation: dict[str, Any]) -> str:
    """The sections of a suite's results as Great Expectations draws them."""
    import_gx()
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaSectionView

    loaded = expectationSuiteValidationResultSchema.load(validation)
    result = (
        loaded
        if isinstance(loaded, ExpectationSuiteValidationResult)
        else ExpectationSuiteValidationResult(**loaded)
    )
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    view = DefaultJinjaSectionView()
    drawn = "".join(
        view.render({"section": section.to_json_dict(), "section_loop": {"index": number}})
        for number, section in enumerate(document.sections, start=1)
    )
    return re.sub(r"</?a\b[^>]*>", "", drawn)  # they lead to pages of a site we don't have


def _index(records: Sequence[dict[str, Any]]) -> str:
    if not records:
        return "<p>还没有检查结果 / Nothing has been checked yet.</p>"
    parts = [f"<p>生成 / Written {timestamp()[:19]} UTC</p>"]
    for gate, title in _GATES.items():
        rows = "".join(_row(record) for record in records if record["gate"] == gate)
        if rows:
            parts.append(
                f"<h2>{title}</h2><table class='table'><thead><tr><th>套件 / Suite</th>"
                "<th>内容 / What</th><th>通过 / Passed</th><th>阻断 / Blocking</th>"
                f"<th>提醒 / Warnings</th><th>时间 / When</th></tr></thead>{rows}</table>"
            )
    return "".join(parts)


def _row(record: dict[str, Any]) -> str:
    results = record["validation"]["results"]
    failed = [r["expectation_config"]["meta"]["severity"] for r in results if not r["success"]]
    blocking = sum(1 for severity in failed if severity != "warn")
    state = "bad" if blocking else "warn" if failed else "good"
    return (
        f"<tr class='{state}'><td><a href='{_page(record)}'>{html.escape(record['suite'])}</a></td>"
        f"<td>{html.escape(record['title'])}</td><td>{len(results) - len(failed)} / {len(results)}"
        f"</td><td>{blocking or ''}</td><td>{len(failed) - blocking or ''}</td>"
        f"<td>{html.escape(record['checked_at'][:19])}</td></tr>"
    )


def _page(record: dict[str, Any]) -> str:
    return f"{record['gate']}/{record['suite']}.html"


def _frame(title: str, body: str, root: str, mark: str = "") -> str:
    return (
        "<!doctype html><html lang='zh'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><link rel='stylesheet' href='{root}style.css'></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>{mark}"
    )
