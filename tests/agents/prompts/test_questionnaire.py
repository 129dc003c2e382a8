"""The prompts of questionnaires: scales, options, and the question itself as quoted material."""

from townsquare.agents.prompts.questionnaire import choice, free, likert

YOU = ["Your name is Ann."]


def test_every_scale_says_what_an_answer_is() -> None:
    agree = likert(YOU, [], "Trams should be free.")[1].text
    options = choice(YOU, [], "Which one?", ["tram", "bus"])[1].text
    words = free(YOU, [], "Why?", words=30)[1].text
    assert '"Trams should be free."\n</question-' in agree
    assert agree.endswith("from 1 to 5.")
    assert '[1, "tram"]\n[2, "bus"]\n</options-' in options
    assert options.endswith("1 to 2.")
    assert "at most 30 words" in words


def test_the_task_comes_after_the_person_the_memories_and_the_question() -> None:
    text = likert(YOU, ["1 round ago: I took the tram."], "Trams should be free.")[1].text
    places = [text.index(part) for part in ("<you-", "<memories-", "<question-", "How far does the person agree")]
    assert places == sorted(places)
