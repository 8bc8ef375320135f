"""Both languages say the same things, and every page finds its words."""

import re
import string
from pathlib import Path

import pytest

from twin.scenario.routing_schema import LEVELS
from twin.ui.parts.numbers import Numbers
from twin.ui.words import FOLDER, LANGUAGES, Words, preferred, words_of

UI = FOLDER.parent
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))
USED = re.compile(r'(?:say|common)(\.count)?\(\s*"([a-z0-9_]+)"')


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_keys_and_places(file):
    words = words_of(file)
    assert set(words) == set(LANGUAGES)
    assert set(words["en"]) == set(words["it"])
    for key, text in words["en"].items():
        assert places(text) == places(words["it"][key]), key
        assert text.strip(), key


@pytest.mark.parametrize(
    "module", [path for path in sorted(UI.rglob("*.py")) if path.stem != "words"], ids=lambda path: path.stem
)
def test_every_key_that_is_used_exists(module):
    """A page's words are those of the file that it names in `use_words`; shared parts say common words."""
    text = module.read_text("utf-8")
    files = set(re.findall(r'use_words\("([a-z_]+)"\)', text)) | {"common"}
    known = {key for file in files for key in words_of(file)["en"]}
    for is_count, key in USED.findall(text):
        wanted = [f"{key}_one", f"{key}_other"] if is_count else [key]
        assert set(wanted) <= known, f"{module.name}: {key}"


def test_own_words_go_before_common_ones_and_are_filled():
    assert Words("scenarios", "it")("title") == "Scenari"
    assert Words("scenarios", "it")("cancel") == "Annulla"
    assert Words("common", "en")("show_all", n=3) == "Show all 3 rows"


def test_words_after_a_number_agree_with_it():
    assert Words("lifecycle", "en")("part_month", month="Feb 2026", days="1") == "Feb 2026 (1 day)"
    assert Words("lifecycle", "it")("part_month", month="feb 2026", days=12) == "feb 2026 (12 giorni)"
    assert Words("compare", "it")("pairs_done", n=1, total=10) == "1 coppia su 10"
    assert Words("control", "it")("do_add", n="1", group="banca") == "chiamare un altro operatore in banca"
    assert Words("sweeps", "it")("effects_summary", n="2", shown="1", first="x", effect="+1,0 p.p.").endswith(" p.p.")
    assert Words("control", "it")("do_add", n="3", group="banca") == "chiamare altri 3 operatori in banca"


PLURALS = (
    *("days", "pairs", "moves", "lines", "operators", "months", "intervals", "clusters", "giorni", "coppie"),
    *("passaggi", "linee", "operatori", "mesi", "intervalli"),
)
NEVER_ONE = {("compare", "who_all")}
CHOSEN = re.compile(r"\{\w+:(?:[^{}]|\{\w+\})*\}")
"""A word that is chosen by a number."""


@pytest.mark.parametrize("file", FILES)
def test_a_plural_after_a_number_has_its_singular(file):
    """`{n} days` is wrong for 1; `{n} {n:day|days}` is not, nor are the `_other` sentences."""
    fixed = re.compile(rf"\{{\w+\}} (?:{'|'.join(PLURALS)})\b")
    found = [
        key
        for words in words_of(file).values()
        for key, text in words.items()
        if not key.endswith("_other") and (file, key) not in NEVER_ONE and fixed.search(CHOSEN.sub("", text))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("it-IT,it;q=0.9,en;q=0.8", "it"), ("fr,en;q=0.5,it;q=0.7", "it"), ("de", "en"), ("", "en"), ("it;q=x,en", "en")],
)
def test_preferred_language_of_a_browser(accepted, language):
    assert preferred(accepted) == language


ENGLISH, ITALIAN = Numbers("en"), Numbers("it")


