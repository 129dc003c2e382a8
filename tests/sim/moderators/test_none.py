"""Nothing is done."""

from townsquare.protocols import Streams
from townsquare.protocols.moderator import ACTION, Posts
from townsquare.sim.moderators.none import NoModeration


async def test_everything_is_shown() -> None:
    verdicts = await NoModeration(NoModeration.Config(), Streams(0)).review(Posts.of_texts(["a", ""]))
    assert verdicts.action.tolist() == [ACTION["show"]] * 2
    assert verdicts.score.tolist() == [0.0, 0.0]
