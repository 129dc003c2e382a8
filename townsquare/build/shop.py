"""The parts of a shop with customers and shills."""

import numpy as np
import pyarrow as pa

from townsquare.agents.minds.customer import Customer
from townsquare.agents.reviewers.behavioural import Reviewer
from townsquare.build.hashes import data_hashes, file_hash
from townsquare.build.models import Models
from townsquare.build.moderators import of_channel
from townsquare.build.parts import Parts
from townsquare.build.shills import ShillMind
from townsquare.protocols.attack import Campaign
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.interactions import Interactions, Scale
from townsquare.protocols.recommender import Recommender
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.attacks.targets import choose_targets
from townsquare.sim.data import ratings, sets
from townsquare.sim.environments.opinions import Learnt, MadeUp
from townsquare.sim.environments.shop import Shop, Stock
from townsquare.sim.scenarios.shilling import Shilling

_STARS = Scale(1.0, 5.0, 4.0)
"""The scale of a made-up shop."""


def parts_of(scenario: Shilling, streams: Streams, models: Models | None) -> Parts:
    """Everything that can be wrong with a shop is found here."""
    stock, names, item_names = _stock(scenario, streams)
    detectors = {name: make("detector", name, {}, streams) for name in scenario.watch}

    def shadow(tick: int) -> Recommender:
        use = scenario.at(tick).recommender
        made: Recommender = make("recommender", use.name, use.settings(), streams)
        return made

    shop = Shop(scenario, streams, stock, detectors, shadow)
    minds: dict[str, Mind] = {"customers": _customers(scenario, streams, stock)}
    if scenario.shills.count:
        minds["shills"] = _shills(scenario, streams, shop, stock, models)
    moderators, table = of_channel(scenario, streams, models), scenario.learning.data
    return Parts(
        shop,
        minds,
        _agents(scenario, names),
        lambda tick: items_table(shop, item_names, tick),
        stock.category_names,
        {**_hashes(scenario.shop.source), **data_hashes([] if table is None else [table])},
        stock.titles,
        moderator=moderators[0][1] if moderators else None,
        moderators=moderators,
    )


def _customers(scenario: Shilling, streams: Streams, stock: Stock) -> Mind:
    if scenario.customers.mind != "behavioural":
        raise ScenarioError(f"customers.mind: 'behavioural' is what there is (got {scenario.customers.mind!r}).")
    reviewer = Reviewer(streams, stock.titles, stock.categories, stock.category_names)
    scale = stock.past.scale
    assert scale is not None

    def write(users: IntArray, items: IntArray, values: FloatArray) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        return reviewer.write(users, items, values, scale)

    return Customer(Customer.Config(), streams, scale, write)


def _shills(scenario: Shilling, streams: Streams, shop: Shop, stock: Stock, models: Models | None) -> Mind:
    of = scenario.shills
    if of.mind != "shill":
        raise ScenarioError(f"shills.mind: 'shill' is what there is (got {of.mind!r}).")
    attack = make("attack", of.attack.name, of.attack.settings(), streams)
    ask = models.ask("shills") if models is not None and scenario.writes_by_model() else None
    room = shop.n_items - len(stock.targets)
    if of.fillers > room:
        raise ScenarioError(f"shills.fillers ({of.fillers}) may not be more than the {room} items that are no targets.")
    campaign = Campaign(stock.targets, of.count, of.fillers, of.intent)
    return ShillMind(of, attack, campaign, shop.knowledge, streams, ask)


def _stock(scenario: Shilling, streams: Streams) -> tuple[Stock, list[str], list[str]]:
    """What is sold, the customers' names, and the items' names."""
    if scenario.shop.source is None:
        return _made_up(scenario, streams)
    return _of_table(scenario, streams)


def _targets(scenario: Shilling, past: Interactions, ids: list[str], streams: Streams) -> IntArray:
    named = scenario.shills.targets
    wanted: str | list[int]
    if isinstance(named, str):
        wanted = named
    else:
        place = {text: number for number, text in enumerate(ids)}
        missing = [str(one) for one in named if str(one) not in place]
        if missing:
            raise ScenarioError(f"shills.targets: there is no item {missing[0]!r} in this shop.")
        wanted = [place[str(one)] for one in named]
    try:
        return choose_targets(wanted, scenario.shills.n_targets, past, streams.get("targets"))
    except InputError as error:
        raise ScenarioError(f"shills.targets: {error}") from error


