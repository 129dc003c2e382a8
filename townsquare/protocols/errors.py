"""The errors townsquare raises.

* TownsquareError
  + InputError             something the user gave is wrong (theirs to fix, before anything is written)
    - ScenarioError        a scenario: a key, a value, a sum
    - UnknownComponent     nothing is registered under that kind and name
    - DataError            a table, a data set, a download
    - RunFolderError       a run folder is missing, foreign, torn, locked, or of a newer format
    - DiskFull             nothing more could be written; the run can be resumed
  + ContractError          a plug-in broke its promise (its author's to fix)
  + ChatError              a language-model endpoint gave no reply (protocols/chat.py); an outcome, not the end of a run
  + RunStopped             the run ends early, on purpose; its status says why and it can be resumed
    - BudgetExceeded       calls, tokens or money are spent
    - TooManyFailures      too many decisions of a tick got no valid answer
    - ReplayMiss           a replay needs a call that was never recorded
  + ActionRefused          never raised across the barrier: a refused action is an event that says why
"""

from collections.abc import Iterable
from difflib import get_close_matches


class TownsquareError(Exception):
    """Anything townsquare raises on purpose; the message is one sentence a person can act on."""


class InputError(TownsquareError):
    """Something the user gave is wrong; the command line ends with exit code 2."""


class ScenarioError(InputError):
    """A scenario has an unknown key, a value of the wrong kind, or numbers that do not add up."""


class DataError(InputError):
    """A table or a data set cannot be used; the message names the file, the column and the row."""


class RunFolderError(InputError):
    """A run folder is missing, foreign, torn, in use, or written by a newer townsquare."""


class DiskFull(InputError):
    """The disk is full; every finished tick is kept and the run can be resumed."""


class ContractError(TownsquareError):
    """A plug-in returned something its contract does not allow."""


class RunStopped(TownsquareError):
    """The run ends early, on purpose; every finished tick is kept and it can be resumed."""

    status = "stopped"
    """What the run folder's status becomes."""
    code = 1
    """The exit code of the command line."""


class BudgetExceeded(RunStopped):
    """Calls, tokens or money are spent; a larger budget lets the run go on."""

    status = "stopped: budget"
    code = 130


class TooManyFailures(RunStopped):
    """More decisions of a tick than allowed got no valid answer."""

    status = "stopped: model failures"


class ReplayMiss(RunStopped):
    """A replay needs a call that was never recorded; the message names the ask."""

    status = "stopped: replay"


class UnknownComponent(InputError):
    """Nothing is registered under that kind and name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(f"no {kind} named {name!r}{did_you_mean(name, known)} Known: {', '.join(known) or 'none'}.")
        self.kind, self.name, self.known = kind, name, known


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """``. Did you mean 'x'?`` when something known is close to ``wrong``, else a full stop."""
    close = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f". Did you mean {close[0]!r}?" if close else "."
