"""``python -m dashboards``: bootstrap, check, serve, screenshot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from baokuan.home import Home


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("bootstrap", help="set Superset up and import the dashboards; repeatable")
    commands.add_parser(
        "check", help="compare every chart with the dbt project; no Superset needed"
    )
    serve = commands.add_parser("serve", help="start Superset")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8088)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--threads", type=int, default=6)
    shot = commands.add_parser("screenshot", help="a picture of a dashboard, for the README")
    shot.add_argument("--dashboard", default="hit_tracking")
    shot.add_argument("--lang", choices=("zh", "en"), default="zh")
    shot.add_argument("--width", type=int, default=1600)
    shot.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    home = Home.from_env()

    if args.command == "bootstrap":
        from dashboards import bootstrap

        try:
            password = bootstrap.bootstrap(home)
        except bootstrap.BootstrapError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        print(f"Superset: user admin, password in {password}")
        return 0
    if args.command == "check":
        from dashboards import check

        return check.main()
    if args.command == "serve":
        from dashboards import server

        server.serve(home, args.host, args.port, args.workers, args.threads)
    from dashboards import browser

    browser.screenshot(home, args.dashboard, args.lang, args.width, args.out)
    print(args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
