"""A contact about a case goes to the operator who has it, if that takes no longer than allowed, by hand."""

from kernel_bench import Bench, seconds

from twin.kernel.codes import Event, Outcome


def owned(owner_wait="30 s", patience=None, talk=100, recall_delay=50.0, n=2):
    """Each first contact opens a case, is not resolved and comes back 50 s after its end."""
    kind = {"talk": seconds(talk), "fcr": 0.0, "case_share": 1.0}
    if patience is not None:
        kind["patience"] = patience
    return Bench(intents={"calls": kind}, recall={"share": 1.0, "delay": seconds(recall_delay)},
                 resolution={"floor": 0.0}, routing={"owner_wait": owner_wait},
                 groups={"desk": {"count": n, "skills": {"a": 1}}})  # fmt: skip


def test_a_contact_about_a_case_goes_to_its_owner_if_idle():
    bench = owned()
    contact = bench.call(0, talk=10)  # again at 60 and 120; operator 1 has been idle longer
    bench.run(125)
    assert [int(row["operator"]) for row in bench.of(contact)] == [0, 0]
    assert bench.total("to_owner") == 2


def test_a_contact_waits_for_its_busy_owner_though_others_are_idle():
    bench = owned()
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)  # owner 0; back at 60
    other = bench.call(30, talk=50)  # 0 has been idle since 10, 1 since 20: the owner is busy until 80
    bench.run(100)
    assert bench.operator(other) == 0
    assert [int(row["operator"]) for row in bench.of(case)] == [0, 0]
    assert bench.wait(case) == 20.0


def test_a_contact_stops_waiting_for_its_owner_after_a_while():
    bench = owned("30 s")
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)
    bench.call(30, talk=500)  # owner busy until 530
    bench.run(105)
    row = bench.of(case)[1]
    assert (int(row["operator"]), float(row["answered_at"] - row["joined_at"])) == (1, 30.0)
    assert bench.total("to_owner") == 0


def test_a_contact_that_leaves_its_owner_joins_the_line_by_its_whole_wait():
    bench = owned("30 s", n=1)
    case = bench.call(0, talk=10)  # back at 60, waits for 0 until 90
    bench.call(30, talk=100)  # until 130
    other = bench.call(70, talk=10)
    bench.run(200)
    rows = bench.of(case)
    assert float(rows[1]["answered_at"]) == 130.0
    assert float(bench.of(other)[0]["answered_at"]) == 140.0


def test_patience_may_end_while_waiting_for_the_owner():
    bench = owned("60 s", patience=seconds(25))
    bench.start(0, 0).start(20, 1)
    case = bench.call(0, talk=10)
    bench.call(30, talk=500)
    bench.run(300)
    assert bench.outcome(case) == Outcome.ABANDONED
    assert bench.wait(case) == 25.0
    assert bench.world.operators.reserved[0] == -1


def test_an_owner_waited_for_serves_that_contact_before_the_line_and_before_leaving():
    bench = owned("60 s", n=1)
    bench.start().at(70, Event.SHIFT_END, 0)
    case = bench.call(0, talk=10)  # back at 60
    bench.call(30, talk=50)  # until 80
    other = bench.call(40)
    bench.run(100)
    assert float(bench.of(case)[1]["answered_at"]) == 80.0
    assert bench.of(other) == []
