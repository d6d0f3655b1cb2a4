"""Command line: ``python -m simulator --out LANDING --truth TRUTHDIR``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from baokuan.progress import Progress
from simulator.exports import all as sales_exports
from simulator.exports import stock as stock_exports
from simulator.exports.config_files import write_config
from simulator.exports.files import Sink
from simulator.more import all as every_other
from simulator.papers import comebacks, orders, receipts, stock
from simulator.trade.run import simulate
from simulator.truth import write as truth
from simulator.truth.rows import Rows
from simulator.world import people
from simulator.world.settings import Settings
from simulator.world.windows import Windows


def parse(arguments: list[str] | None) -> Settings:
    """Settings from the command line."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="landing folder for the exports")
    parser.add_argument("--truth", type=Path, required=True, help="folder for the truth (tests)")
    parser.add_argument("--config", type=Path, help="folder for the retailer's own lists")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--end",
        type=date.fromisoformat,
        default=date(2026, 10, 31),
        help="last business day of the history",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="1 = about 60 stores, 800 SKCs")
    parser.add_argument("--months", type=int, default=27)
    parser.add_argument(
        "--days-after",
        type=int,
        default=0,
        metavar="N",
        help="go on N days after --end and write only those days' exports",
    )
    parser.add_argument(
        "--hold",
        action="append",
        default=[],
        metavar="STORE:DATE",
        help="hold back a store's POS files of a day, as S001:2026-10-31",
    )
    parser.add_argument("--release", action="store_true", help="write what was held back before")
    parser.add_argument(
        "--more",
        action="store_true",
        help="also every other feed that has a contract: payments, coupons, reviews, production …",
    )
    given = parser.parse_args(arguments)
    holds = []
    for text in given.hold:
        store, _, day = text.partition(":")
        try:
            holds.append((store, date.fromisoformat(day)))
        except ValueError:
            parser.error(f"--hold {text!r}: write STORE:DATE, as S001:2026-10-31")
    try:
        return Settings(
            given.out,
            given.truth,
            given.seed,
            given.end,
            given.scale,
            given.months,
            given.days_after,
            given.config,
            tuple(holds),
            given.release,
            given.more,
        )
    except ValueError as error:
        parser.error(str(error))


def generate(settings: Settings, quiet: bool = False) -> Sink:
    """Simulate, write the exports and the truth; returns what was written."""
    with Progress(sys.stderr, quiet=quiet) as progress:
        progress.start(f"{settings.start} to {settings.day(settings.days - 1)}")
        sink = _write(settings, progress.at)
        megabytes = f"{sink.bytes / 1e6:,.0f} MB"
        progress.done(f"{sink.files:,} files, {megabytes} in {settings.out},")
    return sink


def _write(settings: Settings, progress: Callable[[str], None]) -> Sink:
    record = settings.truth / "held.json"
    before = {tuple(x) for x in json.loads(record.read_text())} if record.exists() else set()
    held = {(store, f"{day:%Y%m%d}") for store, day in settings.holds}
    go = before - held if settings.release or settings.days_after else set()
    history = simulate(settings, progress)
    crowd = people.build(settings, history.places)
    slips = receipts.build(history, crowd)
    sold = orders.build(history, crowd)
    back = comebacks.build(history, slips, sold)
    progress("documents made")
    rows = Rows(settings.truth)
    sink = Sink(settings, Windows(settings), progress, held, go, rows.take)
    sales_exports.export(history, crowd, slips, sold, back, sink)
    counts = truth.write_papers(history, crowd, slips, sold, back, sink)
    moves = stock.build(history, sold)
    progress("stock documents made")
    if not settings.more:
        del slips, sold, back  # at large scales they and the stock documents don't fit together
    stock_exports.export(history, moves, sink)
    if settings.more:
        every_other.export(history, crowd, slips, sold, back, sink)
    counts |= truth.write_stock(history, moves)
    counts["rows"] = rows.close()
    record.write_text(json.dumps(sorted(held)))
    if settings.config:
        write_config(settings.config, crowd)
    progress(f"truth: {counts}")
    return sink


def main(arguments: list[str] | None = None) -> int:
    """Entry point; 0 when everything was written."""
    generate(parse(arguments))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
