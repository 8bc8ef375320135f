"""What the tests of the day's control ask of a bench: a desk, who does what, what was counted."""

from kernel_bench import seconds

from twin.kernel.codes import Activity

WRAP = {"calls": {"talk": seconds(100), "wrap": seconds(40)}}


def desk(n, **more):
    return {"desk": {"count": n, "skills": {"a": 1}, **more}}


def counted(bench, kind):
    return float(bench.world.staff_counts[:, :, kind].sum())


def activity(bench, operator=0):
    return Activity(int(bench.world.operators.activity[operator]))


def starts(bench, *contacts):
    return [float(bench.last(contact)["answered_at"]) for contact in contacts]
