"""Nothing is hidden without a fact (dossier 4e)."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from townsquare.protocols.filtering import Aspect, Fact, Opinion, Relations, Shown
from townsquare.sim.moderators.word_counts import words
from townsquare.sim.preferences.filter import PreferenceFilter
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.word_parts import WordParts

WARES = (
    "diet pills",
    "crypto coins",
    "lottery tickets",
    "face creams",
    "horoscopes",
    "energy drinks",
    "knives",
    "vapes",
)
SOLD = (
    "Buy {} today at half price.",
    "Order your {} now, only three left.",
    "Get {} free for a week and sign up.",
    "Everybody needs {}: click and pay later.",
    "Win {} by sending us a message.",
)
SPOKEN_OF = (
    "A report on why {} do harm.",
    "My aunt gave up {} last year.",
    "The museum shows {} of the fifties.",
    "Scientists study {} in a new paper.",
    "A law about {} was passed on Monday.",
)


def graph(*, exceptions: Sequence[str] = ()) -> PreferenceGraph:
    made = PreferenceGraph()
    made.change("selling", "add", value=Concern(name="being sold things", words=WARES, weight=0.8))
    for verb in ("buy", "order", "free", "pay", "win"):
        entries = tuple(f"{verb} {ware}" for ware in WARES)
        made.change(verb, "add", value=Facet(concern="selling", description=f"offers to {verb}", words=entries))
    for one in exceptions:
        made.change("buy", "add_exception", value=one)
    return made


def filtering(
    of: PreferenceGraph | None = None, parts: WordParts | None = None, **settings: object
) -> PreferenceFilter:
    return PreferenceFilter(PreferenceFilter.Config.model_validate(settings), of or graph(), parts or WordParts())


async def hidden(made: PreferenceFilter, text: str, *images: str) -> bool:
    return not (await made.decide([Shown("x", text, images)]))[0].shown


async def test_what_only_shares_a_keyword_is_shown() -> None:
    """4e.2: of 40 pairs a rule by keyword hides both; at most 26 % of its false alarms may be left."""
    made = filtering()
    pairs = [(SOLD[n].format(w), SPOKEN_OF[n].format(w)) for w in WARES for n in range(5)]
    assert len(pairs) == 40
    by_keyword = sum(any(set(words(w)) <= set(words(harmless)) for w in WARES) for _, harmless in pairs)
    assert by_keyword == 40
    assert all([await hidden(made, harmful) for harmful, _ in pairs])
    false = sum([await hidden(made, harmless) for _, harmless in pairs])
    assert false <= 0.26 * by_keyword


class Scripted(WordParts):
    def __init__(self, opinion: Opinion, against: Opinion | None = None) -> None:
        self.opinion, self.against = opinion, against or Opinion(True)
        self.asked: list[Sequence[str]] = []

    async def judge(self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], told: Relations, /) -> Opinion:
        return self.opinion

    async def dispute(
        self, item: Shown, facts: Sequence[Fact], aspects: Sequence[Aspect], cited: Sequence[str], /
    ) -> Opinion:
        self.asked.append(cited)
        return self.against


@pytest.mark.parametrize("cited", [(), ("t9",), ("t0", "t9"), ("t1",)])
async def test_a_verdict_without_a_fact_that_supports_it_shows_the_item(cited: tuple[str, ...]) -> None:
    """4e.1."""
    made = filtering(parts=Scripted(Opinion(True, cited)))
    decision = (await made.decide([Shown("x", "Buy diet pills today. The weather is fine.")]))[0]
    assert decision.shown
    assert decision.why == "ungrounded"
    assert made.log == [decision]


async def test_no_valid_answer_hides_nothing() -> None:
    made = filtering(parts=Scripted(Opinion(None, why="no answer")))
    assert not await hidden(made, "Buy diet pills today.")
    assert made.log[0].why == "no answer"


async def test_what_only_the_image_says() -> None:
    """4e.3: a filter that reads texts alone misses it."""
    assert await hidden(filtering(), "Look at this.", "a banner: buy diet pills")
    assert not await hidden(filtering(), "Look at this.")


async def test_an_early_exception_still_holds_after_many_changes() -> None:
    """4e.5."""
    of = graph(exceptions=["school"])
    of.change("noise", "add", value=Concern(name="noise"))
    for _ in range(50):
        of.change("noise", "strengthen", amount=0.01)
    made = filtering(of)
    assert not await hidden(made, "Buy diet pills for the school play.")
    assert await hidden(made, "Buy diet pills for the summer.")


async def test_wrong_adds_an_exception_to_the_facet_that_was_cited_only() -> None:
    """4e.6."""
    made = filtering()
    decision = (await made.decide([Shown("x", "Buy knives for the kitchen course.")]))[0]
    assert decision.facets == ("buy",)
    assert [fact.statement for fact in decision.facts] == ["Buy knives for the kitchen course."]
    changed = made.wrong(decision, "kitchen course")
    assert [made.graph.log.active()[n].target for n in changed] == ["buy"]
    assert not await hidden(made, "Buy knives for the kitchen course.")
    assert await hidden(made, "Buy knives for fun.")
    assert await hidden(made, "Order knives for the kitchen course.")


async def test_the_first_look_saves_the_costly_one() -> None:
    """4e.7."""
    feed = [
        Shown(str(n), SOLD[n % 5].format(WARES[n % 8]) if n % 4 == 0 else f"Nice day number {n}.") for n in range(200)
    ]
    careless, made = filtering(low=0.0), filtering(low=0.25)
    before = [one.shown for one in await careless.decide(feed)]
    after = [one.shown for one in await made.decide(feed)]
    assert made.tally["judged"] == 50
    assert made.tally["judged"] + made.tally["screened"] == 200
    assert after == before


@pytest.mark.parametrize(("tiebreak", "shown"), [(False, True), (True, False)])
async def test_disagreement_shows_unless_a_third_vote_is_asked_for(tiebreak: bool, shown: bool) -> None:
    """4e.8; whoever disputes sees what was cited and nothing that the judge said."""
    parts = Scripted(Opinion(True, ("t0",), "because"), Opinion(False))
    made = filtering(parts=parts, tiebreak=tiebreak)
    decision = (await made.decide([Shown("x", "Buy diet pills today.")]))[0]
    assert decision.shown is shown
    assert parts.asked == [("t0",)]


async def test_what_is_protected_is_shown_and_starred() -> None:
    of = graph()
    of.change("learning", "add", value=Concern(name="things to learn from", polarity="protect", words=("lesson",)))
    of.change("lessons", "add", value=Facet(concern="learning", description="teaches", words=("lesson",)))
    made = filtering(of)
    decision = (await made.decide([Shown("x", "Buy knives: a lesson for cooks.")]))[0]
    assert (decision.shown, decision.starred, decision.why) == (True, True, "protected")


async def test_revoking_leaves_nothing(tmp_path: Path) -> None:
    """Whatever is kept afterwards, in memory or in a file, has no word of what the reader did not want."""
    made = filtering(graph(exceptions=["school"]))
    await made.decide([Shown("x", "Buy diet pills today.")])
    made.graph.undo(made.wrong(made.log[0], "summer")[0])
    kept = tmp_path / "graph.json"
    kept.write_text(json.dumps(made.graph.export()), "utf-8")
    assert all(word in kept.read_text("utf-8") for word in ("diet pills", "school", "summer"))
    assert made.revoke() == {"forgotten": len(SPOKEN_OF) + 3}
    kept.write_text(json.dumps(made.graph.export()), "utf-8")
    left = kept.read_text("utf-8") + repr(vars(made)) + repr(vars(made.graph)) + repr(list(made.graph.log))
    assert not any(word in left for word in ("diet", "school", "summer", "selling", "offers"))
    assert not await hidden(made, "Buy diet pills today.")


async def test_two_readers_with_opposite_graphs_see_different_things() -> None:
    other = PreferenceGraph()
    assert await hidden(filtering(), "Buy diet pills today.")
    assert not await hidden(filtering(other), "Buy diet pills today.")