def test_numbers_are_written_as_the_language_does():
    assert ENGLISH.number(1234567.891, 2) == "1,234,567.89"
    assert ITALIAN.number(1234567.891, 2) == "1.234.567,89"
    assert ITALIAN.number(-0.04, 1) == "0,0"  # no minus before nothing
    assert ENGLISH.number(-3) == "−3"
    assert ENGLISH.number(3, sign=True) == "+3"
    assert ENGLISH.number(float("nan")) == ENGLISH.number(None) == "–"


def test_units_follow_their_numbers_on_the_same_line():
    assert ITALIAN.percent(0.1234) == "12,3\u00a0%"
    assert ENGLISH.points(-0.0212) == "−2.1\u00a0pp"
    assert ITALIAN.points(0.0212) == "+2,1\u00a0p.p."
    assert ENGLISH.seconds(35.4) == "35\u00a0s"


def test_euro_grow_their_unit():
    assert ENGLISH.euro(12.5) == "12.50\u00a0€"
    assert ENGLISH.euro(19_999) == "19,999\u00a0€"
    assert ITALIAN.euro(45_600) == "45,6\u00a0k€"
    assert ITALIAN.euro(-1_234_000) == "−1,23\u00a0Mln€"
    assert ENGLISH.euro(1_234_000, sign=True) == "+1.23\u00a0M€"
    assert ENGLISH.euro_interval(-71_100, 4_385) == "−71.1 ± 4.4\u00a0k€"
    assert ITALIAN.euro_interval(650, 24_800) == "+0,7 ± 24,8\u00a0k€"  # the wider one decides on the unit
    assert ENGLISH.euro_interval(1_234_000, 40_000, sign=False) == "1.23 ± 0.04\u00a0M€"


def test_durations_and_dates():
    from datetime import date

    assert ENGLISH.duration(35) == "35\u00a0s"
    assert ENGLISH.duration(245) == "4\u00a0min 05\u00a0s"
    assert ENGLISH.duration(7800) == "2\u00a0h 10\u00a0min"
    assert ITALIAN.duration(273600) == "3\u00a0g 4\u00a0h"
    assert ITALIAN.date(date(2026, 2, 3)) == "3 feb 2026"
    assert ENGLISH.month("2013-04") == "Apr 2013"
    assert ITALIAN.month("2013-01") == "gen 2013"
    assert ENGLISH.clock(14 * 3600 + 1800) == "14:30"


def test_names_of_uploaded_files_are_never_paths():
    pytest.importorskip("solara")
    from twin.ui.parts.fields import plain_name

    assert plain_name("../../etc/passwd") == "passwd"
    assert plain_name("C:\\tmp\\my file.toml") == "my-file.toml"
    assert plain_name("...") == "file"
    assert len(plain_name("x" * 500)) == 80


def test_every_page_has_a_file_of_words_with_its_title():
    pytest.importorskip("solara")
    from twin.ui.page import all_pages

    pages = all_pages()
    assert {"scenarios"} <= {page.route for page in pages}
    for page in pages:
        assert (Path(FOLDER) / f"{page.route}.toml").is_file()
        assert Words(page.route, "it").has(page.title)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_service_level_names_its_denominator(language):
    names = Words("kpis", language)
    assert {names(name).partition(" / ")[2] for name in ("sl20", "in_target")} == {
        {"en": "offered", "it": "offerti"}[language]
    }
    assert Words("floor", language)("sl20") == names("sl20")  # one KPI, one name


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_of_skills_have_the_same_names_on_all_pages(language):
    floor, skills = Words("floor", language), Words("skills", language)
    for name, level in LEVELS.items():
        assert floor(f"skill_{level}") == skills(f"level_{level}").lower()
        assert language != "en" or floor(f"skill_{level}") == name


def test_every_monthly_kpi_and_usual_parameter_has_its_words():
    from calibration.months.parameters import EVERY
    from calibration.months.record import MONTH_KPIS

    say = Words("calibration", "it")
    assert all(say.has(f"m_{kpi}") for kpi in MONTH_KPIS)
    for parameter, _ in EVERY:
        key = f"u_{parameter.name.replace(' ', '_')}"
        assert say.has(key), parameter.name
        assert Words("calibration", "en")(f"{key}_is") == parameter.title
