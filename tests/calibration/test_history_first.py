"""`twin init`: numbers of a first scenario by hand, and a scenario that loads and runs."""

import math

import pytest

from calibration.history.first_numbers import first_numbers
from calibration.history.reader import read_history
from twin import cli
from twin.errors import ScenarioError
from twin.scenario.load import load, load_scenario
from twin.simulation import simulate

HEADING = "Data;Ora;Coda;Offerte;Risposte;Abbandonate;Attesa media;AHT;Operatori"


def report(folder, rows, heading=HEADING, name="export.csv"):
    path = folder / name
    path.write_text("\n".join([heading, *rows]) + "\n")
    return path


def weeks(queue="187", offered=(30, 60, 20), operators=(4, 8, 3), days=range(4, 18)):
    """Two weeks of March 2024 (the 4th is a Monday), 9:00 to 10:30; at weekends half the contacts and 2 operators."""
    rows = []
    for day in days:
        is_weekend = day % 7 in (2, 3)
        for place, start in enumerate(("09:00", "09:30", "10:00")):
            n = offered[place] // (2 if is_weekend else 1)
            heads = 2 if is_weekend else operators[place]
            rows.append(f"{day:02d}/03/2024;{start};{queue};{n};{n - n // 10};{n // 10};20;180;{heads}")
    return rows


def test_rates_and_staffing_are_the_weekdays_means(tmp_path):
    first = first_numbers(read_history(report(tmp_path, weeks())))
    assert (first.opens_s, first.closes_s, first.period_s) == (32400, 37800, 1800)
    assert first.n_dates == dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 2)
    (one,) = first.series
    assert one.rates["mon"] == [60, 120, 40]  # an hour
    assert one.rates["sat"] == [30, 60, 20]
    (line,) = first.lines
    assert line.operators["fri"] == [4, 8, 3]
    assert line.operators["sun"] == [2, 2, 2]
    assert (one.talk_s, one.times_from) == (180, "AHT")


def test_patience_starts_from_waits_over_abandonments(tmp_path):
    # every interval of 10: 9 answered after 20 s on average, 1 gives up: 1.15 x 9 x 20 / 1 = 207 s
    rows = weeks(offered=(10, 10, 10), days=range(4, 9))
    assert first_numbers(read_history(report(tmp_path, rows))).series[0].patience_s == pytest.approx(207)
    heading = HEADING + ";Attesa media abbandonate"
    known = first_numbers(read_history(report(tmp_path, [f"{row};60" for row in rows], heading))).series[0]
    assert known.patience_s == pytest.approx(9 * 20 + 60)
    assert known.patience_from == "all waits"


def test_without_operators_the_load_tells_how_many(tmp_path):
    rows = [row.rsplit(";", 1)[0] for row in weeks()]
    first = first_numbers(read_history(report(tmp_path, rows, HEADING.rsplit(";", 1)[0])))
    loads = [60 / 3600 * 180, 120 / 3600 * 180, 40 / 3600 * 180]  # 3, 6 and 2 Erlang
    assert first.lines[0].operators["mon"] == [math.ceil(load + math.sqrt(load)) for load in loads]
    assert not first.lines[0].has_operators


def test_types_of_a_queue_share_its_operators_and_short_intervals_are_added_up(tmp_path):
    rows = []
    for day in (4, 5, 11, 12):
        for minute in range(0, 60, 15):
            rows += [
                f"{day:02d}/03/2024;09:{minute:02d};187;{kind};{n};{n};0;180;6"
                for kind, n in (("bill", 10), ("fault", 5))
            ]
    first = first_numbers(
        read_history(report(tmp_path, rows, "Data;Ora;Coda;Tipo;Offerte;Risposte;Abbandonate;AHT;Operatori"))
    )
    assert first.period_s == 1800
    assert {one.key: one.rates["mon"] for one in first.series} == {"187-bill": [40, 40], "187-fault": [20, 20]}
    (line,) = first.lines
    assert line.intents == ["187-bill", "187-fault"]
    assert line.operators == {"mon": [6, 6], "tue": [6, 6]}


def test_days_without_contacts_are_closed_and_empty_hours_too(tmp_path):
    rows = [row for row in weeks() if row[:2] not in ("09", "10", "16", "17")]
    night = [f"{day:02d}/03/2024;03:00;187;0;0;0;0;0;0" for day in range(4, 9)]
    first = first_numbers(read_history(report(tmp_path, [*rows, *night])))
    assert first.days == ["mon", "tue", "wed", "thu", "fri"]
    assert first.opens_s == 32400


def test_equal_days_vary_no_more_than_chance(tmp_path):
    assert first_numbers(read_history(report(tmp_path, weeks(offered=(30, 60, 20))))).day_cv == 0


