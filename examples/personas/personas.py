"""Who the readers are: drawn, from a table, from a list, and told in words: python examples/personas/personas.py

No language model is asked here, and no scripted server either: it ends where a prompt is ready to be sent.
"""

import tempfile
from pathlib import Path

import numpy as np

from townsquare.agents.persona_sampling import Distribution, draw
from townsquare.agents.persona_table import from_csv, from_list
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.read import read
from townsquare.protocols import Streams
from townsquare.protocols.errors import DataError

TABLE = """name,age_band,employment,openness,benevolence,reflection_1,fatigue,stance:the tram,confidence:the tram
Ann,30 to 39,nurse,0.9,0.95,I take the long way home because something may have changed there.,0.8,5,0.9
Bo,60 to 69,retired,0.2,0.5,I read the paper from the back and stop at the weather.,,2,0.1
"""
SHOWN = ["The tram to the harbour opens in May", "Council votes on library hours", "Rain until Thursday"]


def told(title: str, sentences: tuple[str, ...]) -> None:
    print(f"  {title}")
    for sentence in sentences:
        print(f"    {sentence}")


def main(folder: Path) -> None:
    print("No language model is asked here, and no scripted server: this is what one would be told.\n")

    print("1. Drawn from a distribution (our reconstruction, no sample of any population)")
    shape = Distribution(demographics={"age_band": {"under 30": 0.3, "30 to 59": 0.5, "60 and over": 0.2}})
    people = draw(shape, Streams(seed=1), np.arange(2000))
    values = [person.schwartz for person in people]
    held = np.array([[one.security, one.conformity, one.stimulation] for one in values])
    near, far = np.corrcoef(held.T)[0, 1:]
    print(f"  2,000 people; security goes with conformity ({near:+.2f}) and against stimulation ({far:+.2f})")
    print(f"  the first of 2,000 is the first of 3: {draw(shape, Streams(seed=1), np.arange(3))[0] == people[0]}")
    scores = ", ".join(f"{trait} {score:.2f}" for trait, score in people[0].big_five)
    print(f"  person 0, as it is kept: {scores}, ...")
    told("person 0, as a model is told (words, no scores; what is near the middle is left out):", describe(people[0]))

    print("\n2. From a table, one row per person")
    table = folder / "people.csv"
    table.write_text(TABLE)
    ann, bo = from_csv(table)
    told("Ann:", describe(ann))
    told("Bo:", describe(bo))
    table.write_text(TABLE.replace("0.95", "9.5"))
    try:
        from_csv(table)
    except DataError as wrong:
        print(f"  a bad cell is named: {str(wrong).replace(str(table), table.name)}")

    print("\n3. From a list")
    (cleo,) = from_list([{"name": "Cleo", "big_five": {"extraversion": 0.1}, "state": {"mood": 0.8}}])
    told("Cleo:", describe(cleo))

    print("\n4. The prompt of a decision, rendered: Ann before three articles (her view on the tram is at hand)")
    system, user = read(describe(ann, about=SHOWN), ["2 rounds ago: I liked 'Night buses'."], SHOWN, limit=2, tick=7)
    print(f"[{system.role}]\n{system.text}\n\n[{user.role}]\n{user.text}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
