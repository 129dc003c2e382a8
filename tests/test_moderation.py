"""The scenario of a moderated timeline, from a run to what moderation came to."""

import json
import re
import shlex
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

import townsquare as ts
from tests.commands import answer, townsquare
from tests.sim.moderators.known import known
from townsquare.comparison.moderation import moderation_of
from townsquare.estimate import estimate
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.settings import Settings
from townsquare.runs import open_run, resolve
from townsquare.sim.moderators.harm_words import read
from townsquare.sim.moderators.human_queue import HumanQueue
from townsquare.sim.moderators.queue_file import QueueFile
from townsquare.sim.scenarios.authors import Advising
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sim.scenarios.moderation import Moderation
from townsquare.sweeps.plan import read as read_plan

TOWN: dict[str, Any] = {
    "members.count": 200, "members.posts": 0.3, "ticks": 10, "recommender.name": "random", "kinds.toxic": 0.15,
    "record.snapshots": 4,
}  # fmt: skip
"""A small town with everything in it."""
STRICT = TOWN | {"moderator.name": "linear", "adapting.disguise": 0.6, "adapting.less": 0.2, "adapting.milder": 0.2,
                 "adapting.chill": 0.9, "adapting.recovers": 0.0}  # fmt: skip


def run(out: Path, **more: Any) -> ts.Run:
    return ts.run("moderation", seed=1, set=TOWN | {k.replace("__", "."): v for k, v in more.items()}, out=out)


def series(of: ts.Run, name: str) -> "pd.Series[Any]":
    measures = of.measures()
    return measures[measures["measure"] == name].set_index("tick")["value"]


def verdicts(of: ts.Run) -> pd.DataFrame:
    return of.events(kinds=["verdict"]).assign(why=lambda t: t["why"].astype(str))


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("moderation", seed=1, set=STRICT, out=tmp_path_factory.mktemp("moderation") / "strict")


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("moderation", seed=1, set=STRICT | {"moderator.name": "none"},
                  out=tmp_path_factory.mktemp("moderation") / "free")  # fmt: skip


# ---- the stream ----------------------------------------------------------------------------------------------------


def test_the_stream_is_mixed_and_says_what_each_post_is(free: ts.Run) -> None:
    items, agents = free.items(), free.agents()
    posts = items[(items["author"] >= 0) & (items["reply_to"] < 0)]
    kinds = agents["kind"].to_numpy()[posts["author"]]
    assert set(posts["kind"]) == {"benign", "negative", "spam", "toxic"}
    assert ((posts["kind"] == kinds) | (posts["kind"] == "benign")).all()
    own = posts[kinds != "benign"]
    assert 0.55 < (own["kind"] != "benign").mean() < 0.85  # kinds.own
    assert (posts.loc[posts["kind"] == "toxic", "harm"] >= 0.6).all()
    assert (posts.loc[posts["kind"] != "toxic", "harm"] <= 0.3).all()
    toxic = [read(text).score for text in posts.loc[posts["kind"] == "toxic", "text"]]
    assert np.mean(np.array(toxic) >= 0.6) > 0.6


def test_spammers_post_more(free: ts.Run) -> None:
    items, agents = free.items(), free.agents()
    posts = items[(items["author"] >= 0) & (items["reply_to"] < 0)]
    per = posts.groupby("author").size().reindex(agents["agent"], fill_value=0).groupby(agents["kind"]).mean()
    assert per["spam"] > 2 * per["benign"]


# ---- what verdicts do ----------------------------------------------------------------------------------------------


def test_what_was_removed_was_shown_to_nobody_until_it_was_restored(strict: ts.Run) -> None:
    told, shown = verdicts(strict), strict.events(kinds=["shown"])
    removed = told[(told["rank"] < 0) & (told["why"] == "remove")].set_index("item")["tick"]
    back = told[(told["rank"] == 2) & (told["why"] == "show")].set_index("item")["tick"]
    assert len(removed) > 20
    assert len(back) > 0
    gone = shown[shown["item"].isin(removed.index)]
    assert set(gone["item"]) <= set(back.index)
    assert (gone["tick"] > back[gone["item"]].to_numpy()).all()
    kinds = strict.items().set_index("item")["kind"]
    assert set(kinds[back.index]) <= {"benign", "negative"}  # the reviewer is right


