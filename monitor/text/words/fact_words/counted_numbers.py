"""Numbers of Chinese and Japanese as they stand before what they count: 三人, 二十五名; it must not fold text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = {
    letter: value for value, letters in enumerate(("〇零", "一", "二两兩", *"三四五六七八九")) for letter in letters
}
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_MYRIAD = 10_000
_LONGEST = 16  # letters of a number: a run without end is none
_COUNTED = (
    "名|人|个|個|位|岁|歳|歲|年|月|日|天|次|件|家|枚|辆|輛|架|艘|号|號|円|元|美元|公里|米|分|成|倍|度|时|時|小时|小時|票|所|处|處"
    "|起|国|國|座|条|條|台|隻|只|割|点|點|か|ヶ|カ|ケ|周|週|回|つ|本|棟|校|团|團|艦|发|發|颗|顆|吨|噸|トン|キロ"
)
_NUMBER = re.compile(
    r"(?<=\d)(?P<power>[百千万萬亿億]+)"
    rf"|(?<!\d)(?P<letters>[{''.join((*_DIGITS, *_POWERS))}]{{1,{_LONGEST}}})(?=[余餘多几幾]?(?:{_COUNTED}))"
)


def find_counted_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Each number with its place; of "3万" the power is one of its own, beside the figure."""
    for found in _NUMBER.finditer(text):
        yield found.start(), found["power"] or str(_read(found["letters"]))


def _read(letters: str) -> int:
    """The value of a number written in letters; digits without powers stand for themselves (二〇二六)."""
    if not any(letter in _POWERS for letter in letters):
        return int("".join(str(_DIGITS[letter]) for letter in letters))
    total = part = digit = 0
    for letter in letters:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
            continue
        power = _POWERS[letter]
        if power > _MYRIAD:
            total, part = (total + part + digit or 1) * power, 0
        elif power == _MYRIAD:
            total, part = total + (part + digit or 1) * power, 0
        else:
            part += (digit or 1) * power
        digit = 0
    return total + part + digit
