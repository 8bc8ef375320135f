"""Rules that only a near neighbour could be taken for: found by changing the kernel and seeing no test go red."""

from kernel_bench import Bench, seconds
from kernel_steps import steadily


def team(n, rule, **more):
    return Bench(groups={"desk": {"count": n, "skills": {"a": 1}}}, routing={"operator_rule": rule}, **more)


def test_least_occupied_is_not_least_time_busy():
    """At 1000 s: 0 on duty since 0, busy 100 of 1000 s (10 %); 1 on duty since 900, busy 60 of 100 s (60 %)."""
    bench = team(2, "least_occupied").start(0, 0).start(900, 1)
    bench.call(0, talk=100)
    first = bench.call(900, talk=60)  # 1, who has just come, has not been busy at all
    last = bench.call(1000, talk=10)
    steadily(bench, 1020, 20)
    assert [bench.operator(contact) for contact in (first, last)] == [1, 0]


def test_at_random_a_matter_that_comes_back_may_meet_somebody_else():
    """60 matters come back once, three operators idle each time: the same one twice in a third of them, about 20."""
    bench = team(3, "random", intents={"calls": {"talk": seconds(10), "fcr": 0.0}}, resolution={"floor": 0.0},
                 recall={"share": 1.0, "delay": seconds(30_000)})  # fmt: skip
    contacts = bench.calls(*range(0, 12_000, 200))
    bench.run(45_000)
    pairs = [[int(row["operator"]) for row in bench.of(contact)] for contact in contacts]
    assert all(len(pair) == 2 for pair in pairs)
    assert 5 <= sum(pair[0] == pair[1] for pair in pairs) <= 35
