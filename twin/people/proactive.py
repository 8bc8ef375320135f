"""Proactive contact beside the customers' lives: the platform's day, the surveys, and the tables that both leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.later import pd
from twin.people.bill_survey import BillSurvey
from twin.people.customer_table import HAPPENING
from twin.people.messages import Measure, Platform, platform_of
from twin.people.outbound import begin_told, send_day
from twin.people.states import Mark
from twin.people.surveys import Interviews

if TYPE_CHECKING:
    from twin.people.customers import CustomerBase

MOST_A_VISIT = 10
"""Events of life that one visit can bring, at the most: a clock or two, and each of five dates."""
MOST_A_CONTACT = 4
MOST_A_MESSAGE = 2
COUNTS = [measure.name.lower() for measure in Measure]


class Outbound:
    """The outbound platform of a customer base, and what is asked in surveys."""

    def __init__(self, base: CustomerBase):
        scenario = base.scenario
        assert scenario.proactive is not None
        self.base, self.rule = base, scenario.proactive
        self.platform: Platform = platform_of(scenario, base.calendar.n_days)
        self.interviews = Interviews(base, self.rule)
        self.bill_survey = BillSurvey(base, self.rule.bill_delivery) if self.rule.bill_delivery else None
        self.spared_days = np.zeros((base.calendar.n_days, len(scenario.intents)), np.int64)
        self._n_spared = base.n_spared.copy()
        if self.rule.active:
            self._spare(base.spared_shares)
            begin_told(base.people, self.platform, base.seed)

    def _spare(self, shares: np.ndarray) -> None:
        """Write down by intent and mark what who was told need not ask."""
        for mark, by_intent in self.rule.spares.items():
            column = int(Mark[mark.upper()]).bit_length() - 1
            for row, (intent, kind) in enumerate(self.base.scenario.intents.items()):
                share = by_intent.get(intent, by_intent.get(kind.group or intent, 0.0))
                shares[row, column] = 1.0 - (1.0 - shares[row, column]) * (1.0 - share)

    def state(self) -> dict[str, Any]:
        """Messages on their way, and what was counted (see `twin.saving.Stateful`)."""
        platform = self.platform
        counted = {"counts": platform.counts, "answer_counts": platform.answer_counts, "spared_days": self.spared_days}
        pending = platform.pending[: platform.n_pending[0]]
        return counted | {"pending": pending, "left": platform.left, "n_spared": self._n_spared}

    def restore(self, state: Mapping[str, Any]) -> None:
        """The run may have become longer."""
        pending, platform = state["pending"], self.platform
        if len(pending) > len(platform.pending):
            grown = np.zeros(len(pending), platform.pending.dtype).view(np.recarray)
            self.platform = platform = platform._replace(pending=grown)
        platform.pending[: len(pending)], platform.n_pending[0] = pending, len(pending)
        platform.left[:], self._n_spared[:] = state["left"], state["n_spared"]
        tables = {"counts": platform.counts, "answer_counts": platform.answer_counts, "spared_days": self.spared_days}
        for name, table in tables.items():
            n_days = min(len(table), len(state[name]))
            table[:n_days] = state[name][:n_days]

    # ---- room: no event of life is lost --------------------------------------------------------------------------

    def make_room_for_midnight(self, day: int) -> None:
        """Room for all events that the visits of this midnight can bring."""
        due = int(np.count_nonzero(self.base.people.due <= day))
        self._make_room(MOST_A_VISIT * due)

    def make_room_for_day(self, n_contacts: int) -> None:
        """Room for what the day's contacts and messages can bring, and for the messages themselves."""
        platform = self.platform
        happened = int(self.base.people.counts[1]) + MOST_A_CONTACT * n_contacts
        wanted = int(platform.n_pending[0]) + happened * (platform.triggers.shape[1] - 1) + 1
        if wanted > len(platform.pending):
            grown = np.zeros(int(1.2 * wanted), platform.pending.dtype).view(np.recarray)
            grown[: platform.n_pending[0]] = platform.pending[: platform.n_pending[0]]
            self.platform = platform._replace(pending=grown)
        self._make_room(MOST_A_CONTACT * n_contacts + MOST_A_MESSAGE * wanted)

    def _make_room(self, more: int) -> None:
        people = self.base.people
        n = int(people.counts[1])
        if n + more > len(people.happenings):
            grown = np.zeros(int(1.2 * (n + more)) + 64, HAPPENING).view(np.recarray)
            grown[:n] = people.happenings[:n]
            self.base.people = people._replace(happenings=grown)

    # ---- the day -------------------------------------------------------------------------------------------------

    def count_spared(self, day: int) -> None:
        """Contacts that a message has made unnecessary today."""
        self.spared_days[day] = self.base.n_spared - self._n_spared
        self._n_spared = self.base.n_spared.copy()

    def end_day(self, day: int, records: np.ndarray) -> None:
        """The platform works through what has happened since the last midnight; some of the handled are asked."""
        base = self.base
        assert base.people.counts[1] <= len(base.people.happenings), "the room for events is reckoned beforehand"
        send_day(base.people, base.rules, self.platform, base.seed, day)
        self.interviews.ask(day, records)
        if self.bill_survey is not None:
            self.bill_survey.ask(day)

    # ---- tables --------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, pd.DataFrame]:
        """By calendar month, counted days: messages by kind, their answers, contacts spared, interviews; and totals."""
        messages, spared = self._messages(), self._spared()
        interviews = self.interviews.table()
        tables = {
            "messages": messages,
            "message_answers": self._answers(),
            "spared_contacts": spared,
            "interviews": interviews,
            "interview_calls": self.interviews.calls(),
        }
        if self.bill_survey is not None:
            tables["bill_delivery"] = self.bill_survey.table()
        tables["proactive"] = self._totals(messages, spared, tables["interview_calls"])
        return tables

    def _months(self) -> list[tuple[str, np.ndarray]]:
        """Calendar months, and their counted days."""
        base = self.base
        days = np.arange(base.calendar.n_days)
        of = np.array([base.months[base._month_of[day]] for day in days])
        counted = days >= base.calendar.warm_up
        months = [(month, days[counted & (of == month)]) for month in base.months]
        return [(month, days) for month, days in months if len(days)]

    def _messages(self) -> pd.DataFrame:
        rows = []
        rules = self.base.rules
        for month, days in self._months():
            counts = self.platform.counts[days].sum(axis=0)
            for (name, kind), row in zip(self.rule.messages.items(), counts, strict=True):
                found = dict(zip(COUNTS, row.tolist(), strict=True))
                cost = kind.cost if kind.cost is not None else self.rule.cost
                checked = found["answered"] - found["reopened"] if "checked" in kind.marks else 0
                spared = checked * (rules.false_closure - rules.false_closure_checked)
                spared += found["reopened"] * rules.false_closure
                rows.append({"month": month, "kind": name, "chart": kind.chart, **found,
                             "fault_calls_spared": spared, "cost": found["attempts"] * cost})  # fmt: skip
        return pd.DataFrame(rows, columns=["month", "kind", "chart", *COUNTS, "fault_calls_spared", "cost"])

    def _answers(self) -> pd.DataFrame:
        rows = []
        for month, days in self._months():
            counts = self.platform.answer_counts[days].sum(axis=0)
            for (name, kind), row in zip(self.rule.messages.items(), counts, strict=True):
                rows += [(month, name, answer, n) for answer, n in zip(kind.answers, row.tolist(), strict=False)]
        return pd.DataFrame(rows, columns=["month", "kind", "answer", "customers"])

    def _spared(self) -> pd.DataFrame:
        rows = []
        for month, days in self._months():
            counts = self.spared_days[days].sum(axis=0)
            rows += [(month, intent, n) for intent, n in zip(self.base.scenario.intents, counts.tolist(), strict=True)]
        return pd.DataFrame(rows, columns=["month", "intent", "contacts"])

    def _totals(self, messages: pd.DataFrame, spared: pd.DataFrame, calls: pd.DataFrame) -> pd.DataFrame:
        """One row a month: what the KPIs are worked out of."""
        months = pd.Index([month for month, _ in self._months()], name="month")

        def by_month(table: pd.DataFrame, column: str) -> pd.Series:
            return table[column].astype(float).groupby(table.month).sum().reindex(months, fill_value=0.0)

        columns = (*COUNTS, "fault_calls_spared", "cost")
        totals = pd.DataFrame({column: by_month(messages, column) for column in columns}, index=months)
        totals["spared"] = by_month(spared, "contacts")
        totals["inform_cost"] = by_month(messages[messages.chart != "credit"], "cost")
        for chart in ("provisioning", "assurance", "credit", "traffic"):
            totals[f"{chart}_messages"] = by_month(messages[messages.chart == chart], "sent")
        totals["interviews"] = by_month(calls, "interviews")
        totals["interview_cost"] = by_month(calls, "cost")
        totals["days"] = [len(days) for _, days in self._months()]
        return totals
