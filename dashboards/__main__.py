"""``python -m dashboards``: bootstrap, check, serve, screenshot."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from baokuan import console
from baokuan.home import Home

app = console.app("Superset: set up, check the charts, start, take a picture.")


class Language(StrEnum):
    zh = "zh"
    en = "en"


def main(arguments: Sequence[str] | None = None, name: str = "python -m dashboards") -> int:
    """0 = done, 1 = an error that the message explains, 2 = wrong usage."""
    return console.run(app, arguments, name)


@app.command()
def bootstrap() -> int:
    """Set Superset up and import the dashboards; may be repeated at any time."""
    from dashboards import bootstrap as setup

    try:
        password = setup.bootstrap(Home.from_env())
    except setup.BootstrapError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"Superset: user admin, password in {password}")
    return 0


@app.command()
def check() -> int:
    """Compare every chart with the dbt project, column by column; needs no Superset."""
    from dashboards import check as compare

    return compare.main()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="127.0.0.1 is this machine only.")] = "127.0.0.1",
    port: int = 8088,
    workers: int = 2,
    threads: int = 6,
) -> None:
    """Start Superset alone; `make serve` starts Dagster beside it."""
    from dashboards import server

    server.serve(Home.from_env(), host, port, workers, threads)


@app.command()
def screenshot(
    out: Annotated[Path, typer.Option(help="The picture, a .png.")],
    dashboard: Annotated[str, typer.Option(help="As in dashboards/spec.")] = "hit_tracking",
    lang: Annotated[Language, typer.Option(help="Chinese or English.")] = Language.zh,
    width: Annotated[int, typer.Option(help="Of the window, in pixels.")] = 1600,
) -> None:
    """A picture of a dashboard, for a report or the README."""
    from dashboards import browser

    browser.screenshot(Home.from_env(), dashboard, lang.value, width, out)
    print(out)


if __name__ == "__main__":
    sys.exit(main())
