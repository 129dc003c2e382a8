"""Names on the wire, which are parts of topics, and what may stand in them."""

import re
from typing import Annotated

from pydantic import StringConstraints

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
ID = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"

Name = Annotated[str, StringConstraints(pattern=NAME)]
"""An agent, an owner, a host: 1 to 64 of A-Z a-z 0-9 . _ - and a letter or digit first; so no name can hold a topic's
``/``, ``+``, ``#`` or ``$``.
"""
Id = Annotated[str, StringConstraints(pattern=ID)]
"""A message, a group, a task, a trace: 1 to 128 characters, as names and ``:``."""

SERVER = "server"
"""The sender of what the server itself says; no agent and no owner may be called so."""


def is_name(text: str) -> bool:
    """Whether an agent, an owner or a host may be called ``text``."""
    return text != SERVER and re.fullmatch(NAME, text) is not None
