"""What to beware of in a simulated trial: minds that give in more than people do, and drift."""

from townsquare.protocols.debate import CONTROL
from townsquare.sim.trials.analysis import Analysis


def warnings(analysis: Analysis) -> list[str]:
    """A sentence per arm whose people moved more than people would.

    An arm is over-susceptible when the lower end of the 95 % interval of its mean shift lies above the upper end of the
    human range for the same starts (``linear_shift.human_range``). A shift within the range says nothing about a single
    mind; nor do arms of one person, which have no interval.
    """
    found = []
    for term in analysis.part("shift"):
        if term.estimate is None or term.low is None or term.human is None or term.human_high is None:
            continue
        if term.low > term.human_high:
            found.append(
                f"over-susceptible: people of {term.term} moved {term.estimate:+.2f} towards their opponents "
                f"(95 % interval from {term.low:+.2f}); human beings who start so move {term.human:+.2f}, "
                f"{term.human_high:+.2f} at most."
            )
    return found


def drift_sentence(analysis: Analysis) -> str:
    """What the no-debate arm says about the others; "" without one."""
    for term in analysis.part("drift"):
        around = "" if term.low is None else f" (95 % interval {term.low:+.2f} to {term.high:+.2f})"
        told = f"{CONTROL}: {term.n} people who debated with nobody moved {term.estimate:+.2f} on average{around}"
        if term.low is not None and term.high is not None and (term.low > 0 or term.high < 0):
            return f"{told}: opinions drift by themselves, and shifts of the arms hold that drift."
        if term.low is None:
            return f"{told}: too few to tell drift."
        return f"{told}: no drift is seen; what goes beyond that interval is none."
    return ""