def test_every_verdict_keeps_its_grounds(strict: ts.Run) -> None:
    rows, items = strict.verdicts(), strict.items().set_index("item")
    channel = rows[rows["by"] == "channel"]
    told = verdicts(strict)
    assert list(channel["item"]) == list(told.loc[told["rank"] < 0, "item"])
    assert list(channel["action"]) == list(told.loc[told["rank"] < 0, "why"])
    assert (items.loc[channel["item"], "author"].to_numpy() == channel["agent"].to_numpy()).all()
    pointed = channel[(channel["action"] == "remove") & (channel["spans"] != "[]")]
    assert len(pointed) > 10
    for item, spans in zip(pointed["item"], pointed["spans"], strict=True):
        assert all(items["text"][item][start:end].strip() for start, end in json.loads(spans))
    assert {"channel", "appeal", "reader: calm", "reader: cheerful"} <= set(rows["by"])


@pytest.mark.parametrize("action", ["label", "blur", "demote", "hold", "warn", "limit", "suspend"])
def test_every_action_takes_effect(action: str, free: ts.Run, tmp_path: Path) -> None:
    """All but labels, which are put on record: against the town without a moderator."""
    of = ts.run("moderation", seed=1, out=tmp_path / "run", set=STRICT | {
        "moderator.action": action, "review.innocent": 0.0, "review.guilty": 0.0, "review.capacity": 2,
        "adapting.less": 0.0, "adapting.milder": 0.0, "adapting.disguise": 0.0, "adapting.chill": 0.0})  # fmt: skip
    told, events = verdicts(of), of.events()
    acted = told[(told["rank"] < 0) & (told["why"] == action)]
    assert len(acted) > 20
    one, other = moderation_of(of), moderation_of(free, control=False)
    assert one is not None
    assert other is not None
    harm, without = one.readers[0], other.readers[0]
    shown = events[events["kind"] == "shown"]
    author = of.items().set_index("item")["author"]
    if action in ("label", "warn"):
        assert harm["harm"] == pytest.approx(without["harm"])
    elif action == "blur":
        assert harm["read"] < 0.8 * without["read"]
        assert shown["item"].isin(acted["item"]).any()
    elif action == "demote":
        last = shown.assign(demoted=shown["item"].isin(acted["item"])).sort_values(["tick", "agent", "rank"])
        assert not (last.groupby(["tick", "agent"])["demoted"].diff() < 0).any()
        assert harm["read"] < without["read"]
    elif action == "hold":
        assert series(of, "review_waiting").iloc[-1] > 5
        assert series(of, "reviewed").max() == 2
        cleared = told[(told["rank"] == 1) & (told["why"] == "show")]
        seen = shown[shown["item"].isin(acted["item"])]
        assert set(seen["item"]) <= set(cleared["item"])
    elif action == "limit":
        reached = shown[shown["item"].isin(acted["item"])].groupby("item")["agent"].nunique()
        usual = free.events(kinds=["shown"]).groupby("item")["agent"].nunique()
        assert reached.mean() < 0.6 * usual.mean()
    else:
        posts = events[events["kind"] == "post"]
        for tick, who in zip(acted["tick"], author[acted["item"]], strict=True):
            assert not ((posts["agent"] == who) & posts["tick"].between(tick + 1, tick + 5)).any()
        assert series(of, "suspended").max() > 0


def test_appeals_lift_what_was_done(tmp_path: Path) -> None:
    of = ts.run("moderation", seed=1, out=tmp_path / "run", set=STRICT | {
        "moderator.action": "suspend", "review.innocent": 1.0, "review.guilty": 0.0})  # fmt: skip
    told, author = verdicts(of), of.items().set_index("item")["author"]
    granted = told[told["rank"] == 2]
    assert set(granted["why"]) == {"show"}
    assert set(of.items().set_index("item")["kind"][granted["item"]]) <= {"benign", "negative"}
    appealed = of.events(kinds=["dispute"])
    assert (author[appealed["item"]].to_numpy() == appealed["agent"].to_numpy()).all()
    posts = of.events(kinds=["post"])
    again = [((posts["agent"] == author[item]) & (posts["tick"] == tick + 1)).any()
             for item, tick in zip(granted["item"], granted["tick"], strict=True)]  # fmt: skip
    assert any(again)  # nobody suspended could


# ---- authors adapt -------------------------------------------------------------------------------------------------


