"""What kinds of posts there are where posts are moderated, and what authors do about advice on a draft."""

KINDS = ("benign", "negative", "spam", "toxic")
"""What a post truly is, by code: as a table of labels has it, or as its author meant it."""
KIND = {name: code for code, name in enumerate(KINDS)}
MILDER = (0, 0, 0, 1)
"""By kind: what its author posts instead, who has been told to be milder."""
ADVICE = ("", "ignored", "edited", "accepted")
"""What an author did about advice on a draft, by code; "" where there was none."""
ADVISED = {name: code for code, name in enumerate(ADVICE)}
WAYS = ("on", "less", "milder", "disguise")
"""What an author can make of it that something was done about a post, by code: go on as before, post less from then on,
turn milder, disguise its words."""
WAY = {name: code for code, name in enumerate(WAYS)}
