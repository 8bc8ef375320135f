"""Exports as known products write them, each with the answer by hand."""

import pytest

from calibration.history.headings import Meaning, meaning
from calibration.history.reader import read_history


def saved(folder, *lines):
    path = folder / "export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


EXPORTS = {  # headings as these products export them; one row; the answers
    "Avaya CMS": (
        "ROW_DATE,STARTTIME,INTRVL,SPLIT,CALLSOFFERED,ACDCALLS,ABNCALLS,ACCEPTABLE,SERVICELEVEL,ANSTIME,ABNTIME,"
        "ACDTIME,ACWTIME,I_STAFFTIME",
        "3/4/2024,830,30,12,20,18,2,15,20,360,90,3600,540,9000",
        {"start_s": 30600, "length_s": 1800, "queue": "12", "offered": 20, "answered": 18, "abandoned": 2,
         "answered_in_time": 15, "within_s": 20, "wait_answered_s": 360, "wait_abandoned_s": 90, "service_s": 3600,
         "wrap_s": 540, "handle_s": 4140, "operators": 5},
    ),
    "Genesys Cloud": (
        "Interval Start,Interval End,Queue Name,Offer,Answer,Abandon,ASA,Service Level %,Avg Handle,Avg Talk,Avg ACW",
        "3/4/24 8:30 AM,3/4/24 9:00 AM,Sales,20,18,2,20,75.00%,230,200,30",
        {"start_s": 30600, "length_s": 1800, "queue": "Sales", "offered": 20, "answered_in_time": 15,
         "wait_answered_s": 360, "service_s": 3600, "wrap_s": 540, "handle_s": 4140},
    ),
    "Cisco UCCE": (
        "DateTime,Call Type,CallsOffered,CallsHandled,TotalCallsAband,ServiceLevelCalls,AnswerWaitTime,HandleTime",
        "03/04/2024 08:30:00,Billing,20,18,2,15,0:06:00,1:09:00",
        {"start_s": 30600, "type": "Billing", "offered": 20, "answered": 18, "answered_in_time": 15,
         "wait_answered_s": 360, "handle_s": 4140},
    ),
    "Amazon Connect": (
        "StartInterval,EndInterval,Queue,Contacts queued,Contacts handled,Contacts abandoned,"
        "Average queue answer time,Average queue abandon time,Average handle time,Contacts answered in 20 seconds",
        "2024-03-04T08:30:00,2024-03-04T09:00:00,Sales,20,18,2,20,45,230,15",
        {"start_s": 30600, "length_s": 1800, "queue": "Sales", "offered": 20, "wait_answered_s": 360,
         "wait_abandoned_s": 90, "handle_s": 4140, "answered_in_time": 15, "within_s": 20},
    ),
    "an Italian spreadsheet": (
        "Data;Fascia oraria;Servizio;N. chiamate offerte;N. risposte;N. abbandonate;Risposte entro 20 sec;"
        "Tempo medio di attesa;Tempo medio di gestione;Operatori in turno",
        "04/03/2024;08:30-09:00;187;20;18;2;15;00:00:20;00:03:50;5",
        {"start_s": 30600, "length_s": 1800, "queue": "187", "offered": 20, "answered": 18, "abandoned": 2,
         "answered_in_time": 15, "within_s": 20, "wait_answered_s": 360, "handle_s": 4140, "operators": 5},
    ),
}  # fmt: skip


@pytest.mark.parametrize("product", EXPORTS)
def test_interval_reports_of_known_products(product, tmp_path):
    heading, row, answers = EXPORTS[product]
    table = read_history(saved(tmp_path, heading, row)).intervals
    assert len(table) == 1
    assert {name: table[name].iloc[0] for name in answers} == answers


