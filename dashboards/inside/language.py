"""Mends Superset's Chinese texts that say something else than the English ones."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

PACK = "/superset/language_pack/zh/"
MENDED = {
    "%s record": ["%s 条记录"],
    "There is currently no information to display.": ["目前没有内容"],
    "Enter a part of the object name": ["输入表名的一部分"],
    "Select schema": ["选择模式"],
    "No results were returned for this query": ["没有符合条件的数据"],
}


def mend(app: Any) -> None:
    """Superset's ``FLASK_APP_MUTATOR``: correct the language pack where it is served.

    Superset sends the pack to the browser as the file it is, and reads it once for itself.
    """
    from flask import request
    from superset.translations.utils import get_language_pack

    pack = get_language_pack("zh") or {}
    pack["locale_data"]["superset"].update(MENDED)

    @cache
    def text() -> str:
        return json.dumps(pack, ensure_ascii=False)

    @app.after_request
    def corrected(response: Any) -> Any:
        if request.path == PACK and response.status_code == 200:
            response.direct_passthrough = False
            response.set_data(text())
            response.headers.pop("ETag", None)
            response.headers.pop("Last-Modified", None)
        return response
