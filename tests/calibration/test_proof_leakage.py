"""What a forecast knows: arrivals and presence of the unseen months, nothing of what became of the calls."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from planted_bank import UNSEEN_DAYS, bank_log, write_log

from calibration.command import known_until
from calibration.fit.parameters import read_parameters
from calibration.fit.record import COUNTS
from calibration.fit.sources import problem_of, read_source
from calibration.proof import bank as proof
from twin.errors import InputError
from twin.scenario.load import load

LOST = ["outcome", "service_start_s", "service_s", "agent"]


def with_other_outcomes(calls: pd.DataFrame, days: Sequence[str] = UNSEEN_DAYS) -> pd.DataFrame:
    """The unseen days with all waits longer, and others of those who waited served: by the same talks of the same
    operators, so that who was there stays as it was."""
    changed = calls.copy()
    rng = np.random.default_rng(7)
    for date in days:
        rows = np.flatnonzero((calls["date"] == date) & calls["wait_s"].notna())
        changed.loc[rows, LOST] = calls.loc[rng.permutation(rows), LOST].to_numpy()
    unseen = changed["date"].isin(days)
    return changed.assign(wait_s=changed["wait_s"].where(~unseen, 3 * changed["wait_s"] + 10))


def without_pauses(calls: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """These days with every talk going on until the operator's next: other work, the same presence."""
    talks = calls[calls["date"].isin(days) & calls["agent"].notna()].sort_values("service_start_s")
    until_next = talks.groupby(["date", "agent"])["service_start_s"].shift(-1) - talks["service_start_s"]
    return calls.assign(service_s=until_next.reindex(calls.index).fillna(calls["service_s"]))


def with_other_arrivals(calls: pd.DataFrame) -> pd.DataFrame:
    """Every third call of the unseen days never came."""
    return calls[~calls["date"].isin(UNSEEN_DAYS) | (calls["call_id"] % 3 > 0)].reset_index(drop=True)


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Folder by name: as planted, with other outcomes of the unseen days, with other arrivals."""
    folder, planted = tmp_path_factory.mktemp("logs"), bank_log()
    made = {"planted": planted, "outcomes": with_other_outcomes(planted), "arrivals": with_other_arrivals(planted)}
    return {name: write_log(folder / name, calls) for name, calls in made.items()}


@pytest.fixture
def proved(logs, monkeypatch):
    """The problem that is fitted and the forecasts, by name of the log and mode; each fit ends where it began."""
    monkeypatch.setattr(proof, "FULL_DAY", 100)

    class Middle:
        def __init__(self, problem):
            self.problem = problem

        def drawn(self, n):
            return np.tile(self.problem.box.centre, (n, 1))

    monkeypatch.setattr(proof, "fit", lambda problem, runs, workers: Middle(problem))

    def prove(name, mode):
        fitted, forecasts = proof.prove(logs[name], mode, members=2, unseen=True)
        return fitted.problem, forecasts

    return prove


def bits(record):
    """All that a record holds, byte for byte."""
    return [getattr(record, name).tobytes() for name in (*COUNTS, "operators")]


@pytest.mark.parametrize("mode", proof.MODES)
@pytest.mark.parametrize("change", ["outcomes", "arrivals"])
def test_the_fit_is_given_nothing_of_the_unseen_months(proved, mode, change):
    planted, changed = proved("planted", mode)[0], proved(change, mode)[0]
    assert max(planted.recorded.dates) < min(UNSEEN_DAYS)
    assert planted.resolved == changed.resolved
    assert bits(planted.recorded) == bits(changed.recorded)
    for name in ("arrivals", "staffing", "recorded", "talk_levels"):
        pd.testing.assert_frame_equal(getattr(planted.tables, name), getattr(changed.tables, name), check_exact=True)


@pytest.mark.parametrize("mode", proof.MODES)
def test_a_forecast_does_not_know_waits_and_outcomes(proved, mode):
    """Ours and both formulas, byte for byte; what they are held against has changed."""
    planted, changed = proved("planted", mode)[1], proved("outcomes", mode)[1]
    assert planted[0].recorded.wait_s.sum() < changed[0].recorded.wait_s.sum()
    assert len(planted) == 3
    for one, other in zip(planted, changed, strict=True):
        assert [bits(member) for member in one.members] == [bits(member) for member in other.members], one.name


@pytest.mark.parametrize("mode", proof.MODES)
def test_a_forecast_does_know_the_arrivals(proved, mode):
    planted, changed = proved("planted", mode)[1][0], proved("arrivals", mode)[1][0]
    np.testing.assert_array_equal(changed.members[0].offered, changed.recorded.offered)
    assert planted.members[0].total("offered") > changed.members[0].total("offered")


def test_the_command_knows_the_level_of_no_day_held_out(tmp_path):
    """`twin calibrate LOG --scenario bank-1999 --until 1999-04-30`: May is held out, and its talks are not known."""
    planted = bank_log()
    held = [date for date in sorted(set(planted["date"])) if date > "1999-04-30" and date not in UNSEEN_DAYS]
    until, box, loaded = known_until(held), read_parameters(proof.HERE / "bank-log.toml"), load("bank-1999")
    assert until == "1999-05-04"
    levels = []
    for name, calls in (("planted", planted), ("changed", without_pauses(planted, held))):
        source = read_source(write_log(tmp_path / name, calls), loaded)
        seen = problem_of(source, "bank-1999", (), ["1999-02-02"], box, until=until).tables.talk_levels
        ahead = problem_of(source, "bank-1999", (), held, box, until=until).tables.talk_levels
        levels.append((seen["talk"].tolist(), ahead["talk"].tolist()))
    (seen, ahead), (seen_again, ahead_again) = levels
    assert seen == seen_again
    assert ahead == ahead_again
    with pytest.raises(InputError, match="1999-01-03, the first day, is held out"):
        problem_of(source, "bank-1999", (), ["1999-01-03"], box, until="1999-01-02")
    assert known_until([]) is None