def _made_up(scenario: Shilling, streams: Streams) -> tuple[Stock, list[str], list[str]]:
    """A shop whose customers have rated some items at random, popular ones more often."""
    n, m, shop = scenario.customers.count, scenario.shop.items, scenario.shop
    rng = streams.get("shop", "past")
    categories = np.sort(rng.integers(shop.categories, size=m))
    names = tuple(f"category {number}" for number in range(shop.categories))
    opinions = MadeUp.drawn(n, categories, shop.taste, _STARS, streams)
    renown = rng.normal(size=m)
    luck = renown + streams.gumbel("past", 0, np.arange(n)[:, None], np.arange(m))
    items = np.argsort(-luck, axis=1, kind="stable")[:, : shop.past]
    users = np.repeat(np.arange(n), shop.past)
    felt = opinions.of(np.arange(n), items) + scenario.customers.noise * streams.normal(
        "feeling", 0, np.arange(n)[:, None], items
    )
    values = _STARS.nearest(felt.ravel())
    order = rng.permutation(len(users))
    ticks = np.zeros(len(users), np.int32)
    titles = tuple(f"item {number}, {names[categories[number]]}" for number in range(m))
    past = Interactions(users[order], items.ravel()[order], values[order], ticks, n, m, _STARS)
    past = _reviewed(past, scenario, streams, titles, categories, names)
    ids = [str(number) for number in range(m)]
    stock = Stock(past, categories, names, titles, opinions, _targets(scenario, past, ids, streams))
    return stock, [""] * n, ids


def _of_table(scenario: Shilling, streams: Streams) -> tuple[Stock, list[str], list[str]]:
    """The shop of a table of ratings; its most active people are the customers."""
    source, n = scenario.shop.source, scenario.customers.count
    assert source is not None
    data = ratings.load(source)
    counts = np.bincount(data.log.users, minlength=data.log.n_users)
    if n > len(counts):
        raise ScenarioError(f"customers.count: {source} knows {len(counts)} people, fewer than {n}.")
    chosen = np.sort(np.argsort(-counts, kind="stable")[:n])
    place = np.full(data.log.n_users, -1)
    place[chosen] = np.arange(n)
    log = data.log.where(place[data.log.users] >= 0)
    past = Interactions(place[log.users], log.items, log.values, log.ticks, n, log.n_items, log.scale, log.texts)
    if past.n_items < scenario.shop.slate:
        raise ScenarioError(f"shop.slate ({scenario.shop.slate}) may not be more than the {past.n_items} items there.")
    ids = list(data.item_ids)
    titles = data.titles or tuple(f"item {name}" for name in ids)
    categories = data.catalogue.categories
    if past.texts is None:
        past = _reviewed(past, scenario, streams, titles, categories, data.category_names)
    opinions = Learnt(past, scenario.shop.taste, streams)
    targets = _targets(scenario, past, ids, streams)
    stock = Stock(past, categories, data.category_names, titles, opinions, targets)
    return stock, [data.user_ids[user] for user in chosen.tolist()], ids


def _reviewed(
    past: Interactions,
    scenario: Shilling,
    streams: Streams,
    titles: tuple[str, ...],
    categories: IntArray,
    names: tuple[str, ...],
) -> Interactions:
    """With made-up reviews for a share of the ratings."""
    scale = past.scale
    assert scale is not None
    writes = streams.uniform("review", 0, past.users, past.items) < scenario.customers.reviews
    texts = np.full(len(past), "", object)
    reviewer = Reviewer(streams, titles, categories, names)
    texts[writes] = reviewer.write(past.users[writes], past.items[writes], past.values[writes], scale)
    return Interactions(past.users, past.items, past.values, past.ticks, past.n_users, past.n_items, scale, texts)


def _agents(scenario: Shilling, names: list[str]) -> pa.Table:
    """agents.parquet: customers, with who they are in the table of ratings, and shills."""
    n, s = scenario.customers.count, scenario.shills.count
    return pa.table(
        {
            "agent": np.arange(n + s, dtype=np.int32),
            "name": [*(f"customer-{i}" for i in range(n)), *(f"shill-{i}" for i in range(s))],
            "group": ["customers"] * n + ["shills"] * s,
            "user_id": pa.array(names + [""] * s, pa.string()),
        }
    )


def items_table(shop: Shop, names: list[str], tick: int) -> pa.Table:
    """The goods at tick 0, and the reviews of each tick."""
    goods = range(shop.n_items) if tick == 0 else range(0)
    rows = [(i, names[i], -1, int(shop.stock.categories[i]), shop.stock.titles[i]) for i in goods]
    for number, review in enumerate(shop.reviews):
        if review.tick == tick:
            category, called = int(shop.stock.categories[review.item]), f"review {number} of {names[review.item]}"
            rows.append((shop.n_items + number, called, review.author, category, review.text))
    ids, called_all, authors, categories, texts = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    return pa.table(
        {
            "item": pa.array(ids, pa.int32()),
            "name": pa.array(called_all, pa.string()),
            "author": pa.array(authors, pa.int32()),
            "born": pa.array([tick] * len(rows), pa.int32()),
            "category": pa.array(categories, pa.int32()),
            "quality": pa.array([float("nan")] * len(rows), pa.float32()),
            "text": pa.array(texts, pa.string()),
        }
    )


def _hashes(source: str | None) -> dict[str, str]:
    """sha256 of the table of ratings, by the name that the scenario gives it; a data set's are those of its tables."""
    if source is None:
        return {}
    root = sets.locate(source)
    if not root.is_dir():
        return {source: file_hash(root)}
    return {str(path.relative_to(root)): file_hash(path) for path in sorted(root.rglob("*")) if path.is_file()}
