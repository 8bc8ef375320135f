"""The day's control: skills on loan, by plan and by rule."""

from control_bench import counted, starts
from kernel_bench import Bench, seconds
from kernel_steps import steadily

from twin.kernel.codes import Event, StaffCount

TWO_KINDS = {
    "skills": {"a": {}, "b": {}},
    "queues": {"ann": {}, "bob": {}},
    "intents": {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}},
    "routes": [
        {"intents": ["ann"], "queue": "ann", "skills": ["a"]},
        {"intents": ["bob"], "queue": "bob", "skills": ["b"]},
    ],
    "demand": {"kind": "rates", "rates": {"ann": "1 /h"}},
    "groups": {"anns": {"count": 2, "skills": {"a": 1}}, "bobs": {"count": 1, "skills": {"b": 1}}},
}


def lending(rules=False, group="anns", skills=None, **rule):
    key = "loan_rules" if rules else "loans"
    loan = {"group": group, "skills": skills or {"b": "secondary"}} | rule
    if not rules:
        loan = {"begins": "00:01", "ends": "00:05"} | loan
    return Bench(**TWO_KINDS, control={key: [loan]}).start()


def by_plan(bench, begins=60, ends=300):
    return bench.at(begins, Event.LOAN_BEGIN, 0).at(ends, Event.LOAN_END, 0)


def test_an_idle_operator_on_loan_answers_the_other_queue_at_once():
    # Three bobs at 0, 1, 2; operator 2 takes the first; from 60 on operator 0 is lent and takes the second,
    # at 100 operator 2 the third.
    bench = by_plan(lending(count=1))
    calls = [bench.call(at, "bob") for at in (0, 1, 2)]
    steadily(bench)
    assert [bench.operator(call) for call in calls] == [2, 0, 2]
    assert starts(bench, *calls) == [0.0, 60.0, 100.0]
    assert bench.total("secondary") == 1
    assert counted(bench, StaffCount.LENT) == 1


def test_who_is_lent_leaves_the_own_queue_and_returns_in_time():
    # Operators 0 and 1 lent 60-300: an ann at 100 waits to 300.
    bench = by_plan(lending())
    call = bench.call(100, "ann")
    steadily(bench)
    assert starts(bench, call) == [300.0]


def test_who_keeps_the_own_skills_answers_both():
    bench = by_plan(lending(keeps=True))
    ann, first, bob = bench.call(100, "ann"), bench.call(101, "bob"), bench.call(102, "bob")
    steadily(bench)
    assert starts(bench, ann, first, bob) == [100.0, 101.0, 102.0]
    assert {bench.operator(ann), bench.operator(bob)} == {0, 1}


def test_a_busy_operator_changes_at_the_end_of_the_contact():
    # Both anns talk 0-100 and 10-110; lent at 60, the bob of 61 has operator 2, the one of 62 waits to 100.
    bench = by_plan(lending())
    bench.calls(0, 10, intent="ann")
    calls = [bench.call(at, "bob") for at in (61, 62)]
    steadily(bench)
    assert starts(bench, *calls) == [61.0, 100.0]
    assert bench.operator(calls[1]) == 0


def test_a_busy_operator_on_loan_returns_at_the_end_of_the_contact():
    # Lent and busy with a bob 250-350 when the loan ends at 300; an ann at 310 has operator 1, one at 311 waits to 350.
    bench = by_plan(lending())
    bench.calls(250, 250, 250, intent="bob")
    anns = bench.calls(310, 311, 312, intent="ann")
    steadily(bench)
    assert starts(bench, *anns) == [350.0, 350.0, 450.0]


def test_who_is_off_is_lent_with_the_whole_group_only():
    for more, waits in (({}, 0.0), ({"count": 2}, 99.0)):
        bench = Bench(**TWO_KINDS, control={"loans": [{"group": "anns", "skills": {"b": "primary"}, **more,
                                                       "begins": "00:01", "ends": "00:05"}]})  # fmt: skip
        by_plan(bench).start(0, 2).at(100, Event.SHIFT_START, 0).at(150, Event.SHIFT_START, 1)
        bench.call(101, "bob")
        call = bench.call(102, "bob")
        steadily(bench)
        assert bench.wait(call) == waits


def test_a_loan_by_rule_has_a_threshold_to_go_and_another_to_return():
    # Looks at 0, 50, 100 ...: at 50 two bobs wait for one operator, 200 s > 150 s, so one is lent (idle share 1 > 0.4)
    # and takes the first of them; at 100 one waits for two, 50 s, not below 40 s; at 150 he is free and returns, for
    # nobody waits.
    bench = lending(True, count=1, queue="bob", above="150 s", below="40 s", idle_share=0.4)
    for at in range(0, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bobs = bench.calls(10, 20, 30, intent="bob")
    anns = bench.calls(140, 141, intent="ann")
    late = bench.call(160, "bob")
    steadily(bench, 1000)
    assert starts(bench, *bobs) == [10.0, 50.0, 110.0]
    assert starts(bench, *anns) == [140.0, 150.0]
    assert starts(bench, late) == [210.0]


def test_between_the_thresholds_nothing_changes():
    # The same with return below 0 s, that is never: whoever is lent stays.
    bench = lending(True, count=1, queue="bob", above="150 s", below="0 s")
    for at in range(0, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.calls(10, 20, 30, intent="bob")
    late = bench.calls(400, 401, intent="bob")
    steadily(bench, 1000)
    assert bench.world.loans[0].n_lent == 1
    assert [bench.operator(call) for call in late] == [2, 0]


def test_nobody_is_lent_while_too_few_are_idle():
    bench = lending(True, count=1, queue="bob", above="150 s", below="40 s", idle_share=0.5)
    for at in range(0, 100, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.call(5, "ann")  # one of two idle: 0.5 is not more than 0.5
    bench.calls(10, 20, 30, intent="bob")
    steadily(bench, 99)
    assert counted(bench, StaffCount.LENT) == 0


def test_a_loan_by_rule_has_a_largest_number():
    """Three are idle, and somebody waits at every look: two are lent, one after the other, the third never."""
    groups = {"anns": {"count": 3, "skills": {"a": 1}}, "bobs": {"count": 1, "skills": {"b": 1}}}
    rule = {"group": "anns", "skills": {"b": "secondary"}, "count": 1, "at_most": 2, "queue": "bob"}
    rule |= {"above": "0 s", "below": "0 s"}
    bench = Bench(**(TWO_KINDS | {"groups": groups}), control={"loan_rules": [rule]}).start()
    for at in range(50, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.calls(*range(10, 30), intent="bob")
    steadily(bench, 1000)
    assert bench.world.loans[0].n_lent == 2


def test_who_goes_home_is_lent_no_longer():
    bench = by_plan(lending(count=1)).at(120, Event.SHIFT_END, 0).at(200, Event.SHIFT_START, 0)
    call = bench.call(210, "ann")
    steadily(bench)
    assert bench.world.loans[0].n_lent == 0
    assert starts(bench, call) == [210.0]
