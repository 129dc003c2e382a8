"""What a person is interested in, as tags."""

from collections.abc import Mapping

from townsquare.agents.choosers.prompts.fuse import by_domain
from townsquare.agents.prompts.quoting import turns
from townsquare.protocols.chat import Message

_ROLE = "You read what one person says of their taste: per block the name of a domain, then the text about it."
_TASK = (
    "List the person's interests as tags of one to three words in lower case, such as other people may share: "
    "subjects, kinds, moods. At most {most} tags, the strongest first.\nAnswer with JSON: interest_tags."
)


def tags(separated: Mapping[str, str], *, most: int) -> tuple[Message, Message]:
    """``separated`` has one text per domain."""
    return turns(_ROLE, by_domain(separated), _TASK.format(most=most))