def test_a_day_off_that_is_listed_hides_no_variation(tmp_path):
    """One week has 60, the next 120 contacts in the busiest half hour; on Sundays every interval is there, with 0."""
    odd, even = (
        weeks(offered=(n // 2, n, n // 3), days=days) for n, days in ((60, range(4, 11)), (120, range(11, 18)))
    )
    without = [row for row in odd + even if row[:2] not in ("10", "17")]
    off = [f"{day}/03/2024;{start};187;0;0;0;0;0;0" for day in (10, 17) for start in ("09:00", "09:30", "10:00")]
    alone, listed = (first_numbers(read_history(report(tmp_path, rows))) for rows in (without, without + off))
    assert listed.n_dates["sun"] == 2
    assert listed.day_cv == alone.day_cv > 0.3


def test_the_scenario_loads_with_marks_and_runs_near_the_record(tmp_path, capsys):
    path, out = report(tmp_path, weeks()), tmp_path / "first.toml"
    assert cli.main(["init", str(path), "--out", str(out)]) == 0
    assert f"twin run {out}" in capsys.readouterr().out
    loaded = load(out)
    scenario = loaded.scenario
    assert scenario.demand.weekday_rates["sat"]["187"] == pytest.approx([30 / 3600, 60 / 3600, 20 / 3600])
    assert scenario.groups["187"].count == sum(pattern.heads for pattern in scenario.shifts["187"].patterns)
    text = out.read_text("utf-8")
    assert 'mark = "D", source = "export.csv: AHT as reported' in text
    assert 'mark = "A", source = "lognormal: Brown et al. (2005)' in text
    run = simulate(scenario, days=7, seed=3)
    offered = run.kpis()["n_offered"].sum()
    expected = 5 * 110 + 2 * 55  # a week: 660, Poisson, 4 standard deviations
    assert abs(offered - expected) < 4 * math.sqrt(expected)


def test_queues_with_any_names_make_a_scenario(tmp_path):
    rows = weeks('Già "VIP"') + weeks("[x] = 1") + weeks("già vip")
    out = tmp_path / "first.toml"
    assert cli.main(["init", str(report(tmp_path, rows)), "--out", str(out)]) == 0
    assert len(load_scenario(out).intents) == 3


def test_init_refuses_what_it_cannot_use(tmp_path, capsys):
    path = report(tmp_path, weeks())
    out = tmp_path / "first.toml"
    out.write_text("mine")
    assert cli.main(["init", str(path), "--out", str(out)]) == 2
    assert "which exists, must be a new file" in capsys.readouterr().err
    assert cli.main(["init", str(path), "--out", str(tmp_path / "first.json")]) == 2
    assert "must be a file that ends in .toml" in capsys.readouterr().err
    months = report(tmp_path, ["01/2012;12"], "Mese;FOC", "months.csv")
    assert cli.main(["init", str(months), "--out", str(tmp_path / "new.toml")]) == 2
    assert "holds months only, must hold intervals or calls" in capsys.readouterr().err
    assert cli.main(["init", str(report(tmp_path, [], name="none.csv")), "--out", str(tmp_path / "new.toml")]) == 2
    assert "holds no rows, must hold intervals or calls" in capsys.readouterr().err
    silent = report(tmp_path, [f"{day:02d}/03/2024;09:00;187;0;0;0;0;0;1" for day in range(4, 12)], name="silent.csv")
    assert cli.main(["init", str(silent), "--out", str(tmp_path / "new.toml")]) == 2
    assert "holds no contacts" in capsys.readouterr().err
    huge = report(tmp_path, [row.rsplit(";", 1)[0] + ";6e9" for row in weeks()], name="huge.csv")
    assert cli.main(["init", str(huge), "--out", str(tmp_path / "new.toml")]) == 2
    assert "must be at most 20,000" in capsys.readouterr().err
    assert not (tmp_path / "new.toml").exists()


WEEKDAY_RATES = """
title = "Weekdays"
[run]
days = 7
start = 2024-03-04
[opening]
opens = "09:00"
closes = "11:00"
[demand]
kind = "rates"
[demand.rates]
call = ["60 /h", "60 /h"]
[demand.weekday_rates.sat]
call = "0 /h"
[intents.call]
talk = { law = "exponential", mean = "1 min" }
[skills.a]
[queues.a]
[[routes]]
queue = "a"
skills = ["a"]
[groups.g]
count = 5
skills = { a = "primary" }
"""


def test_a_weekday_may_have_rates_of_its_own(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(WEEKDAY_RATES)
    plain = tmp_path / "plain.toml"
    plain.write_text(WEEKDAY_RATES.replace('[demand.weekday_rates.sat]\ncall = "0 /h"\n', ""))

    def offered(file, days):
        return simulate(load_scenario(file), days=days, seed=1).kpis()["n_offered"].sum()

    assert offered(path, 5) == offered(plain, 5) > 400  # Monday to Friday are the same
    assert offered(path, 6) == offered(path, 5)  # nobody on Saturday
    assert offered(plain, 6) > offered(plain, 5)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('call = "0 /h"', 'call = ["1 /h"]', "demand.weekday_rates.sat.call has 1 values, must have 2"),
        ('call = "0 /h"', 'mail = "1 /h"', "demand.weekday_rates.sat.mail is not an intent of demand.rates"),
    ],
)
def test_wrong_weekday_rates_are_found_at_load(old, new, sentence, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(WEEKDAY_RATES.replace(old, new))
    with pytest.raises(ScenarioError, match=sentence):
        load_scenario(path)
