"""Mends Superset's Chinese texts that say something else than the English ones."""

from __future__ import annotations

from typing import Any

MENDED = {
    "%s record": ["%s 条记录"],
    "There is currently no information to display.": ["目前没有内容"],
    "No results were returned for this query": ["没有符合条件的数据"],
}


def mend(app: Any) -> None:
    """Superset's ``FLASK_APP_MUTATOR``: correct the language pack before it is first served."""
    from superset.translations.utils import get_language_pack

    pack = get_language_pack("zh") or {}
    pack["locale_data"]["superset"].update(MENDED)
