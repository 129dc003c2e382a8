"""What reaches the news town from outside its creators: breaking news, and the choice of what is promoted."""

from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.articles import Articles
from townsquare.sim.scenarios.news import News, Slate


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about what breaks at a tick; none on most ticks."""

    author: IntArray
    category: IntArray
    quality: FloatArray
    vector: FloatArray


def breaking(
    scenario: News, tick: int, topics: FloatArray, first_creator: int, n_creators: int, streams: Streams
) -> Story:
    """The articles of this tick's interruptions: near the centre of the topic, by creators drawn at random.

    Ours: the published code has an empty hook here. The articles spread round the centre as a creator's do.
    """
    parts = [Story(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros((0, topics.shape[1])))]
    for number, event in enumerate(scenario.interruptions):
        if event.tick != tick:
            continue
        rng = streams.get("interruption", tick, number)
        author = rng.choice(n_creators, size=event.count, replace=event.count > n_creators) + first_creator
        spread = scenario.creators.concentration.mean * scenario.creators.step
        topic = int(event.topic)  # names became numbers when the town was built
        vector = topics[topic] + spread * rng.standard_normal((event.count, topics.shape[1]))
        parts.append(Story(author, np.full(event.count, topic), np.full(event.count, event.quality), vector))
    return Story(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("author", "category", "quality", "vector"))
    )


def promoted_weights(
    slate: Slate, tick: int, articles: Articles, active: IntArray, topics: FloatArray, streams: Streams
) -> FloatArray:
    """(len(active),) weight of each article in the promoted places; drawn anew every ``promote_every`` ticks.

    By author: 1 for the articles of ``promoted_authors`` authors drawn at random. By content: softmax of the cosine
    with a random point in the box that the topics span.
    """
    if not slate.places()["promoted"] or not len(active):
        return np.zeros(len(active))
    rng = streams.get("promotion", tick // slate.promote_every)
    if slate.promote_by == "author":
        authors = np.unique(articles["author"][active])
        chosen = rng.permutation(len(authors))[: slate.promoted_authors]
        return np.isin(articles["author"][active], authors[chosen]).astype(np.float64)
    point = rng.uniform(topics.min(axis=0), topics.max(axis=0))
    vectors = articles.content(active).astype(np.float64)
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(point)
    cosines = np.divide(vectors @ point, norms, out=np.zeros(len(active)), where=norms > 0)
    weight = np.exp(cosines - cosines.max())
    return weight / weight.sum()
