"""What the values of a column are: types they can be read as, how many differ, personal data.

Belongs here: judging sampled values by the grammars that ingest uses. Choosing a feed does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ingest.contract import grammar
from ingest.draft.look import Look
from ingest.personal import biometric, normalise

# Words that stand where a value should be, in lower case.
FILLERS = frozenset(
    ("error", "unknown", "undefined", "not available", "nil", "nill", "n.a.", "tbd")
)
VALUES = 300  # of a column that are read
_DIGIT = re.compile(r"\d")
_DATED = re.compile(r"\d[-/:年.]\d.*[-/:月.]|\d-[A-Za-z]{3}-\d|[A-Za-z]{3} \d{1,2}, \d{4}")
TYPES = ("integer", "money", "boolean", "date", "timestamp")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.ASCII)
_PHONE_NAME = re.compile(r"phone|mobile|手机|电话|\btel\b|tel_|联系方式", re.I)
_PERSON = r"customer|client|buyer|member|cardholder|consumer|contact|recipient|receiver"
_PERSON_NAME = re.compile(rf"^(?:{_PERSON}|name)$", re.I)
_NAME_NAME = re.compile(
    rf"^(?:姓名|收货人.*|客户姓名|会员名|receiver|(?:{_PERSON})'?s?[ _-]?name|"
    r"(?:.*[ _-])?(?:first|last|full|family|given|middle)[ _-]?name|sur_?name|"
    r"(?:shipping|billing|ship[ _-]to)[ _-]?name)$",
    re.I,
)
_WORDS = re.compile(r"[^\W\d_][^\d_,;:/&()]*[ .][^\d_,;:/&()]*[^\W\d_][.]?")  # two words, no digit
_ADDRESS_NAME = re.compile(r"地址|address(?!_(?:city|prov|country|zip))|street", re.I)
_BIRTH_NAME = re.compile(r"birth|生日|出生|\bdob\b", re.I)


@dataclass
class Profile:
    """One column of an unknown file."""

    name: str
    filled: int = 0
    distinct: int = 0
    shares: dict[str, float] = field(default_factory=dict)  # type → share of values it reads
    order: str = "ymd"  # of numeric dates with the year last
    ambiguous: bool = False  # dates whose order no value settles
    format: str | None = None  # of dates with two digits for the year
    personal: str | None = None  # phone, mail, name, address, birthday, biometric
    examples: list[str] = field(default_factory=list)
    fillers: list[str] = field(default_factory=list)  # words in place of values: ERROR, UNKNOWN
    leading_zero: bool = False
    long_digits: bool = False

    @property
    def type(self) -> str:
        """The narrowest type that reads nearly all values."""
        if not self.filled:
            return "text"
        good = [name for name in TYPES if self.shares.get(name, 0) >= 0.95]
        if self.leading_zero or self.long_digits or not good:
            return "text"
        return good[0] if good[0] != "boolean" or self.distinct <= 3 else "text"


def profiles(found: Look) -> list[Profile]:
    """A profile of every column, from the sampled rows."""
    result = []
    with duckdb.connect(":memory:") as con:
        con.execute("set timezone = 'UTC'")
        for place, name in enumerate(found.names):
            values = [t for row in found.rows if (t := (row[place] or "").strip())]
            fillers = sorted({value for value in values if value.lower() in FILLERS})
            real = [value for value in values if value not in fillers]
            if len(real) * 2 > len(values):  # else the words are what the column says
                result.append(_profile(con, name, real))
                result[-1].fillers = fillers
            else:
                result.append(_profile(con, name, values))
    return result


def _profile(con: duckdb.DuckDBPyConnection, name: str, values: list[str]) -> Profile:
    profile = Profile(name, len(values), len(set(values)))
    if not values:
        profile.personal = _by_name(name)
        return profile
    profile.order, profile.ambiguous = _order(values)
    profile.format = _short_year(values, profile)
    if profile.format is not None:
        profile.shares = dict.fromkeys(TYPES, 0.0) | {"date": 1.0, "timestamp": 1.0}
    else:
        profile.shares = _shares(con, values, profile.order)
    profile.leading_zero = any(re.fullmatch(r"0\d+", v) for v in values)
    profile.long_digits = any(re.fullmatch(r"\d{13,}", v) for v in values)
    profile.personal = _by_value(values) or _by_name(name) or _by_both(name, values)
    if profile.personal is None:
        shown = [normalise.mask_text(v)[:40] for v in dict.fromkeys(values)]
        profile.examples = shown[:3]
    return profile


def _shares(con: duckdb.DuckDBPyConnection, values: list[str], order: str) -> dict[str, float]:
    """Share of the values that each type reads. The grammars cost planning time: only those that
    the look of the values leaves open are asked."""
    some = values[:VALUES]
    shares = dict.fromkeys(TYPES, 0.0)
    compact = _plausible_days(some)
    dated = sum(bool(_DATED.search(value)) for value in some) * 2 > len(some)
    numeric = sum(bool(_DIGIT.search(value)) for value in some) * 10 >= len(some) * 9
    asked = {"boolean": grammar.boolean("x")}
    if numeric and not dated:
        asked["integer"] = grammar.integer("x")
        asked["money"] = grammar.number("x", "decimal(18,4)")
    if numeric and (dated or compact):
        asked["date"] = grammar.date("x", order)
        if any(":" in value for value in some):
            asked["timestamp"] = grammar.timestamp("x", "UTC", "UTC", order)
    con.register("sample", pa.table({"x": pa.array(some, pa.string())}))
    picks = ", ".join(f"count({sql})::double" for sql in asked.values())
    counts = con.execute(f"select {picks} from sample").fetchone()
    con.unregister("sample")
    assert counts is not None
    shares |= {kind: n / len(some) for kind, n in zip(asked, counts, strict=True)}
    if any(":" in value and "00:00" not in value for value in some):
        shares["date"] = min(shares["date"], 0.9)  # a time of day would be lost
    else:
        shares["timestamp"] = shares["date"]
    return shares


def _plausible_days(values: list[str]) -> bool:
    """Compact dates: 20240131 and the like, not any eight digits."""
    day = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?")
    return all(day.fullmatch(value) for value in values[:200])


def _order(values: list[str]) -> tuple[str, bool]:
    """Order of day and month where the year is last, and whether no value settles it."""
    found = [m for v in values if (m := re.match(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}", v))]
    if len(found) * 2 < len(values):
        return "ymd", False
    if any(int(m[1]) > 12 for m in found):
        return "dmy", False
    return "mdy", not any(int(m[2]) > 12 for m in found)


def _short_year(values: list[str], profile: Profile) -> str | None:
    """The format of dates such as 31-10-26; sets whether no value tells day from month."""
    found = [re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2\d{2}", value) for value in values]
    parts = [(int(m[1]), m[2], int(m[3])) for m in found if m]
    if len(parts) < len(values) or len({sign for _, sign, _ in parts}) > 1:
        return None
    first, last = max(p[0] for p in parts), max(p[2] for p in parts)
    if first > 31 or last > 31 or (first > 12 and last > 12):
        return None
    profile.order, profile.ambiguous = "dmy" if first > 12 else "mdy", first <= 12 and last <= 12
    sign = parts[0][1]
    return f"%d{sign}%m{sign}%y" if first > 12 else f"%m{sign}%d{sign}%y"


def _by_name(name: str) -> str | None:
    if biometric.is_biometric(name):
        return "biometric"
    for pattern, kind in ((_PHONE_NAME, "phone"), (_NAME_NAME, "name"),
                          (_BIRTH_NAME, "birthday"), (_ADDRESS_NAME, "address")):  # fmt: skip
        if pattern.search(name.strip()):
            return kind
    return None


def _by_both(name: str, values: list[str]) -> str | None:
    """A header that may mean a person, over values that look like names of people."""
    if not _PERSON_NAME.match(name.strip()):
        return None
    some = values[:VALUES]
    return (
        "name" if sum(bool(_WORDS.fullmatch(value)) for value in some) * 5 > len(some) * 3 else None
    )


def _by_value(values: list[str]) -> str | None:
    """Personal data that the values themselves give away: most of them, not a stray one."""
    some = values[:500]
    if sum(bool(biometric.TEMPLATE.fullmatch(v)) for v in some) * 2 > len(some):
        return "biometric"
    if sum(bool(_MAIL.fullmatch(v)) for v in some) * 2 > len(some):
        return "mail"
    shaped = [v for v in some if re.fullmatch(r"[+]?[\d\s*-]{11,18}", v)]
    phones = [v for v in shaped if re.search(r"1[3-9]\d[\s-]?[\d*]{4}[\s-]?[\d*]{4}$", v)]
    return "phone" if len(phones) * 2 > len(some) else None
