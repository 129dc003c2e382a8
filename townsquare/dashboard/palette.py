"""How a measure looks and what it is called: colours, dashes and shapes, and one label per measure.

Colours are Okabe and Ito's, which stay apart for colour-blind readers; each comes with a dash and a shape of its own,
so that a page printed in grey says as much as the screen.
"""

from dataclasses import dataclass

INK = "#222222"
"""Text and axes."""
QUIET = "#6b6b6b"
"""Secondary text; 5.3:1 against white."""
GRID = "#e3e3e3"
BAND = "#f1f1f1"
"""Every other phase of a life cycle."""
BACKGROUND_POINT = "#b8b8b8"


@dataclass(frozen=True, slots=True)
class Style:
    """What one line or one group of points looks like."""

    colour: str
    dash: tuple[int, ...]
    shape: str


STYLES = (
    Style("#0072B2", (1, 0), "circle"),
    Style("#D55E00", (7, 3), "square"),
    Style("#009E73", (2, 2), "triangle-up"),
    Style("#CC79A7", (9, 3, 2, 3), "diamond"),
    Style("#E69F00", (12, 3), "triangle-down"),
    Style("#56B4E9", (4, 2, 1, 2), "cross"),
)
"""Series in the order in which they are given out. Okabe and Ito's yellow is left out: it cannot be seen on white."""


@dataclass(frozen=True, slots=True)
class Label:
    """A measure in words."""

    label: str
    unit: str
    """Empty for a plain number."""
    meaning: str
    """One line."""
    ours: bool = False
    """Defined by townsquare, not by the published study."""

    @property
    def axis(self) -> str:
        """Label and unit for an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def label_of(measure: str) -> Label:
    """The label of a measure; one that is not listed speaks for itself."""
    return LABELS.get(measure) or Label(measure.replace("_", " "), "", "A measure of this run that has no definition here.", True)


_DEEDS = {"exposure": "shown", "click": "clicked", "like": "liked"}
_GINI = "Gini, 0 = even, 1 = one takes all"

LABELS: dict[str, Label] = {
    "likes_per_user": Label("Likes per user", "likes a tick", "Likes given in a tick, divided by the number of users."),
    "clicks_per_user": Label("Clicks per user", "clicks a tick", "Clicks made in a tick, divided by the number of users."),
    "likes_gini_users": Label("Likes over users", _GINI, "How unevenly likes are spread over the users who give them."),
    "like_quality_part": Label(
        "Quality part of a like", "utility", "Mean share of a liked article's utility that comes from its quality."),
    "like_match_part": Label(
        "Match part of a like", "utility", "Mean share of a liked article's utility that comes from how well it matches."),
    "likes_per_creator": Label("Likes per creator", "likes a tick", "Likes received in a tick, per creator."),
    "likes_per_article": Label("Likes per article", "likes a tick", "Likes received in a tick, per article in circulation."),
    **{f"{deed}_gini_{over}": Label(
        f"{over.capitalize()} {done}", _GINI, f"How unevenly {noun} are spread over {over}.")
        for over in ("articles", "creators")
        for deed, done, noun in (("exposure", "shown", "exposures"), ("click", "clicked", "clicks"), ("like", "liked", "likes"))},
    "quality_created": Label(
        "Quality created", "ln(1 + likes)", "Mean quality of the articles published in the tick.", True),
    "quality_window": Label("Quality in circulation", "ln(1 + likes)", "Mean quality of all articles in circulation."),
    "quality_window_gini": Label("Quality inequality", _GINI, "How unevenly quality is spread over articles in circulation."),
    **{f"quality_{done}": Label(
        f"Quality {done}", "ln(1 + likes)", f"Mean quality of articles, each counted as often as it was {counted}.")
        for done, counted in (("exposed", "shown"), ("clicked", "clicked"), ("liked", "liked"))},
    **{f"corr_quality_{deed}": Label(
        f"Quality and being {done}", "Pearson correlation",
        f"Correlation, over articles, of quality with how often an article was {done}.")
        for deed, done in _DEEDS.items()},
    **{f"jaccard_{deed}": Label(
        f"Same articles {done}", "Jaccard, 0 to 1",
        f"Mean overlap of the sets of articles that two users were shown or chose ({done}): articles in both over articles in either.")
        for deed, done in _DEEDS.items()},
    "users_in_training": Label(
        "Users in training", "share, 0 to 1", "Share of users the recommender has anything to learn about."),
    "articles_in_training": Label(
        "Articles in training", "share, 0 to 1", "Share of articles in circulation the recommender has anything to learn about."),
    "match_mrr@5": Label(
        "Recommender accuracy", "MRR@5", "Mean reciprocal rank of held-out likes among the recommender's first five."),
    **{f"topic_shift_{deed}": Label(
        f"Topic shift, {done}", "latent distance",
        f"How far the mean article that a user was shown or chose ({done}) moved since the tick before.")
        for deed, done in _DEEDS.items()},
    **{f"similarity_in_list_{deed}": Label(
        f"Sameness of what is {done}", "norm of mean unit vector, 0 to 1",
        f"How alike the articles are that one user was shown or chose ({done}); 1 = all in one direction.")
        for deed, done in _DEEDS.items()},
    **{f"cosine_{deed}": Label(
        f"{deed.capitalize()} cosine", "cosine, -1 to 1", f"Mean cosine between a user and the articles {done}.")
        for deed, done in _DEEDS.items()},
    "interest_shift": Label("Interest shift", "latent distance", "How far a user's interest moved since the tick before."),
    "spread_in_loop": Label(
        "Spread in the loop", "RMS latent distance",
        "Distance to their common centre of users with at least one like in the training window.", True),
    "spread_out_loop": Label(
        "Spread out of the loop", "RMS latent distance",
        "Distance to their common centre of users with no like in the training window, of whom the recommender knows nothing.", True),
    "loop_distance": Label(
        "In-loop to out-of-loop", "latent distance", "Distance between the centres of the two groups.", True),
}
"""Every measure of the news scenario."""