def test_authors_disguise_turn_milder_or_post_less(strict: ts.Run, free: ts.Run) -> None:
    assert not free.items()["disguised"].any()
    items = strict.items()
    hidden = items[items["disguised"]]
    assert len(hidden) > 5
    assert set(hidden["kind"]) <= {"spam", "toxic", "negative"}
    assert series(strict, "posts_harmful").sum() < series(free, "posts_harmful").sum()
    assert series(strict, "rate_benign").min() < 1
    first = verdicts(strict)
    assert hidden["born"].min() > first.loc[first["why"] == "remove", "tick"].min()


def test_benign_authors_are_chilled_by_wrong_removals_only(strict: ts.Run, tmp_path: Path) -> None:
    right = ts.run("moderation", seed=1, set=STRICT | {"moderator.name": "harm-words", "moderator.removes": 0.99},
                   out=tmp_path / "run")  # fmt: skip
    assert series(right, "rate_benign").min() == 1
    found = moderation_of(strict)
    assert found is not None
    (benign,) = (row for row in found.authors if row["kind"] == "benign")
    assert benign["difference"] < 0
    assert benign["interval"][1] < 0


# ---- readers -------------------------------------------------------------------------------------------------------


def test_opposite_policies_make_different_feeds_of_one_stream(tmp_path: Path) -> None:
    policies = [
        {"name": "calm", "share": 0.5, "block": ["toxic"]},
        {"name": "rough", "share": 0.5, "block": ["negative"]},
    ]
    of = run(tmp_path / "run", moderator__name="none", readers__policies=policies)
    agents, kinds, shown = of.agents(), of.items().set_index("item")["kind"], of.events(kinds=["shown"])
    told = of.verdicts()
    policy = agents["policy"].to_numpy()[shown["agent"]]
    for name in ("calm", "rough"):
        hidden = told.loc[told["by"] == f"reader: {name}", "item"]
        assert len(hidden) > 5
        assert not shown.loc[policy == name, "item"].isin(hidden).any()
    seen = pd.crosstab(policy, kinds[shown["item"]].to_numpy(), normalize="index")
    assert seen.loc["calm", "toxic"] < 0.6 * seen.loc["rough", "toxic"]
    assert seen.loc["rough", "negative"] < 0.6 * seen.loc["calm", "negative"]


def test_a_moderator_may_tell_readers_of_posts(tmp_path: Path) -> None:
    policies = [{"name": "calm", "share": 0.5, "block": ["toxic"]}]
    of = run(tmp_path / "run", moderator__name="none", readers__policies=policies, readers__moderator__name="retrieval")
    found = moderation_of(of)
    assert found is not None
    assert found.places[0]["recall"][0] > 0.6
    assert found.readers[1]["unwanted"] < 0.5 * found.readers[1]["without"]
    assert of.replay() is None


def test_what_is_protected_is_not_hidden(tmp_path: Path) -> None:
    policy = {"name": "all", "share": 1.0, "block": ["toxic"], "protect": ["play wonderful"]}
    of = run(tmp_path / "run", moderator__name="none", readers__policies=[policy | {"name": "everybody"}])
    told, texts = of.verdicts(), of.items().set_index("item")["text"]
    kept = told[told["rationale"] == "protected"]
    assert len(kept) > 0
    assert texts[kept["item"]].str.contains("in the play were wonderful").all()
    assert (kept["action"] == "show").all()


# ---- authors are advised -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["draft-advisor", "harm-words"])
def test_authors_accept_edit_or_ignore_advice(name: str, tmp_path: Path) -> None:
    of = run(tmp_path / "run", moderator__name="none", author__advice__name=name, author__accepts=0.5,
             author__edits=0.3)  # fmt: skip
    items, told = of.items().set_index("item"), of.verdicts()
    assert {"edited", "ignored"} <= set(items["advice"])
    assert ("accepted" in set(items["advice"])) == (name == "draft-advisor")
    drafts = told[(told["by"] == "author") & (told["action"] == "warn")]
    assert (items.loc[drafts["item"], "advice"] != "").all()
    ignored = items[items["advice"] == "ignored"]
    assert (ignored["kind"] == ignored["draft"]).all()
    milder = items[items["advice"].isin(["accepted", "edited"])]
    assert not (milder["kind"] == "toxic").any()
    assert all(read(text).score <= 0.2 for text in milder.loc[milder["advice"] == "accepted", "text"])
    found = moderation_of(of)
    assert found is not None
    assert sum(found.advice.values()) == len(drafts)
    assert found.without == "advice and policies"
    assert of.replay() is None


