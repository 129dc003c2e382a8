"""The nine kinds of transsuasion pairs, with the thresholds that were published for each."""

from dataclasses import dataclass
from typing import Literal

from townsquare.protocols.errors import InputError, did_you_mean
from townsquare.protocols.persuader import CASES, Post

Media = Literal["none", "added", "some", "alike", "on the output", "ignored"]


@dataclass(frozen=True, slots=True)
class Case:
    """When two posts are a pair of one kind (PersuasionBench, arXiv 2410.02653, table of tasks)."""

    key: str
    what: str
    media: Media
    """``none``: neither has an image; ``added``: only the better one has; ``some``: one of them or both;
    ``alike``: both, more alike than 0.7; ``on the output``: the better one has; ``ignored``.
    """
    text: float | None
    """The text similarity has to be above it; None: not asked for."""
    edit: float | None
    """The edit similarity has to be above it; None: not asked for."""
    gain: float = 0.4
    """(l2 - l1) / max(l1, 1) has to be this much at least."""
    same_link: bool = False
    """Whether both have to link to the same page; elsewhere links need not be equal."""
    other_account: bool = False
    """Whether they are of two accounts of one brand, and not of one account."""

    def media_fit(self, weak: Post, strong: Post) -> bool:
        """Whether the images are as the kind wants them; how alike they are is not looked at."""
        had, has = bool(weak.media), bool(strong.media)
        return {
            "none": not had and not has,
            "added": has and not had,
            "some": has or had,
            "alike": has and had,
            "on the output": has,
            "ignored": True,
        }[self.media]


TABLE = {
    case.key: case
    for case in (
        Case("Ref", "refine the text", "none", 0.8, None),
        Case("Parap", "paraphrase", "none", 0.6, 0.6),
        Case("AddImg", "rewrite and add an image", "added", 0.6, 0.6),
        Case("FFRef", "free-form refine", "some", 0.8, None),
        Case("FFPara", "free-form paraphrase", "some", 0.6, 0.6),
        Case("VisOnly", "change the image", "alike", None, None),
        Case("TextOnly", "change the text beside an image", "on the output", 0.8, None),
        Case("Hilight", "stress another aspect of what is linked to", "ignored", 0.6, 0.6, same_link=True),
        Case("Transc", "carry over to another account of the brand", "ignored", 0.8, None, 0.2, other_account=True),
    )
}
"""By key, in the order of ``CASES``. The numbers are the published ones."""
IMAGES_ALIKE = 0.7
"""Similarity of images above which ``VisOnly`` takes a pair."""
WORDED = tuple(key for key in CASES if key != "VisOnly")
"""Kinds in which a text is written, and which the arena can therefore use."""


def checked_cases(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys in the order of the table, each once; InputError for one that is none."""
    lower = {key.lower(): key for key in CASES}
    for key in keys:
        if key.lower() not in lower:
            raise InputError(f"cases: no case {key!r}{did_you_mean(key, CASES)} Known: {', '.join(CASES)}.")
    if not keys:
        raise InputError(f"cases: name at least one of {', '.join(CASES)}.")
    chosen = {lower[key.lower()] for key in keys}
    return tuple(key for key in CASES if key in chosen)
