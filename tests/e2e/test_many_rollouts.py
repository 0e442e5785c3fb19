"""A rollout beside many others reads its alias rarely, and hears of a move by another writer all the same."""


def test_evaluations_that_keep_the_share_do_not_read_the_alias(beside_many):
    """The first evaluation reads it, and the one after the move."""
    assert beside_many.reads == 2
    assert beside_many.evaluations > beside_many.reads


def test_moved_alias_is_handed_over_as_soon_as_cloudtrail_reports_it(beside_many):
    """P2."""
    assert (beside_many.rollout.ending, beside_many.rollout.shop.shares()) == ("RolloutHandedOver", {"1": 100})
    assert "was moved by another writer" in beside_many.rollout.cause
