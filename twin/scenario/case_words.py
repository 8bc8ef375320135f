"""Cases in plain words, for `twin show`."""

from twin.scenario.schema import Scenario
from twin.scenario.words import duration, joined, law, percent


def case_lines(s: Scenario) -> list[str]:
    """Sentences about the work that contacts leave behind; nothing unless cases are worked on."""
    cases = s.cases
    if cases is None:
        return []
    opening = {intent.title or name: intent.case_share for name, intent in s.intents.items() if intent.case_share > 0}
    shares = [f"{title} {percent(share)}" for title, share in opening.items()]
    lines = [f"A handled contact opens a case: {joined(shares, len(shares))}."] if shares else []
    if cases.one_call:
        lines.append("Whoever could not be helped need not call again: a case is opened, worked on and answered.")
    if cases.taken_in_charge < 1:
        lines.append(f"Of the matters not settled operators notice {percent(cases.taken_in_charge)}.")
    for name, level in cases.levels.items():
        wait = f", after waiting for others ({law(level.wait)})" if level.wait is not None else ""
        by = f", by the back office {joined(level.skills)}" if level.skills else ""
        what = f"work {law(level.work)}{wait}{by}, due within {duration(level.due)}"
        lines.append(f"{level.title or name}, {percent(level.share)}: {what}.")
    idle = f" while their occupancy is at most {percent(cases.occupancy_below)}" if cases.occupancy_below < 1 else ""
    lines.append(f"Operators with the skill take cases up when no call waits{idle}.")
    if idle:
        lines.append(f"A case that has waited {duration(cases.guarantee)} is taken up by whoever is idle.")
    if cases.owner_first:
        lines.append("The operator who opened the case takes it up if idle.")
    if cases.interruptible:
        lines.append("Work on a case is put down for a live contact.")
    if cases.chasing is not None:
        lines.append(f"On each day {percent(cases.chasing.share_a_day)} of the open cases are chased by a call.")
    if cases.defects is not None:
        lines.append(f"{percent(cases.defects.share)} are closed wrongly, and the customer contacts again.")
    if cases.recontact is not None:
        lines.append(f"{percent(cases.recontact.share)} are closed with a call to the customer.")
    return lines
