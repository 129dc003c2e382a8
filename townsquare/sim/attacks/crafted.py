"""An attack put to work: it is told what its level allows, and what it returns is checked."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols import (
    Attack,
    Campaign,
    Catalogue,
    ContractError,
    InputError,
    Interactions,
    Knowledge,
    Profiles,
    Scale,
    Streams,
    TownsquareError,
)
from townsquare.protocols.attack import LEVELS, ROLE, ROLES
from townsquare.protocols.recommender import named


async def attack_with(
    attack: Attack,
    log: Interactions,
    catalogue: Catalogue,
    campaign: Campaign,
    streams: Streams,
    sample: float = 0.1,
    titles: Sequence[str] | None = None,
    descriptions: Sequence[str] | None = None,
    category_names: Sequence[str] = (),
) -> Profiles:
    """The profiles that ``attack`` makes of what its level allows it to know of ``log``; see ``crafted``.

    Args:
        attack: which; ContractError where it declares no level.
        log: ratings on a scale.
        catalogue: items, with as many rows as ``log.n_items``.
        campaign: what is wanted.
        streams: what the sample of real users is drawn from.
        sample: share of real users whose profiles an attack of the level grey sees, one at least.
        titles: (n_items,) what items are called, where known.
        descriptions: (n_items,) what is said of them, where known.
        category_names: of the catalogue's categories, by number, where known.
    """
    if getattr(attack, "level", None) not in LEVELS:
        raise ContractError(f"{named('attack', attack)} must declare its level, one of {', '.join(LEVELS)}.")
    rng = streams.get("attack", "sample")
    known = Knowledge(
        log,
        catalogue,
        attack.level,
        sample,
        rng,
        titles=titles,
        descriptions=descriptions,
        category_names=category_names,
    )
    return await crafted(attack, known, campaign)


async def crafted(attack: Attack, known: Knowledge, campaign: Campaign) -> Profiles:
    """The profiles of a campaign; ContractError, naming the attack, where they are none.

    They are none unless columns are of one length; accounts are numbered from 0 to A - 1 and the rows of each stand
    together; items are in the catalogue, none twice in an account; values are on the scale; all targets are in every
    account, with the role of targets, and P fillers at most. An account may leave fillers out, or give no rating at all
    (a model that gave no answer). Raises InputError for a campaign that nobody could run, as with a target that is
    not in the catalogue.
    """
    _possible(campaign, known.n_items)
    try:
        made = await attack.craft(known, campaign)
    except (TownsquareError, MemoryError):
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".")
        raise ContractError(f"{named('attack', attack)} failed in craft: {said}.") from error
    wrong = _wrong_columns(made)
    if not wrong and len(made):
        wrong = _wrong_accounts(made, campaign) or _wrong_ratings(made, known.n_items, known.scale)
        wrong = wrong or _wrong_roles(made, campaign)
    elif not wrong and campaign.profiles:
        wrong = f"craft gave no profile, and {campaign.profiles} are wanted."
    if wrong:
        raise ContractError(f"{named('attack', attack)}: {wrong}")
    return made


def _possible(campaign: Campaign, n_items: int) -> None:
    targets = np.asarray(campaign.targets)
    outside = targets[(targets < 0) | (targets >= n_items)]
    if len(outside):
        raise InputError(f"nobody may rate target {outside[0]}: items are numbered from 0 to {n_items - 1}.")
    if not len(targets) or len(np.unique(targets)) < len(targets):
        raise InputError(f"a campaign needs one target at least, and each only once (got {targets.tolist()}).")
    if campaign.profiles < 0 or campaign.fillers < 0:
        raise InputError(
            f"a campaign cannot have fewer than 0 profiles or fillers (got {campaign.profiles} and {campaign.fillers})."
        )


def _wrong_columns(made: object) -> str:
    """What is wrong with the columns, in a sentence; "" where nothing is. So for all that follow."""
    if not isinstance(made, Profiles):
        return f"craft gave {type(made).__name__}, not Profiles."
    columns = {name: getattr(made, name) for name in ("profile", "items", "role", "values")}
    for name, column in columns.items():
        kinds = "iuf" if name == "values" else "iu"
        if not isinstance(column, np.ndarray) or column.ndim != 1 or column.dtype.kind not in kinds:
            return f"the column {name} must be an array of {'numbers' if name == 'values' else 'whole numbers'}."
    texts = made.texts
    if len({len(column) for column in columns.values()}) > 1 or (texts is not None and len(texts) != len(made)):
        return "the columns of its profiles differ in length."
    if texts is not None and not all(isinstance(text, str) for text in texts):
        return "the column texts must hold text only."
    return ""


def _wrong_accounts(made: Profiles, campaign: Campaign) -> str:
    if made.profile.min() < 0 or made.profile.max() >= campaign.profiles:
        return f"profiles are numbered from 0 to {campaign.profiles - 1}, not up to {made.profile.max()}."
    if (np.diff(made.profile.astype(np.int64)) < 0).any():
        return "the rows of a profile must stand together, profiles in their order."
    return ""


def _wrong_ratings(made: Profiles, n_items: int, scale: Scale) -> str:
    if made.items.min() < 0 or made.items.max() >= n_items:
        return f"items are numbered from 0 to {n_items - 1}."
    pairs = made.profile.astype(np.int64) * n_items + made.items
    if len(np.unique(pairs)) < len(pairs):
        return "a profile rates an item twice."
    if not np.isfinite(made.values).all() or (np.abs(scale.nearest(made.values) - made.values) > 1e-9).any():
        return f"a rating is not on the scale, {scale.low:g} to {scale.high:g} in steps of {scale.step:g}."
    return ""


def _wrong_roles(made: Profiles, campaign: Campaign) -> str:
    if made.role.min() < 0 or made.role.max() >= len(ROLES):
        return f"roles are numbered from 0 to {len(ROLES) - 1} ({', '.join(ROLES)})."
    aimed = np.isin(made.items, campaign.targets)
    if aimed.sum() < len(np.unique(made.profile)) * len(campaign.targets):
        return "a profile does not rate every target."
    if not np.array_equal(aimed, made.role == ROLE["target"]):
        return "the rows of targets, and no others, must have the role of targets."
    most = np.bincount(made.profile[made.role == ROLE["filler"]], minlength=1).max()
    if most > campaign.fillers:
        return f"a profile has {most} fillers, and {campaign.fillers} are wanted."
    return ""
