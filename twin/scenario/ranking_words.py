"""The regulator's ranking in words, for `twin show`."""

from typing import TYPE_CHECKING

from twin.scenario.words import duration, percent

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario


def ranking_lines(s: "Scenario") -> list[str]:
    """By what sellers are ranked; nothing where they are not."""
    rule = s.ranking
    if rule is None:
        return []
    wait, served = duration(rule.wait_limit), percent(rule.served_limit)
    return [
        f"Ranked among {rule.others.number + 1} sellers: access 35 points, service quality 35, satisfaction 30.",
        f"A mean wait of {wait} and more, or {served} of calls answered and fewer, give no points of service quality.",
    ]