# ---- paired arms, and what a run prints ----------------------------------------------------------------------------


def test_until_anything_is_done_nothing_differs(strict: ts.Run, free: ts.Run) -> None:
    one, other = (of.events(ticks=range(1), kinds=["post"]) for of in (strict, free))
    columns = ["agent", "value", "ref"]
    new = [told.loc[told["ref"] < 0, columns].reset_index(drop=True) for told in (one, other)]
    pd.testing.assert_frame_equal(*new)


def test_the_control_in_memory_is_the_town_without_a_moderator(strict: ts.Run, free: ts.Run) -> None:
    found, other = moderation_of(strict), moderation_of(free, control=False)
    assert found is not None
    assert other is not None
    assert found.without == "the moderator"
    for mine, theirs in zip(found.readers, other.readers, strict=True):
        assert mine["without"] == pytest.approx(theirs["harm"])
        assert mine["difference"] < 0
        assert mine["interval"][1] < 0
    for mine, theirs in zip(found.authors, other.authors, strict=True):
        assert mine["without"] == pytest.approx(theirs["posts"])


def test_rates_are_those_of_the_record(strict: ts.Run) -> None:
    found = moderation_of(strict, control=False)
    assert found is not None
    told = verdicts(strict)
    first = told[told["rank"] < 0]
    broken = strict.items().set_index("item")["kind"][first["item"]].isin(["spam", "toxic"]).to_numpy()
    done = ~first["why"].isin(["show", "abstain"]).to_numpy()
    (row,) = (row for row in found.places if row["place"] == "channel")
    assert row["precision"][0] == pytest.approx(broken[done].mean())
    assert row["recall"][0] == pytest.approx(done[broken].mean())
    assert row["fpr"][0] == pytest.approx(done[~broken].mean())
    assert row["precision"][1] < row["precision"][0] < row["precision"][2]
    assert found.review["appeals_decided"] == (told["rank"] == 2).sum()


