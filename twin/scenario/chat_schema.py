"""Chat: an operator serves several customers at once."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Strict


class Chat(Strict):
    """Chats at once (concurrency). Only operators who are idle or in chats take one; who is in a chat gets no call.

    With m at once each goes on at 1 / (1 + slowdown (m - 1)) of the speed that it has alone: the rate of service
    depends on the number that the operator serves (Tezcan and Zhang 2014, "Routing and staffing in customer service
    chat systems with impatient customers"; a limit on the number: Luo and Zhang 2013, "Staffing and control of instant
    messaging contact centers"). The `talk` of an intent is what a chat takes alone, what is written up included.
    """

    at_once: int = Field(2, ge=1, le=100)
    """Most chats that an operator has at once (domain reference 4.7: 2, A); groups may have their own."""
    slowdown: float = Field(ge=0, le=10)
    """What each further chat adds to the length of every one, as a share: 0 nothing, 1 the operator is shared out."""
    prefer: Literal["idle", "busy"] = "idle"
    """A chat goes to an idle operator first, or first to one in chats (who are idle are kept for calls). Of those in
    chats the one with fewest takes it, ties by longest unchanged."""
