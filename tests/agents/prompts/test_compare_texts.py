"""The judge's prompt."""

from townsquare.agents.prompts.compare_texts import QUESTIONS, compare_texts


def test_swapping_the_texts_swaps_two_lines_and_nothing_else() -> None:
    for question in QUESTIONS:
        one, other = (compare_texts(["sender: mill"], *texts, question=question) for texts in (("A", "B"), ("B", "A")))
        assert one[0] == other[0]
        code = one[1].text[len("<frame-") : len("<frame-") + 16]
        code_other = other[1].text[len("<frame-") : len("<frame-") + 16]
        swapped = (
            other[1].text.replace(code_other, code).replace('[1, "B"]', '[1, "A"]').replace('[2, "A"]', '[2, "B"]')
        )
        assert swapped == one[1].text
