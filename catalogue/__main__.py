"""``python -m catalogue``: renders what repeats the catalogue, says where it drifted, adds rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from baokuan import console
from baokuan.home import PROJECT
from catalogue import expressions, glossary, new, read, render

app = console.app(
    "The one definition of every indicator, reason, label and word: the tables in "
    "dbt_project/seeds/catalogue. What repeats them is rendered, and checked for drift."
)

Two = tuple[str, str]


def main(arguments: Sequence[str] | None = None, name: str = "python -m catalogue") -> int:
    """0 = fine, 1 = wrong rows or drift, told with file and line, 2 = wrong usage."""
    try:
        return console.run(app, arguments, name)
    except read.CatalogueError as error:
        print(error, file=sys.stderr)
        return 1


@app.command("render")
def render_all() -> None:
    """Write every file that repeats the catalogue: comments, labels, macros, pages."""
    changed = _rendering().write()
    for path in changed:
        print(f"rendered {read.shown(path)}")
    print(f"catalogue: {len(changed)} files changed")


@app.command()
def check() -> int:
    """Wrong rows, drifted files, words to avoid; writes nothing."""
    made = _rendering()
    diff = made.drift(PROJECT)
    if diff:
        print(diff)
        print("\ncatalogue: these files differ from their rows; run `make catalogue`")
    avoided = list(glossary.problems(read.read(), PROJECT))
    for problem in avoided:
        print(problem)
    if not diff and not avoided:
        print(f"catalogue: {len(made.files)} files as their rows say")
    return 1 if diff or avoided else 0


@app.command()
def indicator(
    id: Annotated[str, typer.Argument(help="Its id, also the name of its column.")],
    zh: Annotated[str, typer.Option(help="Chinese name.")],
    en: Annotated[str, typer.Option(help="English name.")],
    numerator: Annotated[str, typer.Option(help="SQL over the columns of hit_inputs.csv.")],
    denominator: Annotated[str, typer.Option(help="SQL; left out for a plain number.")] = "",
    num: Annotated[Two, typer.Option(metavar="ZH EN", help="Names of the numerator.")] = ("", ""),
    den: Annotated[Two, typer.Option(metavar="ZH EN", help="Names of the denominator.")] = ("", ""),
    about: Annotated[Two, typer.Option(metavar="ZH EN", help="A sentence each.")] = ("", ""),
    reason: Annotated[str, typer.Option(help="SQL of why there is no value.")] = "launch_reason",
    family: Annotated[str, typer.Option(help="As in hit_indicators.csv.")] = "active",
    unit: Annotated[str, typer.Option(help="Of units.csv; else rate or pieces.")] = "",
    direction: Annotated[str, typer.Option(help="up, down or neutral: which is better.")] = "up",
    needs: Annotated[str, typer.Option(help="Needs of needs.csv, blanks between.")] = "",
) -> None:
    """Add a hit indicator: its row and its expression."""
    print(
        new.indicator(
            new.Given(
                id,
                zh,
                en,
                numerator,
                denominator,
                num,
                den,
                about,
                reason,
                family,
                unit,
                direction,
                needs,
            )
        )
    )


def _rendering() -> render.Rendering:
    catalogue = read.read()
    if found := list(expressions.problems(catalogue, read.FOLDER)):
        raise read.CatalogueError(found)
    made = render.rendering(catalogue)
    if made.problems:
        raise read.CatalogueError(made.problems)
    return made


if __name__ == "__main__":
    sys.exit(main())
