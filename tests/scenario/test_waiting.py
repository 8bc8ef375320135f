"""Rules of waiting: one sentence for each mistake, and what `twin show` says."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

CALL_BACK = """
[waiting.call_back]
expected_wait = "3 min"
accept = { waits = ["3 min", "10 min"], values = [0.3, 0.7] }
place = "kept"
ring = { law = "exponential", mean = "12 s" }
reach = 0.8
retries = 2
retry_delay = { law = "constant", value = "10 min" }
"""
PROMISED = (
    CALL_BACK.replace('"kept"', '"promised"') + 'promise = { quiet_from = ["14:00", "18:30"], spread = "30 min" }\n'
)
ANNOUNCEMENT = """
[waiting.announcement]
balk = { waits = ["1 min", "5 min"], values = [0.0, 0.2] }
patience_factor = { waits = ["1 min", "5 min"], values = [1.2, 0.8] }
every = "90 s"
"""
MESSAGE = """
[routing]
leave_message_after = "4 min"

[waiting.message]
handle = { law = "exponential", mean = "2 min" }
deadline = "4 h"
"""

MISTAKES = {
    "never offered": (CALL_BACK, ('expected_wait = "3 min"', ""),
                      "waiting.call_back is never offered, must have"),
    "no delay": (CALL_BACK, ('retry_delay = { law = "constant", value = "10 min" }', ""),
                 "waiting.call_back.retry_delay is missing, must be given where retries is above 0"),
    "no promise": (CALL_BACK, ('"kept"', '"promised"'), "waiting.call_back.promise is missing, must be given where"),
    "idle promise": (PROMISED, ('"promised"', '"kept"'),
                     "waiting.call_back.promise is given, must be given only where"),
    "two promises": (PROMISED, ("quiet_from", 'delay = "1 h", quiet_from'),
                     "waiting.call_back.promise must have either delay or quiet_from"),
    "promise of nothing": (PROMISED, ('quiet_from = ["14:00", "18:30"], ', ""),
                           "waiting.call_back.promise must have either delay or quiet_from"),
    "quiet when closed": (PROMISED, ("18:30", "22:00"),
                          "waiting.call_back.promise.quiet_from[1] is 22:00, must lie within the opening hours, 08:00"),
    "share above 1": (CALL_BACK, ("0.7]", "1.7]"),
                      "waiting.call_back.accept.values[1] is 1.7, must be between 0 and 1"),
    "share as text": (CALL_BACK, ('{ waits = ["3 min", "10 min"], values = [0.3, 0.7] }', '"x"'),
                      "waiting.call_back.accept is 'x', must be a number with its unit"),
    "half a curve": (CALL_BACK, ("0.3, 0.7", "0.3"),
                     "waiting.call_back.accept has 2 waits and 1 values, needs as many"),
    "falling curve": (ANNOUNCEMENT, ('["1 min", "5 min"], values = [0.0', '["5 min", "1 min"], values = [0.0'),
                      "waiting.announcement.balk has waits that do not rise"),
    "negative factor": (ANNOUNCEMENT, ("0.8]", "-0.8]"),
                        "waiting.announcement.patience_factor.values[1] is -0.8, must be at least 0"),
    "falling instants": (CALL_BACK, ('expected_wait = "3 min"', 'after = ["3 min", "1 min"]'),
                         "waiting.call_back has instants in after that do not rise"),
    "unknown place": (CALL_BACK, ('"kept"', '"keep"'),
                      "waiting.call_back.place is 'keep', must be one of kept, promised"),
    "no message": (MESSAGE, ('leave_message_after = "4 min"', ""),
                   "waiting.message needs routing.leave_message_after, without which nobody leaves a message"),
    "message before calls": (MESSAGE, ('deadline = "4 h"', 'deadline = "4 h"\nrank = 0'),
                             "waiting.message.rank is 0, must be above 0, the highest rank of the calls"),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "change", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_one_sentence(rules, change, sentence, write, valid_text):
    with pytest.raises(ScenarioError) as found:
        load_scenario(write(change, text=valid_text + rules))
    assert len(found.value.problems) == 1, found.value.problems
    assert f"peak.toml: {sentence}" in found.value.problems[0]


def test_mistake_in_the_rules_of_a_queue_says_which(write, valid_text):
    text = valid_text + CALL_BACK.replace("[waiting", "[queues.standard.waiting").replace('"kept"', '"promised"')
    with pytest.raises(ScenarioError, match=r"queues\.standard\.waiting\.call_back\.promise is missing"):
        load_scenario(write(text=text))


def test_show_says_it_in_words(write, valid_text):
    queue = MESSAGE.replace("[waiting", "[queues.standard.waiting")
    lines = explain_lines(load(write(text=valid_text + PROMISED + ANNOUNCEMENT + queue)))
    for sentence in (
        "A call-back is offered to all who must wait from an expected wait of 3 min; 30 % at 3 min and 70 % at 10 min "
        "accept.",
        "Who accepts is called at 14:00 and 18:30; it rings exponential with mean 12 s, 80 % answer, 2 more tries "
        "after a time, always 10 min.",
        "The expected wait is told to all who must wait and again every 1.5 min; 0 % at 1 min and 20 % at 5 min hang "
        "up at once; patience is times 1.2 at 1 min and 0.8 at 5 min.",
        "The expected wait is place in the queue x mean handle time / operators on duty.",
        "Messages of who must wait in queue standard become work of rank 1000, exponential with mean 2 min, "
        "due within 4 h.",
    ):
        assert f"  {sentence}" in lines
