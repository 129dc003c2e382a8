"""The examples that a supervised detector learns from."""

import numpy as np

from townsquare.protocols import BoolArray, InputError, IntArray, Interactions


def examples(name: str, log: Interactions, fake: IntArray) -> tuple[IntArray, BoolArray]:
    """Users to learn from, by rising number, and which of them are fake.

    Left out are users of unknown kind (-1) and those without a row.

    Args:
        name: of the detector, for messages.
        log: with the users' rows.
        fake: (n_users,) 1 fake, 0 genuine, -1 unknown.

    Raises InputError for labels that do not fit the log, or where examples of one kind are missing.
    """
    labels = np.asarray(fake)
    if labels.shape != (log.n_users,) or not np.isin(labels, (-1, 0, 1)).all():
        raise InputError(
            f"detector {name!r} learns from one label for each of {log.n_users} users: 1 fake, 0 genuine or -1 "
            f"unknown; it was given {labels.dtype} of shape {labels.shape}."
        )
    users = np.flatnonzero((labels >= 0) & (np.bincount(log.users, minlength=log.n_users) > 0))
    kinds = labels[users] == 1
    if not kinds.any() or kinds.all():
        raise InputError(
            f"detector {name!r} learns from labels of both kinds: of the users with rows {int(kinds.sum())} are "
            f"labelled fake and {int((~kinds).sum())} genuine."
        )
    return users, kinds


def unlearnt(name: str) -> InputError:
    """The error of a supervised detector that is asked before it has learnt."""
    return InputError(
        f"detector {name!r} learns from labels: call learn with a log whose fakes are known before inspect."
    )
