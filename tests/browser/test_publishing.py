"""Versions are published under a steady load of chart requests: no error, no mix, nothing stale.

Each request holds two queries, which must be answered from one version.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from baokuan import files
from dashboards import ids
from dashboards.reader import load
from serving import versions
from tests.browser.conftest import Site

SPEC = load()
PUBLICATIONS = int(os.environ.get("BAOKUAN_PUBLICATIONS", "25"))
READERS = int(os.environ.get("BAOKUAN_READERS", "4"))


def publish(site: Site, number: int) -> None:
    """The current version again, with ``number`` in every row's coverage."""
    home = site.home
    name = f"{versions.next_stamp(versions.names(home))}-nightly"
    building = home.published / f".building-{name}"
    shutil.copytree(home.published / (versions.current(home) or ""), building)
    with duckdb.connect(str(building / "warehouse.duckdb")) as con:
        con.execute("update hits.board set coverage = ?", [number])
    building.rename(home.published / name)
    files.write_atomic(versions.current_file(home), name + "\n")


@pytest.fixture
def restored(site: Site) -> Iterator[None]:
    """The version that the other tests compare with serves again afterwards."""
    before = versions.current(site.home)
    yield
    files.write_atomic(versions.current_file(site.home), f"{before}\n")


@pytest.mark.timeout(300 + 10 * PUBLICATIONS)
def test_publications_under_load(site: Site, page: Page, restored: None) -> None:
    uuid = ids.dataset_id(SPEC.datasets["board"], "zh")
    listed = page.request.get(f"{site.address}/api/v1/dataset/?q=(page_size:100)").json()["result"]
    number = next(one["id"] for one in listed if one["uuid"] == uuid)
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    ends = [
        {"expressionType": "SIMPLE", "column": {"column_name": "coverage"}, "aggregate": how,
         "label": how} for how in ("MIN", "MAX")
    ]  # fmt: skip
    body = json.dumps({
        "datasource": {"id": number, "type": "table"},
        "queries": [{"metrics": [end], "columns": [], "row_limit": 10} for end in ends],
        "result_format": "json", "result_type": "full",
    }).encode()  # fmt: skip
    published = [0]
    seen: list[tuple[int, int, float, float]] = []
    failures: list[str] = []
    over = threading.Event()

    def read() -> None:
        request = urllib.request.Request(
            f"{site.address}/api/v1/chart/data",
            data=body,
            headers={"Cookie": cookies, "Content-Type": "application/json"},
        )
        while not over.is_set():
            least, began = published[0], time.monotonic()
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    least_shown, most_shown = (
                        one["data"][0] for one in json.load(answer)["result"]
                    )
            except Exception as error:
                failures.append(repr(error))
                continue
            seen.append((least, published[0], least_shown["MIN"], most_shown["MAX"]))
            times.append(time.monotonic() - began)

    times: list[float] = []
    started = time.monotonic()
    publish(site, 1)
    published[0] = 1
    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for count in range(2, PUBLICATIONS + 1):
        publish(site, count)
        published[0] = count
        answered = len(seen)
        while len(seen) < answered + 2 and not failures:
            time.sleep(0.02)
    over.set()
    for reader in readers:
        reader.join()

    assert failures == []
    assert [one for one in seen if one[2] != one[3]] == []  # mixed
    assert [one for one in seen if one[2] < one[0]] == []  # stale
    assert len({one[2] for one in seen}) > PUBLICATIONS / 2
    times.sort()
    report = {
        "requests": len(seen),
        "publications": PUBLICATIONS,
        "readers": READERS,
        "seconds": round(time.monotonic() - started),
        "p50_ms": round(1000 * times[len(times) // 2]),
        "p95_ms": round(1000 * times[int(len(times) * 0.95)]),
    }
    print(json.dumps(report))
    Path(site.pictures.parent / "publishing.json").write_text(json.dumps(report), "utf-8")
