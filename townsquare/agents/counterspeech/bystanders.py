"""Whether somebody who sees a harmful comment speaks up (a model with no known effects: sensitivity only).

    p_intervene = sigmoid(b0 + b1 harm + b2 norm_salience - b3 responsibility_taken + b4 quality_gap)

Reconstruction of what Civilbot (arXiv 2603.03687) describes in words: a good bot may guide (others join: b2) or
substitute (others feel excused: b3), a poor one discourage or provoke (b4, by its sign). No effect size is known, so
every coefficient but the base rate is 0 by default and none is ever fitted; what a value would mean is for a sweep.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import expit

from townsquare.protocols.columns import BoolArray, FloatArray, steady
from townsquare.protocols.counterspeech import Bystanders


def chances(
    of: Bystanders, harm: FloatArray, norm_salience: FloatArray, responsibility: FloatArray, quality_gap: FloatArray
) -> FloatArray:
    """The chance that each bystander speaks up, elementwise; shapes broadcast.

    Args:
        of: the coefficients.
        harm: of what is seen, 0 to 1.
        norm_salience: 0 to 1, how visible it is that others object.
        responsibility: 0 to 1, how far somebody has taken care of it already.
        quality_gap: 0 to 1, how much is left to be wished of what was said against it.
    """
    logit = of.b0 + of.b1 * harm + of.b2 * norm_salience - of.b3 * responsibility + of.b4 * quality_gap
    return np.asarray(expit(logit))


def intervenes(
    of: Bystanders,
    harm: FloatArray,
    uniforms: FloatArray,
    *,
    countered: FloatArray | int = 0,
    answered: FloatArray | int = 0,
    quality: FloatArray | float = 1.0,
) -> BoolArray:
    """Who speaks up, by given numbers in (0, 1): the same numbers with 0 coefficients give the same people.

    ``countered`` and ``answered`` count the replies of bots and of users that object, and ``quality`` is that of the
    bot's reply. A bot's reply takes the responsibility and shows the norm; a user's shows the norm only; a gap in
    quality there can be only where a bot spoke (ours). All shapes broadcast.
    """
    bot = np.asarray(countered) > 0
    norm = (bot | (np.asarray(answered) > 0)).astype(np.float64)
    gap = np.where(bot, 1.0 - np.asarray(quality, np.float64), 0.0)
    return uniforms < steady(chances(of, np.asarray(harm, np.float64), norm, bot.astype(np.float64), gap))


def sensitivity(
    settings: Mapping[str, Bystanders], harm: FloatArray, *, countered: FloatArray | int, quality: float = 1.0
) -> Sequence[tuple[str, float, float, float]]:
    """What each setting would mean: name, mean chance without a bot, with one, and the difference; no data involved."""
    rows = []
    for name, of in settings.items():
        bot = (np.asarray(countered) > 0).astype(np.float64)
        without = float(chances(of, harm, np.zeros_like(bot), np.zeros_like(bot), np.zeros_like(bot)).mean())
        beside = float(chances(of, harm, bot, bot, bot * (1.0 - quality)).mean())
        rows.append((name, without, beside, beside - without))
    return rows
