"""A language model sorts texts: what it is asked, and that nothing but a label is ever read as one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")

from tests.sim.moderators.labelled_texts import HAM, SPAM, examples
from townsquare.evaluate.session import Session
from townsquare.protocols import InputError, Streams
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.moderator import ACTION, Posts
from townsquare.sim.moderators.in_context import InContext
from townsquare.sim.moderators.zero_shot import ZeroShot
from townsquare.testing.chat_server import FAULTS, Behaviour, ChatServer


def moderator(**settings: Any) -> InContext:
    made = InContext(InContext.Config.model_validate(settings), Streams(42))
    made.learn(examples())
    return made


def sees(body: dict[str, Any]) -> str:
    return str(next(turn["content"] for turn in reversed(body["messages"]) if turn["role"] == "user"))


def oracle(body: dict[str, Any]) -> str:
    return json.dumps({"label": "spam" if "prize" in sees(body) else "ham"})


async def reviewed(
    tmp_path: Path, made: InContext, texts: list[str], fate: Callable[[dict[str, Any]], str | Behaviour] = oracle
) -> Any:
    settings = ChatSettings(retries=0, timeout=0.5, failures=1.0)
    with pytest.MonkeyPatch.context() as patch, ChatServer(fate) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        async with Session("openai:scripted", settings, folder=tmp_path) as session:
            made.ask = session.test
            return await made.review(Posts.of_texts(texts))


def test_a_prompt_has_1_2k_1_turns_and_the_text_stands_in_the_last_one_only() -> None:
    made, text = moderator(examples=4), "you are the lucky winner of a prize"
    rows = made._shown.of([text])[0]
    messages = made.question(text, rows).messages
    assert [m.role for m in messages] == ["system", *["user", "assistant"] * 4, "user"]
    assert messages[-1].text == text
    assert not any(text in m.text for m in messages[:-1])
    assert [json.loads(m.text)["label"] for m in messages if m.role == "assistant"].count("spam") == 2


def test_definitions_are_level_2() -> None:
    text = "hello"
    one, two = (moderator(level=n, examples=0).question(text, examples().labels[:0]).messages[0].text for n in (1, 2))
    assert "spam: sent to many" in two
    assert "sent to many" not in one
    own = moderator(examples=0, definitions={"spam": "anything with a number in it"})
    assert "spam: anything with a number in it." in own.question(text, examples().labels[:0]).messages[0].text


def test_plain_labels_and_several() -> None:
    plain = moderator(labels="plain")
    assert list(plain.examples.names) == ["benign", "harmful"]
    several = moderator(several=True, examples=2)
    told = several.question("x", several._shown.of(["x"])[0]).messages[2].text
    assert sorted(json.loads(told)) == ["is_ham", "is_spam"]
    assert set(several._answer.model_json_schema()["properties"]) == {"is_ham", "is_spam"}


def test_examples_come_with_their_reasons() -> None:
    of = examples()
    given = replace(of, reasons=[f"because of {n}" if n else "" for n in range(len(of))])
    made = InContext(InContext.Config(reasons=True, labels="plain", examples=4), Streams(42))
    made.learn(given)
    rows = made._shown.of(["a prize"])[0]
    told = [json.loads(m.text) for m in made.question("a prize", rows).messages if m.role == "assistant"]
    assert [one.get("reason", "") for one in told] == [given.reasons[row] for row in rows.tolist()]
    assert all(list(one)[-1] == "label" for one in told)
    without = InContext(InContext.Config(labels="plain", examples=4), Streams(42))
    without.learn(given)
    assert not any("because of" in m.text for m in without.question("a prize", rows).messages)


async def test_labels_become_verdicts_and_equal_texts_are_asked_once(tmp_path: Path) -> None:
    made = moderator(action="blur")
    verdicts = await reviewed(tmp_path, made, ["a prize", "lunch?", "a prize", "lunch?"])
    assert verdicts.action.tolist() == [ACTION["blur"], ACTION["show"]] * 2
    assert list(verdicts.category) == ["spam", "ham"] * 2
    assert made.tally == {"texts": 4, "repeated": 2, "screened": 0, "asked": 2, "invalid": 0}


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "no usage"])
async def test_no_fault_reads_as_harmless(tmp_path: Path, fault: Any) -> None:
    def fate(body: dict[str, Any]) -> Behaviour:
        return Behaviour(fault if "broken" in sees(body) or "broken" in str(body["messages"]) else None, oracle(body))

    made = moderator(examples=0)
    verdicts = await reviewed(tmp_path, made, ["broken prize", "a prize", "lunch?"], fate)
    assert verdicts.action.tolist() == [ACTION["abstain"], ACTION["remove"], ACTION["show"]]
    assert verdicts.rationale[0].startswith("no valid answer")
    assert made.tally["invalid"] == 1


@pytest.mark.parametrize(
    "said", ["Spam!!", '{"label": "scam"}', "I think it is ham.", '{"label": "ham", "sure": 1}', "[]"]
)
async def test_prose_and_labels_of_its_own_are_abstained_from(tmp_path: Path, said: str) -> None:
    """Dossier 3e.3: told once more to keep to the form, then counted as invalid."""
    made, turns = moderator(examples=0), []

    def fate(body: dict[str, Any]) -> str:
        turns.append(len(body["messages"]))
        return said

    verdicts = await reviewed(tmp_path, made, ["a prize"], fate)
    assert verdicts.action.tolist() == [ACTION["abstain"]]
    assert made.tally["invalid"] == 1
    assert turns == [2, 4]


async def test_a_screen_saves_calls(tmp_path: Path) -> None:
    made = moderator(screen={"name": "linear"}, sure=0.2)
    texts = [*HAM, *SPAM, "an odd one"]
    verdicts = await reviewed(tmp_path, made, texts)
    assert made.tally["screened"] + made.tally["asked"] == len(texts)
    assert made.tally["screened"] >= 10
    assert verdicts.action[: len(HAM)].tolist() == [ACTION["show"]] * len(HAM)


async def test_several_labels_any_of_which_does_harm(tmp_path: Path) -> None:
    made = moderator(several=True, examples=0)
    verdicts = await reviewed(tmp_path, made, ["x"], lambda _: '{"is_ham": true, "is_spam": true}')
    assert verdicts.action.tolist() == [ACTION["remove"]]
    assert list(verdicts.category) == ["ham, spam"]


async def test_nobody_to_ask() -> None:
    with pytest.raises(InputError, match="asks a language model needs one"):
        await moderator().review(Posts.of_texts(["x"]))


def test_zero_shot_shows_no_examples() -> None:
    made = ZeroShot(ZeroShot.Config(), Streams(0))
    made.learn(examples())
    assert len(made.question("x", made._shown.of(["x"])[0]).messages) == 2
