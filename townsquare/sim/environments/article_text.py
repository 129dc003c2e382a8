"""What an article says, for those who read words rather than vectors."""

from collections.abc import Callable, Sequence

from townsquare.sim.environments.articles import Articles

_TEXT_WORDS = 60


def article_text(
    item: int, tick: int, articles: Articles, categories: Sequence[str], name_of: Callable[[int], str]
) -> str:
    """One line of what is known of an article at ``tick``: its words where somebody wrote some (title and the first 60
    words), its category, author, age in ticks and likes so far.

    Articles of behavioural creators are points in the latent space and have no words: only the facts are given.
    """
    category = int(articles["category"][item])
    about = categories[category] if 0 <= category < len(categories) else "no category"
    age = tick - int(articles["born"][item])
    when = "new" if age == 0 else f"{age} tick{'s' if age > 1 else ''} old"
    likes = int(articles["likes"][item])
    author = name_of(int(articles["author"][item]))
    facts = f"{about}, by {author}, {when}, {likes} like{'' if likes == 1 else 's'}"
    title, _, text = articles.texts.get(item, "").partition("\n")
    if not title:
        return facts
    words = text.split()
    shown = " ".join(words[:_TEXT_WORDS]) + (" ..." if len(words) > _TEXT_WORDS else "")
    return f"{title.strip()} | {shown} | {facts}"