LOGS = {
    "Five9": (
        "CALL ID,TIMESTAMP,CAMPAIGN,SKILL,AGENT,ANI,IVR TIME,QUEUE WAIT TIME,TALK TIME,HOLD TIME,AFTER CALL WORK TIME,"
        "ABANDONED",
        ["300,3/14/2024 8:30:05,Care,Billing,ann,555,00:00:10,00:00:20,00:03:00,00:00:12,00:00:30,0",
         "301,3/14/2024 8:31:00,Care,Billing,[None],556,00:00:10,00:01:00,00:00:00,00:00:00,00:00:00,1"],
    ),
    "NICE CXone": (
        "contact_id,start_date,start_time,skill_name,campaign_name,agent_name,ANI_DIALNUM,PreQueue,InQueue,Agent_Time,"
        "hold_time,ACW_Time,abandon",
        ["300,03/14/2024,08:30:05,Billing,Care,ann,555,10,20,180,12,30,N",
         "301,03/14/2024,08:31:00,Billing,Care,,556,10,60,0,0,0,Y"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("product", LOGS)
def test_call_logs_of_known_products(product, tmp_path):
    heading, rows = LOGS[product]
    calls = read_history(saved(tmp_path, heading, *rows)).calls
    assert calls["at_s"].tolist() == [30605, 30660]
    assert calls["outcome"].tolist() == ["answered", "abandoned"]
    assert calls["wait_s"].tolist() == [20, 60]
    assert calls["service_s"].iloc[0] == 192  # talk and hold
    assert calls["wrap_s"].iloc[0] == 30
    assert calls["queue"].tolist() == ["Billing", "Billing"]
    assert calls["vru_s"].tolist() == [10, 10]


GENESYS = (
    "Interval Start,Interval End,Interval Complete,Filters,Media Type,Queue Id,Queue Name,Offer,Answer,Abandon,"
    "Service Level %,ASA,Avg Handle,Avg Talk,Avg Hold,Avg ACW",
    "2024-03-04 08:30,2024-03-04 09:00,true,,voice,7,Sales,20,18,2,75.0,20000,230000,190000,10000,30000",
    "2024-03-04 09:00,2024-03-04 09:30,true,,voice,7,Sales,10,10,0,90.0,5000,230000,190000,10000,30000",
)
METRICS = (
    "interval,queueName,nOffered,tAnswered.count,tAbandon.count,oServiceLevel,tAnswered.sum,tAnswered.max,"
    "tAbandon.sum,tTalk.sum,tHeld.sum,tAcw.sum,tHandle.sum",
    "2024-03-04T07:30:00Z/2024-03-04T08:00:00Z,Sales,20,18,2,0.75,360000,99000,90000,3420000,180000,540000,4140000",
    "2024-03-04T08:00:00Z/2024-03-04T08:30:00Z,Sales,10,10,0,0.9,50000,9000,0,1900000,100000,300000,2300000",
)
IN_MS = {"start_s": 30600, "length_s": 1800, "queue": "Sales", "offered": 20, "answered": 18, "abandoned": 2,
         "answered_in_time": 15, "wait_answered_s": 360, "service_s": 3600, "wrap_s": 540,
         "handle_s": 4140}  # fmt: skip


def said_of_units(history):
    return [(remark.text, remark.sureness) for remark in history.quality.remarks if remark.topic == "units"]


@pytest.mark.parametrize("mapping", [None, "genesys-cloud"])
def test_genesys_cloud_views_without_formatting_are_in_milliseconds(mapping, tmp_path):
    history = read_history(saved(tmp_path, *GENESYS), mapping)
    first = history.intervals.iloc[0]
    assert {name: first[name] for name in IN_MS} == IN_MS
    names = "ASA, Avg Talk, Avg Hold, Avg ACW, Avg Handle"
    if mapping is None:
        [(sentence, sureness)] = said_of_units(history)
        assert sureness == "guess"
        assert sentence.startswith("plain numbers are milliseconds, as in a view of Genesys Cloud")
        assert set(sentence.rpartition(": ")[2].split(", ")) == set(names.split(", "))


def test_the_same_headings_in_seconds_stay_seconds(tmp_path):
    rows = [line.replace("000", "") for line in GENESYS[1:]]
    history = read_history(saved(tmp_path, GENESYS[0], *rows))
    assert history.intervals["handle_s"].tolist() == [4140, 2300]
    assert not said_of_units(history)


@pytest.mark.parametrize("mapping", [None, "genesys-cloud-metrics"])
def test_genesys_cloud_metrics_are_in_milliseconds_by_their_names(mapping, tmp_path):
    history = read_history(saved(tmp_path, *METRICS), mapping)
    first = history.intervals.iloc[0].to_dict()
    expected = IN_MS if mapping else {**IN_MS, "start_s": 27000}  # the mapping moves them from UTC to Rome
    assert {name: first[name] for name in expected} == expected
    assert first["wait_abandoned_s"] == 90
    if mapping is None:
        [(sentence, sureness)] = said_of_units(history)
        assert sureness == "likely"
        assert "as their headings say" in sentence


def test_least_and_largest_values_of_metrics_are_no_sums():
    assert meaning("tTalk", "intervals") == Meaning("service_s", "ms")
    assert meaning("tTalk.sum", "calls") == Meaning("service_s", "ms")
    assert meaning("tAbandon.count", "intervals") == Meaning("abandoned")
    assert meaning("tTalk.max", "intervals") is None
    assert meaning("tTalk.count", "intervals") is None
    assert meaning("Avg tTalk", "intervals") is None
    assert meaning("metrics.max.tTalk", "intervals") is None
    assert meaning("metrics.tTalk.stats.sum", "intervals") == Meaning("service_s", "ms")


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Tempo di attesa totale", "wait_answered_s"),
        ("Tempo totale di attesa", "wait_answered_s"),
        ("Numero delle chiamate offerte", "offered"),
        ("Tempo medio della conversazione", "mean_service_s"),
        ("Percentuale di abbandono", "abandonment_share"),
    ],
)
def test_small_words_of_italian_change_nothing(heading, target):
    assert meaning(heading, "intervals").target == target
