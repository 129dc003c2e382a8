"""Where moderators err: on harmless texts that have much of a feature, against those that have little."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from townsquare.evaluate.moderator_rates import Reviewed, alarms_on
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.feature import Feature
from townsquare.protocols.moderator import ACTION, Moderator
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.sim.data.labelled import LabelledData
from townsquare.sim.features.audience_age import AudienceAge, minors_exposed
from townsquare.sim.features.lexical_bias import LexicalBias

HIGH = 0.5
"""From this on a text counts as having much of a feature."""


class Features:
    """The features of one table of texts, worked out once."""

    def __init__(self, names: Sequence[str], settings: Mapping[str, Mapping[str, Any]], data: LabelledData) -> None:
        """Raises InputError for a name that is none, for settings of one that does not take part, and bad ages."""
        strange = next((name for name in settings if name not in names), None)
        if strange is not None:
            raise InputError(f"features.{strange}: it does not take part; those which do are {', '.join(names)}.")
        self.made = {name: make("feature", name, dict(settings.get(name, {})), Streams(0)) for name in names}
        wrong = next((name for name, feature in self.made.items() if not isinstance(feature, Feature)), None)
        if wrong is not None:
            raise InputError(f"feature {wrong!r} cannot be called with texts.")
        self.data = data
        self.ages = _ages(data)
        self.values = {name: self._values(feature) for name, feature in self.made.items()}
        self.probed: dict[tuple[str, str], list[Any]] = {}

    async def probe(self, name: str, moderator: Moderator) -> None:
        """Let those features that can probe a moderator do so; ``name`` is the moderator's."""
        for what, feature in self.made.items():
            if isinstance(feature, LexicalBias):
                self.probed.setdefault((name, what), []).append(await feature.probe(moderator))

    def rows(self, name: str, found: Sequence[Reviewed]) -> list[dict[str, Any]]:
        """A row per feature for one moderator: ``fpr_high`` and ``fpr_low`` with the reviews they rest on; what was
        probed (``alarms``, ``control``), and of readers under 18 what they are still shown (``minors_exposed``).
        """
        made = []
        for what, values in self.values.items():
            high, low = values >= HIGH, values < HIGH
            row: dict[str, Any] = {"moderator": name, "feature": what}
            for side, chosen in (("high", high), ("low", low)):
                row[f"fpr_{side}"], row[f"texts_{side}"] = alarms_on(found, self.data.examples, chosen)
            probed = self.probed.get((name, what), [])
            row["alarms"] = float(np.mean([one.alarms for one in probed])) if probed else float("nan")
            row["control"] = float(np.mean([one.control for one in probed])) if probed else float("nan")
            row["minors_exposed"] = self._exposed(what, values, found)
            made.append(row)
        return made

    def _values(self, feature: Feature) -> FloatArray:
        """(n,) of all texts of the table; for the rule by age with the table's own readers and speakers."""
        texts = self.data.examples.texts
        if isinstance(feature, AudienceAge) and self.ages is not None:
            speakers = self.data.about.get("speaker_relation") or ("",) * len(texts)
            return feature.score(texts, self.ages, [one or feature.config.speaker for one in speakers])
        values = np.asarray(feature(texts), float)
        if values.shape != (len(texts),):
            raise InputError(f"feature {type(feature).__name__} gave {values.shape}, not a number per text.")
        return values

    def _exposed(self, what: str, values: FloatArray, found: Sequence[Reviewed]) -> float:
        if self.ages is None or not isinstance(self.made[what], AudienceAge):
            return float("nan")
        shown = np.concatenate([one.rows[one.action != ACTION["remove"]] for one in found])
        return minors_exposed(values[shown], self.ages[shown], HIGH)


def _ages(data: LabelledData) -> FloatArray | None:
    """(n,) years, -1 where a row has none; None where the table has no such column."""
    given = data.about.get("audience_age")
    if given is None:
        return None
    try:
        return np.array([float(one) if one else -1 for one in given])
    except ValueError as error:
        raise InputError(f"{data.name}: audience_age holds years (a number), or nothing: {error}.") from error
