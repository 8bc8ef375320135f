"""Numbers, percent, euro, durations and dates as English and Italian readers write them."""

import math
from dataclasses import dataclass
from datetime import date, datetime

MINUS, NARROW, NOTHING = "−", "\u00a0", "–"
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
}
_DAYS = {"en": "d", "it": "g"}
_MILLION = {"en": "M€", "it": "Mln€"}


@dataclass(frozen=True)
class Numbers:
    """1,234.5 in English, 1.234,5 in Italian. What is not finite is a dash."""

    language: str

    @property
    def tag(self) -> str:
        """The language as browsers name it; charts and tables format with it."""
        return {"en": "en-GB", "it": "it-IT"}[self.language]

    def number(self, value: float | None, digits: int = 0, sign: bool = False) -> str:
        if value is None or not math.isfinite(value):
            return NOTHING
        text = f"{abs(value):,.{digits}f}"
        if self.language == "it":
            text = text.translate(str.maketrans(",.", ".,"))
        is_zero = not any(c in text for c in "123456789")
        return ("" if is_zero else MINUS if value < 0 else "+" if sign else "") + text

    def percent(self, share: float | None, digits: int = 1, sign: bool = False) -> str:
        """A share in [0, 1]: 12.3 %."""
        return self._with(None if share is None else 100 * share, digits, "%", sign)

    def points(self, share: float | None, digits: int = 1, sign: bool = True) -> str:
        """A difference of shares: +1.2 pp (Italian p.p.)."""
        return self._with(
            None if share is None else 100 * share, digits, {"en": "pp", "it": "p.p."}[self.language], sign
        )

    def euro(self, value: float | None, digits: int | None = None, sign: bool = False) -> str:
        """€ below 20,000, then k€, then M€, with as many digits as three or four figures need."""
        if value is None or not math.isfinite(value):
            return NOTHING
        factor, unit, usual = self._euro_unit(value)
        return self._with(value * factor, usual if digits is None else digits, unit, sign)

    def euro_interval(self, value: float, half_width: float, sign: bool = True) -> str:
        """Both in the unit of the larger one: −71.1 ± 4.4 k€."""
        if not (math.isfinite(value) and math.isfinite(half_width)):
            return self.euro(value, sign=sign)
        factor, unit, digits = self._euro_unit(max(value, half_width, key=abs))
        return f"{self.number(value * factor, digits, sign)} ± {self._with(half_width * factor, digits, unit, False)}"

    def _euro_unit(self, value: float) -> tuple[float, str, int]:
        """Factor, unit, digits."""
        factor, unit = 1.0, "€"
        if abs(value) >= 1e6:
            factor, unit = 1e-6, _MILLION[self.language]
        elif abs(value) >= 2e4:
            factor, unit = 1e-3, "k€"
        scaled = abs(value * factor)
        return factor, unit, 2 if scaled < 100 and unit != "k€" else 1 if scaled < 1000 and unit != "€" else 0

    def seconds(self, value: float | None, digits: int = 0, sign: bool = False) -> str:
        """A duration in seconds, as waits are told: 35 s."""
        return self._with(value, digits, "s", sign)

    def duration(self, seconds: float | None) -> str:
        """35 s; 4 min 05 s; 2 h 10 min; 3 d 4 h."""
        if seconds is None or not math.isfinite(seconds):
            return NOTHING
        whole, sign = round(abs(seconds)), MINUS if seconds <= -0.5 else ""
        if whole < 60:
            return f"{sign}{whole}{NARROW}s"
        if whole < 3600:
            return f"{sign}{whole // 60}{NARROW}min {whole % 60:02d}{NARROW}s"
        if whole < 172800:
            return f"{sign}{whole // 3600}{NARROW}h {whole % 3600 // 60:02d}{NARROW}min"
        return f"{sign}{whole // 86400}{NARROW}{_DAYS[self.language]} {whole % 86400 // 3600}{NARROW}h"

    def clock(self, seconds: float) -> str:
        """Time of day of an instant: 14:30."""
        return f"{int(seconds // 3600) % 24:02d}:{int(seconds // 60) % 60:02d}"

    def date(self, day: date | datetime) -> str:
        """3 Feb 2026; 3 feb 2026."""
        return f"{day.day} {_MONTHS[self.language][day.month - 1]} {day.year}"

    def month(self, text: str) -> str:
        """A month as files write it, 2026-02: Feb 2026; feb 2026."""
        year, _, month = text.partition("-")
        return f"{_MONTHS[self.language][int(month) - 1]} {year}"

    def _with(self, value: float | None, digits: int, unit: str, sign: bool) -> str:
        text = self.number(value, digits, sign)
        return text if text == NOTHING else f"{text}{NARROW}{unit}"
