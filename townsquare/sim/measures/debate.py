"""What debates did to people, who they thought they talked to, and how it was argued."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray
from townsquare.protocols.debate import ARMS, CONTROL, STAGES, STRATEGIES
from townsquare.sim.measures.debate_view import DebateView
from townsquare.sim.measures.view import mean
from townsquare.sim.trials.linear_shift import human_range

_POST = STAGES.index("post")


def debate(view: DebateView) -> dict[str, float]:
    """NaN stands for what is not there yet. A is an arm, no_debate the control; of the people those that are counted.

    ``people_A``: those who rated their topic, at the end before and after; the next four are theirs. ``before_A``,
    ``after_A``: mean agreement with the opponent's side (the control's with the proposition). ``shift_A``: mean of
    after minus before, ``changed_A``: share who now think otherwise.
    ``human_A``, ``human_low_A``, ``human_high_A``: how far people who start so would have moved, by the published
    model, and the 95 % range of that (``trials.linear_shift.human_range``).
    ``believed_ai_A``: share, of those who said, that took the opponent for an AI. ``words_people_A``,
    ``words_opponents_A``: words per statement so far. ``rhetoric_S_people_A``, ``rhetoric_S_opponents_A``: with judges,
    how much of strategy S there is, 0 to 3. ``people_left_out``: counted people without an opinion before and after.
    ``statements_missing``, ``no_answers``, ``refused``: of this tick.
    """
    found: dict[str, float] = {}
    sits = view.arm[: view.n_people]
    for code, name in enumerate(view.arms):
        here = (sits == code) & (view.counted | (name == CONTROL))
        if here.any():
            found |= _people(view, here, name.replace("-", "_"), name == CONTROL)
            if name != CONTROL:
                found |= _texts(view, view.arm == code, name.replace("-", "_"))
    lost = np.isnan(view.after - view.before) & view.counted
    found["people_left_out"] = float(lost.sum()) if view.tick == _POST else float("nan")
    return found | {
        "statements_missing": float(view.statements_missing),
        "no_answers": float(view.no_answers),
        "refused": float(view.refused),
    }


def _people(view: DebateView, here: BoolArray, name: str, control: bool) -> dict[str, float]:
    after = view.after if view.tick == _POST else np.full(len(view.after), np.nan)
    here = here & ~np.isnan(view.before + (after if view.tick == _POST else 0))
    shift = _there((after - view.before)[here])
    found = {
        f"people_{name}": float(here.sum()),
        f"before_{name}": mean(view.before[here]),
        f"after_{name}": mean(_there(after[here])),
        f"shift_{name}": mean(shift),
        f"changed_{name}": mean((shift != 0).astype(np.float64)),
    }
    if control:
        return found
    human = (float("nan"),) * 3
    if view.tick == _POST and here.any():
        human = human_range(view.before[here].astype(np.int64), ARMS.index(name.replace("_", "-")))
    ends = dict(zip((f"human_{name}", f"human_low_{name}", f"human_high_{name}"), human, strict=True))
    return found | ends | {f"believed_ai_{name}": mean(_there(view.believed_ai[here]))}


def _texts(view: DebateView, here: BoolArray, name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for group, sits in (("people", slice(None, view.n_people)), ("opponents", slice(view.n_people, None))):
        those = np.flatnonzero(here[sits]) + (sits.start or 0)
        if not len(those):
            continue
        found[f"words_{group}_{name}"] = mean(_there(view.words[:, those].ravel()))
        for number, strategy in enumerate(STRATEGIES if view.judged else ()):
            key = f"rhetoric_{strategy.replace(' ', '_')}_{group}_{name}"
            found[key] = mean(_there(view.levels[those, number]))
    return found


def _there(values: FloatArray) -> FloatArray:
    return values[~np.isnan(values)]
