"""The prompt of the judge."""

from townsquare.agents.prompts.judge_statement import judge_statement


def test_statement_and_evidence_stand_apart() -> None:
    system, user = judge_statement("5 came", ["6 came", "7 came"])
    statement, evidence = user.text.index('"5 came"'), user.text.index('[1, "6 came"]')
    assert user.text.index("<statement-") < statement < user.text.index("<evidence-") < evidence
    assert '[2, "7 came"]' in user.text
    assert "came" not in system.text


def test_without_evidence() -> None:
    assert "<evidence-" not in judge_statement("5 came", [])[1].text
