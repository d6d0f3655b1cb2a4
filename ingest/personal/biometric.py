"""Biometric data: never taken in, neither by contract nor by accident.

Belongs here: what a header and a value of biometric data look like. Refusing is the caller's.
"""

from __future__ import annotations

import re

_HEADER = re.compile(
    r"指纹|人脸|面部(?:特征|识别|图像)|虹膜|声纹|掌纹|步态|生物(?:特征|识别)|"
    r"finger[_ ]?print|face[_ ]?(?:id|print|feature|embedding|vector|template)|facial|"
    r"(?<![a-z])iris(?![a-z])|voice[_ ]?print|palm[_ ]?print|biometric",
    re.I,
)
TEMPLATE = re.compile(
    r"[A-Za-z0-9+/]{256,}={0,2}|\[?[-+]?\d*\.\d+(?:[eE][-+]?\d+)?"
    r"(?:[,; ]+[-+]?\d*\.\d+(?:[eE][-+]?\d+)?){31,}\]?",
    re.ASCII,
)
LONG = 190  # bytes from which a text may be a template; shorter ones are not looked at
REMEDY = "have it left out of the export; biometric data are not taken in, not even unused"


def is_biometric(header: str | None) -> bool:
    """Does a column's header speak of fingerprints, faces, irises, voices or the like?"""
    return bool(header and _HEADER.search(header))


def without_templates(text: str, shown: str) -> str:
    """The text with encoded templates and long vectors of numbers replaced."""
    return TEMPLATE.sub(shown, text) if len(text) > LONG else text
