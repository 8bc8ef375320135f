"""What the calls of a campaign achieve: who agrees, and how the list learns."""

from test_outbound import bench_of, campaign


def spoken_and_redeemed(**rules):
    bench = bench_of(campaign(4, **rules)).run()
    return bench.total("spoken"), bench.total("redeemed")


def test_all_or_nobody_agrees():
    assert spoken_and_redeemed(redemption=1.0) == (4, 4)
    assert spoken_and_redeemed(redemption=0.0) == (4, 0)


def test_a_campaign_that_counts_nothing_has_spoken_with_nobody():
    assert spoken_and_redeemed() == (0, 0)


def test_the_list_learns_from_the_outcomes_known():
    """After n outcomes n / (n + half) is learnt: nothing at the first call, nearly all from the second on."""
    assert spoken_and_redeemed(redemption=0.0, learnt=1.0, half_after=1e-9) == (4, 3)
    assert spoken_and_redeemed(redemption=0.0, learnt=1.0, half_after=1e12) == (4, 0)


def test_who_is_not_reached_is_not_spoken_with():
    assert spoken_and_redeemed(redemption=1.0, reach=0.0) == (0, 0)