@pytest.mark.slow
def test_a_run_prints_it(tmp_path: Path) -> None:
    small = [word for k, v in (TOWN | {"members.count": 80, "ticks": 5}).items() for word in ("--set", f"{k}={v}")]
    printed = townsquare("run", "moderation", *small, "--out", "run", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    for words in ("What was done about posts", "Posts per author and tick", "Paired control", "simulated reviewer"):
        assert words in printed.stdout
    told = answer(townsquare("run", "moderation", *small, "--out", "other", "--json", cwd=tmp_path))
    assert told["moderation"]["readers"][0]["group"] == "all"
    assert told["moderation"]["without"] == ""


# ---- runs that stop, fork, come out again --------------------------------------------------------------------------


def test_it_comes_out_again(strict: ts.Run) -> None:
    assert strict.replay() is None


@pytest.mark.slow
def test_forked_with_other_effects(strict: ts.Run, tmp_path: Path) -> None:
    fork = strict.fork(4, {"review.capacity": 0, "adapting.disguise": 0.0}, out=tmp_path / "fork")
    assert fork.tick_events(3).digest() == strict.tick_events(3).digest()
    assert fork.info.digest != strict.info.digest
    assert fork.replay() is None
    same = strict.fork(4, {"review.accuracy": 1.0}, out=tmp_path / "same")
    assert same.info.digest == strict.info.digest
    pd.testing.assert_frame_equal(same.verdicts(), strict.verdicts())


@pytest.mark.slow
def test_a_moderator_may_be_called_off_or_replaced(strict: ts.Run, tmp_path: Path) -> None:
    off = strict.fork(5, {"moderator.name": "none"}, out=tmp_path / "off")
    told = verdicts(off)
    assert told.loc[told["rank"] < 0, "tick"].max() == 4
    assert series(off, "harm_shown")[6:].mean() > 2 * series(strict, "harm_shown")[6:].mean()
    assert off.replay() is None
    other = strict.fork(5, {"moderator.name": "harm-words"}, out=tmp_path / "other")
    by = other.verdicts()
    by = by[by["by"] == "channel"]
    assert set(by.loc[by["tick"] < 5, "category"]) == {"harmful", "harmless"}
    assert set(by.loc[by["tick"] >= 5, "category"]) <= {"", "insult", "stereotype", "threat"}
    found = moderation_of(other)
    assert found is not None
    assert found.places[0]["who"] == "linear, harm-words"
    assert found.without == "the moderator"


@pytest.mark.parametrize("at", [1, 5, 9])
def test_a_run_that_is_taken_up_ends_like_one_that_was_not_stopped(strict: ts.Run, tmp_path: Path, at: int) -> None:
    def stop(done: int, of: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        ts.run("moderation", seed=1, set=STRICT | {"record.checkpoints": 3}, out=out, progress=stop)
    whole = open_run(out).resume()
    for tick in range(10):
        assert whole.tick_events(tick).digest() == strict.tick_events(tick).digest()
    pd.testing.assert_frame_equal(whole.verdicts(), strict.verdicts())


def test_workers_change_nothing(strict: ts.Run, tmp_path: Path) -> None:
    of = ts.run("moderation", seed=1, set=STRICT, out=tmp_path / "run", workers=1)
    assert of.info.digest == strict.info.digest


# ---- moderators that ask a model -----------------------------------------------------------------------------------


def by_words(request: Request) -> str:
    """Knows spam and attacks by a few words; of every fifth text it has nothing useful to say."""
    text = request.messages[-1].text
    if int(sha256(text.encode()).hexdigest(), 16) % 5 == 0:
        return "I would rather not say."
    spam = re.search(r"won|urgent|earn|prices|ringtones|savings|verify|kilos", text, re.IGNORECASE)
    label = "toxic" if read(text).score >= 0.5 else "spam" if spam else "benign"
    return json.dumps({"label": label})


ASKED = TOWN | {"members.count": 40, "ticks": 4, "moderator.name": "in-context", "moderator.examples": 4,
                "chat.failures": 1.0}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    out = tmp_path_factory.mktemp("asked") / "run"
    return ts.run("moderation", seed=2, set=ASKED | {"author.advice.name": "zero-shot"}, model=by_words, out=out)


def test_models_moderate_in_several_places_and_are_on_record(asked: ts.Run) -> None:
    asks, told = asked.asks(), verdicts(asked)
    assert set(asks["purpose"]) == {"moderate"}
    assert {"answered", "invalid"} == set(asks["outcome"])
    assert {"author", "channel"} <= set(asked.verdicts()["by"])
    silent = asked.verdicts()
    silent = silent[(silent["by"] == "channel") & (silent["action"] == "abstain")]
    assert silent["rationale"].str.startswith("no valid answer").all()
    assert (told["why"] == "abstain").sum() == len(silent) > 0
    items = asked.items().set_index("item")
    texts = items.loc[silent["item"], "text"]
    assert all(int(sha256(text.encode()).hexdigest(), 16) % 5 == 0 for text in texts)
    found = moderation_of(asked)
    assert found is not None
    assert found.channel is not None
    assert found.channel["abstained"] == len(silent)
    assert asked.replay() is None


def test_a_control_that_would_ask_is_not_run(asked: ts.Run) -> None:
    found = moderation_of(asked)
    assert found is not None
    assert found.without == ""
    assert "models" in found.why


def test_the_estimate_of_calls_is_about_right(asked: ts.Run) -> None:
    values = ASKED | {"author.advice.name": "zero-shot", "chat.model": "openai:mine"}
    guess = estimate(resolve("moderation", 2, values))
    assert 0.5 < guess["model_calls"] / len(asked.asks()) < 2


# ---- moderators that take their time -------------------------------------------------------------------------------


def test_held_posts_wait_for_people(tmp_path: Path) -> None:
    known("moderator", "human-queue", HumanQueue)
    path = tmp_path / "queue.sqlite"
    values = TOWN | {"moderator.name": "human-queue", "moderator.path": str(path), "moderator.first.name": "harm-words"}

    def decide(done: int, of: int) -> None:
        if done == 2:
            queue = QueueFile(path, create=False)
            for one in queue.open():
                queue.decide(one.n, "remove" if one.n % 2 else "show", note="looked at it")
            queue.close()

    of = ts.run("moderation", seed=1, set=values, out=tmp_path / "run", progress=decide)
    told, shown = verdicts(of), of.events(kinds=["shown"])
    held = told[told["why"] == "hold"]
    assert not held.duplicated("item").any()  # said once, however long they wait
    settled = told[(told["tick"] == 2) & told["item"].isin(held.loc[held["tick"] < 2, "item"])]
    assert set(settled["why"]) == {"remove", "show"}
    cleared = settled.loc[settled["why"] == "show", "item"]
    seen = shown[shown["item"].isin(held["item"])]
    assert set(seen["item"]) == set(cleared)
    assert seen["tick"].min() >= 2
    assert series(of, "review_waiting").max() < 10  # of appeals: nobody is simulated who would look at held posts
    assert of.replay() is None


def test_people_look_at_the_channel_only() -> None:
    known("moderator", "human-queue", HumanQueue)
    for place in ("author.advice.name", "readers.moderator.name"):
        with pytest.raises(ScenarioError, match="'human-queue' can look at the channel only"):
            resolve("moderation", None, {place: "human-queue"})


# ---- tables of one's own -------------------------------------------------------------------------------------------


def test_posts_and_examples_from_a_table(tmp_path: Path) -> None:
    rows = [f'"cheap pills number {n} for you",spam' for n in range(40)]
    rows += [f'"see you at {n} in the park",ham' for n in range(40)]
    (tmp_path / "table.csv").write_text("text,label\n" + "\n".join(rows) + "\n", "utf-8")
    of = run(tmp_path / "run", posts__data=str(tmp_path / "table.csv"), moderator__name="retrieval")
    items = of.items()
    assert items.loc[(items["kind"] == "spam") & ~items["disguised"], "text"].str.startswith("cheap pills").all()
    assert items.loc[(items["kind"] == "benign") & (items["reply_to"] < 0), "text"].str.contains("in the park").all()
    used = items["text"][items["text"].str.startswith("cheap pills") & ~items["disguised"]].nunique()
    assert used < 30  # about a half of the table; the other is learnt from
    assert str(tmp_path / "table.csv") in of.info.data


# ---- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"breaks": ["spma"]}, "breaks: there is no kind of post 'spma'; kinds: benign, negative, spam, toxic"),
        ({"moderator.name": "linaer"}, "Did you mean 'linear'"),
        ({"moderator.name": "zero-shot"}, "moderator asks a language model: give --model"),
        ({"author.advice.name": "in-context"}, "author.advice asks a language model: give --model"),
        ({"author.advice.name": "draft-adviser"}, "no moderator named 'draft-adviser'. Did you mean 'draft-advisor'?"),
        ({"author.advice.harmful": 0.3}, "unknown key 'harmful'. Allowed here: nothing."),
        ({"learning.count": 10**9}, "learning.count"),
        ({"author.advice.name": "draft-advisor", "author.advice.harm": 1}, "unknown key 'harm'. Did you mean"),
        ({"author.advice.name": "draft-advisor", "author.advice.audience": -1}, "draft-advisor: audience"),
        ({"author.advice.name": "draft-advisor", "author.advice.parts": "model"}, "author.advice asks a language"),
        ({"authors.count": 5}, "authors.mind is 'llm', which needs a model: give --model"),
        ({"authors.count": 500, "chat.model": "openai:x"}, "authors.count (500) may not be more than members.count"),
        ({"authors.kinds": ["ads"]}, "authors.kinds: there is no kind of post 'ads'"),
        ({"authors.mind": "remote"}, "'llm' or 'behavioural'"),
        ({"authors.model": "gpt"}, "a model is named provider:model"),
        ({"author.accepts": 0.8, "author.edits": 0.4}, "accepts and edits may not be more than 1"),
        ({"kinds.spam": 0.8, "kinds.toxic": 0.4}, "may not be more than 1 together"),
        ({"adapting.less": 0.8, "adapting.disguise": 0.4}, "may not be more than 1 together"),
        ({"adapting.how": ["rot13"]}, "there is no disguise 'rot13'; disguises: look-alikes"),
        ({"readers.policies": [{"name": "a", "share": 0.2, "block": ["ads"]}]}, "there is no kind of post 'ads'"),
        ({"readers.policies": [{"name": "a", "share": 0.2, "block": ["benign"]}]}, "nothing tells benign posts"),
        ({"readers.policies": [{"name": "a", "share": 0.6}, {"name": "b", "share": 0.6}]}, "more than 1 together"),
        ({"readers.policies": [{"name": "all", "share": 0.6}]}, "needs a name of its own"),
        ({"members.hostile": 0.2}, "said by kinds.toxic here"),
        ({"members.mind": "person"}, "only behavioural members"),
        ({"posts.data": "no-such-table.csv"}, "no-such-table.csv"),
        ({"breaks": []}, "moderator 'linear' learns from labelled texts of both kinds"),
        ({"moderator.name": "linear", "moderator.threshold": 2}, "threshold"),
    ],
)
def test_bad_input_is_one_sentence(values: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises((InputError, ScenarioError)) as error:
        ts.run("moderation", set=TOWN | values, out=tmp_path / "run")
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()


# ---- what is written about it --------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[1]


def leaves(model: type[BaseModel], values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Every path that --set takes, with its default."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        kind, path = field.annotation, before + name
        if isinstance(values[name], dict) and "name" in values[name]:
            found[path + ".name"] = values[name]["name"]
        elif isinstance(kind, type) and issubclass(kind, Settings):
            found |= leaves(kind, values[name], path + ".")
        else:
            found[path] = values[name]
    return found


def test_every_setting_is_told() -> None:
    others = leaves(Campaign, Campaign().model_dump(mode="json"))
    own = {
        path: "–" if value is None else value if isinstance(value, str) else json.dumps(value)
        for path, value in leaves(Moderation, Moderation().model_dump(mode="json")).items()
        if path not in others or path.startswith(("ticks", "moderator.name", "learning."))
    }
    page = (ROOT / "docs" / "moderation.md").read_text("utf-8").split("# Every setting of its own\n", 1)[1]
    assert dict(re.findall(r"^\| `([\w.]+)` \| (.*?) \|", page, flags=re.MULTILINE)) == own


def test_every_setting_of_the_advisor_is_told() -> None:
    page = (ROOT / "docs" / "moderation.md").read_text("utf-8").split("## Advice on drafts\n")[1].split("\n## ")[0]
    own = {name: str(value) for name, value in Advising().model_dump(mode="json").items()}
    assert dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, flags=re.MULTILINE)) == own


