"""What a campaign's calls achieve: who was reached agrees, or not, and the list learns from it."""

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled
from twin.kernel.tally import tally_of


@compiled
def redeem(world, contact):
    """Whether the customer agrees: the n outcomes known before teach n / (n + half) of whom to call."""
    campaign = world.campaigns[world.errands[contact].campaign]
    if campaign.redemption < 0.0:
        return
    known = campaign.n_known / (campaign.n_known + campaign.half_after) if campaign.n_known > 0 else 0.0
    chance, _ = uniforms(world.state[0].seed, Purpose.REDEEM, world.contacts[contact].who, 0)
    tally = tally_of(world, contact)
    tally.spoken += 1.0
    tally.redeemed += chance < campaign.redemption + campaign.learnt * known
    campaign.n_known += 1
