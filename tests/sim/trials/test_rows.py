"""Reading trials: three vocabularies, one scale, one sentence for whatever is wrong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from townsquare.protocols import InputError
from townsquare.protocols.debate import against
from townsquare.protocols.errors import DataError
from townsquare.sim.trials.rows import from_run, read_csv

OWN = "arm,side,agreement_before,agreement_after,topic,topic_prior,believed,debate\n"


def write(folder: Path, text: str, name: str = "trial.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_rising_values_mean_being_persuaded() -> None:
    assert (against(4, 1), against(4, -1)) == (2, 4)


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    rows = read_csv(
        write(
            tmp_path,
            OWN
            + "human-human,pro,4,2,tax,3,human,d1\n"
            + "HUMAN-AI,Con,4.0,5,,,AI,\n"
            + "Human-AI (personalized),PRO,1,1,tax,5,NA,d3\n"
            + "human human personalised,con,2,2,tax,1,,d4\n",
        )
    )
    assert rows.arm.tolist() == [0, 1, 3, 2]
    assert rows.pre.tolist() == [2, 4, 5, 2]
    assert rows.post.tolist() == [4, 5, 5, 2]
    assert rows.shift.tolist() == [2, 1, 0, 0]
    assert rows.topic == ("tax", "", "tax", "tax")
    assert rows.prior.tolist() == [3, -1, 5, 1]
    assert rows.believed_ai.tolist() == [0, 1, -1, -1]
    assert rows.debate == ("d1", "", "d3", "d4")
    assert (len(rows), rows.left_out, len(rows.drift)) == (4, 0, 0)


REAL = (
    "debateID,treatmentType,topic,side,agreementPreTreatment,agreementPostTreatment,"
    "sideAgreementPreTreatment,sideAgreementPostTreatment,topicPrior,argument,perceivedOpponent\n"
)


def test_the_published_columns(tmp_path: Path) -> None:
    rows = read_csv(
        write(
            tmp_path,
            REAL
            + 'a,"Human-AI, personalized",t,PRO,5,3,1,3,4,"one, two\nthree",ai\n'
            + 'b,"Human-AI, personalized",t,CON,1,3,1,3,2,,human\n'
            + "c,Human-Human,t,CON,1,3,1,3,2,,human\n",
        )
    )
    assert rows.arm.tolist() == [3, 3, 0]
    assert rows.pre.tolist() == [1, 1, 1]
    assert rows.post.tolist() == [3, 3, 3]
    assert rows.believed_ai.tolist() == [1, 0, 0]
    assert rows.debate == ("a", "b", "c")


def test_the_table_of_rounds(tmp_path: Path) -> None:
    rows = read_csv(
        write(
            tmp_path,
            "debate_id,treatment_type,personalized,opponent_is_ai,participant_side,perceived_opponent,topic,"
            "agreement_pre_likert,agreement_post_likert,side_agreement_pre_likert,side_agreement_post_likert\n"
            '1,"Human-Human, personalized",True,False,PRO,human,t,5,3,1,3\n',
        )
    )
    assert (rows.arm.tolist(), rows.pre.tolist(), rows.post.tolist()) == ([2], [1], [3])


def test_agreement_with_the_opponents_side_is_enough(tmp_path: Path) -> None:
    rows = read_csv(write(tmp_path, "arm,side_agreement_before,side_agreement_after\nhuman-ai,2,4\nhuman-human,1,1\n"))
    assert rows.pre.tolist() == [2, 1]
    assert rows.post.tolist() == [4, 1]
    assert rows.topic == ("", "")


def test_tabs_and_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"arm": ["human-ai"], "side": ["pro"], "agreement_before": [4], "agreement_after": [2]})
    frame.to_csv(tmp_path / "trial.tsv", sep="\t", index=False)
    frame.to_parquet(tmp_path / "trial.parquet")
    for name in ("trial.tsv", "trial.parquet"):
        assert read_csv(tmp_path / name).post.tolist() == [4]


def test_who_did_not_debate_is_drift_and_who_did_not_answer_is_left_out(tmp_path: Path) -> None:
    rows = read_csv(
        write(
            tmp_path,
            "arm,side,agreement_before,agreement_after\n"
            "human-human,pro,4,2\nhuman-human,con,,3\nhuman-ai,con,3,NA\nno-debate,,4,5\n"
            "no debate,pro,4,5\nno-debate,,2,\n",
        )
    )
    assert len(rows) == 1
    assert rows.left_out == 2
    assert rows.drift.tolist() == [1.0, -1.0], "with a side, on the scale of the opponent's"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arm,side,agreement_before,agreement_after\nhuman-alien,pro,1,1\n",
         "line 2: arm 'human-alien' is none of human-human, human-ai, human-human-personalised, human-ai-personalised, "
         "no-debate. Did you mean 'human-ai'?"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,1,1\n,pro,1,1\n", "line 3: arm '' is none of"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,1,6\n",
         "line 2: agreement_after must be a whole number from 1 to 5 (got '6')."),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,3.5,1\n", "agreement_before must be a whole number"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,0,1\n", "(got '0')"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,inf,1\n", "(got 'inf')"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,much,1\n", "(got 'much')"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pr,1,1\n",
         "line 2: side 'pr' is none of con, pro. Did you mean 'pro'?"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,,1,1\n", "line 2: side is empty; it must be pro or con."),
        ("arm,side,agreement_before,agreement_after,believed\nhuman-ai,pro,1,1,robot\n", "none of human, ai"),
        ("arm,side,agreement_before,agreement_after,topic_prior\nhuman-ai,pro,1,1,9\n", "topic_prior must be"),
        ("arm,side,agreement_before\nhuman-ai,pro,1\n", "no column 'agreement_after'"),
        ("treatmentType,side,agreementPreTreatment,agreementPosttreatment\nHuman-AI,PRO,1,1\n",
         "no column 'agreementPostTreatment'. Did you mean 'agreementPosttreatment'?"),
        ("arm,agreement_before,agreement_after\nhuman-ai,1,1\n", "no column 'side'"),
        ("Arm,side,agreement_before,agreement_after\nhuman-ai,pro,1,1\n", "no column 'arm'. Did you mean 'Arm'?"),
        ("who,what\n1,2\n", "no column 'arm'"),
        ("", "is empty"),
        ("arm,side,agreement_before,agreement_after\n", "has no rows"),
        ("arm;side;agreement_before;agreement_after\nhuman-ai;pro;1;1\n", "separates its cells by semicolons"),
        ("arm,side,agreement_before,agreement_after\nhuman-ai,pro,1\n", "line 2: 3 cells where the header names 4"),
        ("arm,side,agreement_before,agreement_after\nno-debate,,3,3\n", "nobody who debated"),
        ("arm,side,agreement_before,agreement_after,side_agreement_before,side_agreement_after\nhuman-ai,pro,5,3,5,3\n",
         "line 2: side_agreement_before is 5, but agreement_before 5 is 1 on the side of the opponent of a pro."),
    ],
)  # fmt: skip
def test_bad_tables_are_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(write(tmp_path, text))
    assert said in str(caught.value)
    assert "trial.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_table_at_all(tmp_path: Path) -> None:
    for name, content, said in (
        ("trial.csv", b"PK\x03\x04\0\0", "zip archive"),
        ("trial.csv", b"\xff\xfe\0a", "not text"),
        ("trial.txt", b"arm", "of no known format"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=said):
            read_csv(tmp_path / name)
    with pytest.raises(DataError, match="does not exist"):
        read_csv(tmp_path / "missing.csv")


def run_of() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two debates, a control, and what one could get wrong: an uncounted person, one who never answered."""
    agents = pd.DataFrame(
        {
            "agent": [0, 1, 2, 3, 4, 5, 6],
            "group": ["people"] * 5 + ["opponents", "judges"],
            "arm": ["human-human-personalised"] * 2 + ["human-ai"] * 2 + ["no-debate", "human-ai", ""],
            "debate": [0, 0, 1, 2, -1, 1, -1],
            "topic": [0, 0, 1, 1, 0, 1, -1],
            "counted": [True, False, True, True, False, False, False],
        }
    )
    said = [
        (0, "opinion", 4, "before"), (0, "rate", 2, ""), (0, "assign", 1, ""), (0, "opinion", 2, "after"),
        (0, "guess", 1, ""), (1, "opinion", 1, "before"), (1, "assign", -1, ""), (1, "opinion", 1, "after"),
        (2, "opinion", 4, "before"), (2, "assign", -1, ""), (2, "opinion", 5, "drawn"), (2, "refused", 9, "twice"),
        (3, "opinion", 4, "before"), (3, "assign", 1, ""), (3, "no_answer", 0, "invalid"),
        (4, "opinion", 3, "before"), (4, "opinion", 4, "after"), (5, "assign", 1, ""),
    ]  # fmt: skip
    events = pd.DataFrame(said, columns=["agent", "kind", "value", "why"])
    events["value"] = events["value"].astype(np.float32)
    for name in ("kind", "why"):
        events[name] = events[name].astype("category")
    items = pd.DataFrame({"item": [0, 1, 2], "text": ["one", "two", "said"], "category": [2, 0, 2]})
    return events, agents, items


def test_rows_of_a_run() -> None:
    events, agents, items = run_of()
    rows = from_run(events, agents, items)
    assert rows.arm.tolist() == [2, 1]
    assert rows.pre.tolist() == [2, 4]
    assert rows.post.tolist() == [4, 5]
    assert rows.topic == ("one", "two")
    assert rows.cluster.tolist() == [2, 0]
    assert rows.prior.tolist() == [2, -1]
    assert rows.believed_ai.tolist() == [1, -1]
    assert rows.debate == ("0", "1")
    assert rows.left_out == 1, "no answer is no row, and never no change"
    assert rows.drift.tolist() == [1.0]
    assert from_run(events, agents).topic == ("0", "1")


def test_what_is_no_debate_trial_is_said() -> None:
    events, agents, _ = run_of()
    with pytest.raises(InputError, match="no debate trial"):
        from_run(events, agents.drop(columns="arm"))
    with pytest.raises(InputError, match="nobody who debated"):
        from_run(events[events["why"] == "before"], agents)
