"""By which channel customers make contact: shares by cluster, digital customers, written channels, self care."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Law, Strict
from twin.scenario.units import PositiveTime, Share, Time

Way = Literal["phone", "e-mail", "web", "fax", "post", "sms", "chat"]
"""How a customer makes contact; fax and post are letters to the centre, SMS short mails, web and app self care."""
WAYS: tuple[Way, ...] = ("phone", "e-mail", "web", "fax", "post", "sms", "chat")
KERNEL_CHANNEL = {"e-mail": "e-mail", "sms": "e-mail", "fax": "letter", "post": "letter", "web": "web", "chat": "chat"}
"""What each way but the telephone is to the operators."""


class Written(Strict):
    """What comes by a written channel, or by chat: work for the operators of the matter's skill."""

    work: Law
    answer_by: PositiveTime | None = None
    """Time within which the answer is due; not of a chat."""


class SelfCare(Strict):
    """Self care in the web or the app: served there, or the customer calls after all."""

    session: Law
    success: Share
    """Share of sessions that settle the matter."""
    by_entry: dict[str, Share] = {}
    """The same by group of intents."""
    fallback_delay: Law
    """From a session in vain to the call."""


class ChannelChoice(Strict):
    """Which channel each need takes. A customer's choice depends on the cluster, and on whether he is digital.

    Each intent that comes by telephone may come by the other channels too: as work of the same skill, with the same
    FCR, in a queue of its own, or as a session of self care.
    """

    shares: dict[Way, Share]
    """Share of needs by channel; must sum to 1 (domain reference 4.7, X(B7); phone 65-85 %)."""
    by_cluster: dict[str, dict[Way, Share]] = {}
    """The same for a cluster, in place of it."""
    digital_shift: Share = 0.0
    """Share of the calls that a digital customer makes in the web instead."""
    only_phone: list[str] = []
    """Groups of intents that always come by telephone."""
    queue: str
    """Where written contacts and self care are reported."""
    written: dict[Way, Written] = {}
    """Each channel with a share, but phone and web."""
    occupancy_below: Share = 1.0
    """Written work enters idle time: only while the occupancy of the skill's operators on duty is at most this."""
    guarantee: Time = Field(86400.0, gt=0)
    """Wait after which it is taken up by whoever is idle, however few are."""
    self_care: SelfCare | None = None

    @property
    def ways(self) -> list[Way]:
        """Channels that some customer uses."""
        tables = [self.shares, *self.by_cluster.values()]
        used = {way for table in tables for way, share in table.items() if share > 0}
        return [way for way in WAYS if way in used or way == "phone" or (way == "web" and self.digital_shift > 0)]
