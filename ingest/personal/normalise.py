"""One normaliser for each kind of personal datum, and the masking of such data in text.

Pure functions on text. Which columns hold personal data, and hashing, do not belong here.
"""

from __future__ import annotations

import re
import unicodedata

from ingest.personal import biometric

MASKED, INVALID = "masked", "invalid"
_PLAIN = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = re.compile(r"(?:\+?0{0,2}86)?0?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:\+?0{0,2}86)?0?([2-9]\d{9,10})")
_ABROAD = re.compile(r"(?:\+|00)([1-9]\d{7,14})")
_CELL_SEPARATORS = re.compile(r"[/,;、，；|\n]|\s{2,}|\s(?=1[3-9]\d{9})|\b(?:和|or|and)\b")
_EMAIL = re.compile(r"[^@\s*]+@[^@\s*]+\.[^@\s*]+|[0-9a-f]{32}|[0-9a-f]{64}")  # or its hash
_IN_TEXT = re.compile(
    r"(?<![\w.])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|(?<![0-9])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]"
    r"(?![0-9])"
    r"|(?<![0-9])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9])"
    r"|(?<![0-9])0\d{2,3}-[2-9]\d{6,7}(?![0-9])",
    re.ASCII,
)
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), 0xFF0B, 0xFF0D, 0xFF20, 0xFF0E)}
_ANY_WIDE = re.compile("[０-９＠]")
SHOWN = "[***]"


def phone(text: str) -> str:
    """E.164 of the first phone in a cell, or ``masked`` or ``invalid``.

    Reads full-width digits, +86 / 0086 / leading 0, blanks and hyphens, a trailing ``.0`` and
    Excel's quote marks; a bare 11-digit mobile and a landline with area code are Chinese.
    """
    if _PLAIN.fullmatch(text):
        return f"+86{text}"
    cell = unicodedata.normalize("NFKC", text).strip().strip("'\"=` ")
    for part in _CELL_SEPARATORS.split(cell):
        if re.search(r"\d", part) and re.search(r"[*xX•]{2,}|\*", part):
            return MASKED
        bare = re.sub(r"\.0+$", "", part.strip())
        bare = re.sub(r"[\s\-()._'\"]", "", bare)
        if not bare:
            continue
        if found := _MOBILE.fullmatch(bare):
            return f"+86{found[1]}"
        if re.match(r"\+?0", bare) and (found := _LANDLINE.fullmatch(bare)):
            return f"+86{found[1]}"
        if (found := _ABROAD.fullmatch(bare)) and not found[1].startswith("86"):
            return f"+{found[1]}"
        if re.search(r"\d{7,}", bare):
            return INVALID
    return INVALID


def account(text: str) -> str:
    """An account id as it is compared: NFKC, trimmed; upper and lower case differ."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def email(text: str) -> str | None:
    """An e-mail address as it is compared, in lower case; None for a masked one or none at all."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\"<>").lower()
    return plain if _EMAIL.fullmatch(plain) else None


def mask_text(text: str) -> str:
    """The text with e-mail addresses, identity card and phone numbers masked in place, and
    whatever looks like a biometric template."""
    plain = text.translate(_WIDE) if _ANY_WIDE.search(text) else text
    masked = biometric.without_templates(_IN_TEXT.sub(SHOWN, plain), SHOWN)
    return text if masked == plain else masked
