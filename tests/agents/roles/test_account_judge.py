"""What a model is asked about accounts, and what its silence means."""

import asyncio

import numpy as np

from townsquare.agents.roles.account_judge import LINES, AccountJudge, Opinion
from townsquare.protocols import Interactions, Scale
from townsquare.protocols.asking import Answer

LOG = Interactions(
    np.array([2, 0, 2, 1]), np.array([0, 1, 1, 0]), np.array([5.0, 1.0, 4.0, 3.0]), np.zeros(4), 4, 2, Scale(1, 5, 4)
)


def judged(answers, users=(0, 1, 2), log=LOG, titles=("Kettle", "Toaster")):
    asked = []

    async def ask(question):
        asked.append(question)
        return answers(question)

    found = asyncio.run(AccountJudge(ask, titles)(log, np.array(users), 7))
    return found.tolist(), asked


def said(fake):
    return Answer("answered", Opinion(fake=fake, why="because"))


def test_each_account_is_asked_about_once_with_its_ratings_in_order():
    found, asked = judged(lambda question: said(question.agent / 10))
    assert found == [0.0, 0.1, 0.2]
    assert [(ask.agent, ask.tick, ask.purpose) for ask in asked] == [(0, 7, "judge"), (1, 7, "judge"), (2, 7, "judge")]
    text = asked[2].messages[1].text
    assert text.index("5: Kettle") < text.index("4: Toaster")
    assert "1: Toaster" not in text


def test_silence_neither_clears_nor_accuses():
    found, _ = judged(lambda question: said(0.8) if question.agent else Answer("invalid", None, "nonsense"))
    assert found == [0.8, 0.8, 0.8]
    assert judged(lambda question: Answer("failed", None, "away"))[0] == [0.5, 0.5, 0.5]


def test_nobody_is_asked_about_an_account_without_ratings():
    found, asked = judged(lambda question: said(0.2), users=(2, 3))
    assert found == [0.2, 0.2]
    assert [ask.agent for ask in asked] == [2]


def test_only_the_newest_ratings_are_shown():
    n = LINES + 5
    log = Interactions(np.zeros(n, int), np.arange(n), np.ones(n), np.zeros(n), 1, n, Scale(1, 5, 4))
    _, asked = judged(lambda question: said(0.5), users=(0,), log=log, titles=None)
    text = asked[0].messages[1].text
    assert 'item 4"' not in text
    assert f"item {n - 1}" in text
