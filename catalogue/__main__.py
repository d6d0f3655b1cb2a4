"""``python -m catalogue render | check | new indicator …``: renders what repeats the catalogue, or
says where it drifted, with a diff."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from baokuan.home import PROJECT
from catalogue import expressions, glossary, new, read, render


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("catalogue", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("render", help="write every rendered file")
    commands.add_parser("check", help="wrong rows, drifted files, words to avoid; writes nothing")
    new.arguments(commands.add_parser("new", help="add rows for something new"))
    given = parser.parse_args(arguments)
    try:
        if given.command == "new":
            print(new.run(given))
            return 0
        return _render() if given.command == "render" else _check()
    except read.CatalogueError as error:
        print(error, file=sys.stderr)
        return 1


def _rendering() -> render.Rendering:
    catalogue = read.read()
    if found := list(expressions.problems(catalogue, read.FOLDER)):
        raise read.CatalogueError(found)
    made = render.rendering(catalogue)
    if made.problems:
        raise read.CatalogueError(made.problems)
    return made


def _render() -> int:
    changed = _rendering().write()
    for path in changed:
        print(f"rendered {read.shown(path)}")
    print(f"catalogue: {len(changed)} files changed")
    return 0


def _check() -> int:
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


if __name__ == "__main__":
    sys.exit(main())