def test_every_measure_is_told(strict: ts.Run) -> None:
    page = (ROOT / "docs" / "moderation.md").read_text("utf-8").split("## Measures\n", 1)[1].split("\n## ", 1)[0]
    told = {name for line in page.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    assert told == set(strict.measures()["measure"])


@pytest.mark.slow
def test_the_page_runs(tmp_path: Path) -> None:
    """Its blocks that ask no model and need no data, with a small town."""
    page = (ROOT / "docs" / "moderation.md").read_text("utf-8")
    small = ["--set", "members.count=80", "--set", "ticks=17"]
    blocks = re.findall(r"(?:^(<!-- test: skip -->)\n)?^```(sh|python)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    shells = [text for mark, language, text in blocks if language == "sh" and not mark]
    assert len(shells) == 3
    for line in "\n".join(shells).replace("\\\n", " ").splitlines():
        words = shlex.split(line)[1:] if line else []
        done = townsquare(*words, *(small if words[:1] == ["run"] else ()), cwd=tmp_path) if words else None
        assert done is None or done.returncode == 0, done.stderr
    (python,) = (text for _, language, text in blocks if language == "python")
    ran = subprocess.run([sys.executable, "-W", "error", "-c", python], cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "what"),
    [("docs/moderation.md", "moderation"), ("examples/moderation/README.md", "examples/moderation/scenario.toml")],
)
def test_what_is_printed_is_what_a_run_prints(page: str, what: str, tmp_path: Path) -> None:
    (wanted,) = re.findall(r"^```text\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    scenario = str(ROOT / what) if what.endswith(".toml") else what
    printed = townsquare("run", scenario, "--out", "run", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    lines = [line.rstrip() for line in printed.stdout.splitlines() if line.strip()]
    told = [line.rstrip() for line in wanted.splitlines() if line.strip()]
    start = lines.index(told[0])
    assert lines[start : start + len(told)] == told


def test_the_sweep_of_the_example_is_possible() -> None:
    plan = read_plan(str(ROOT / "examples" / "moderation" / "sweep.toml"))
    assert plan.base == "removed"
    told = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "examples/moderation/README.md").read_text("utf-8"), re.MULTILINE))
    assert {arm.name for arm in plan.arms} == told


@pytest.mark.slow
def test_two_thousand_members_take_less_than_a_minute(tmp_path: Path) -> None:
    began = time.process_time()
    of = ts.run("moderation", set={"members.count": 2000}, out=tmp_path / "run", workers=1)
    assert of.info.status == "finished"
    assert time.process_time() - began < 60
