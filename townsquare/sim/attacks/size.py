"""How large an attack is, in the field's two ways of saying it: a number, or a share."""

import math

import numpy as np

from townsquare.protocols import InputError, Interactions


def n_profiles(size: int | float, log: Interactions) -> int:
    """Fake accounts: a whole number as it is; a fraction below 1 is a share of the users who have rated.

    Shares are rounded half up, and are one account at least unless they are 0. Raises InputError for more accounts
    than users, and for what is neither a whole number nor a share.
    """
    users = len(np.unique(log.users))
    wanted = _number("size", size, users)
    if wanted > users:
        raise InputError(
            f"size: {wanted} fake accounts are more than the {users} users there are; give {users} at most."
        )
    return wanted


def n_fillers(fillers: int | float | str, log: Interactions, n_targets: int) -> int:
    """Fillers per account: a whole number; a share of all items; or ``mean``, so that with its targets a profile is as
    long as the mean profile of those who have rated.

    Raises InputError for more fillers than there are items besides the targets.
    """
    room = log.n_items - n_targets
    if fillers == "mean":
        users = max(1, len(np.unique(log.users)))
        wanted = min(room, max(0, math.floor(len(log) / users + 0.5) - n_targets))
    elif isinstance(fillers, str):
        raise InputError(f"fillers: a whole number, a share below 1, or 'mean' (got {fillers!r}).")
    else:
        wanted = _number("fillers", fillers, log.n_items)
    if wanted > room:
        raise InputError(f"fillers: {wanted} are more than the {room} items that are no targets; give {room} at most.")
    return wanted


def _number(what: str, given: int | float, whole: int) -> int:
    if not math.isfinite(given) or given < 0 or (given >= 1 and given != int(given)):
        raise InputError(f"{what}: a whole number from 0, or a share between 0 and 1 (got {given:g}).")
    if given == int(given):
        return int(given)
    return max(1, math.floor(given * whole + 0.5))
