"""Names that a test needs, whether or not they are entry points already."""

from townsquare.protocols import registry


def known(kind: str, name: str, cls: type) -> None:
    """Register a class unless its name is taken, as it is once its entry point is installed."""
    if name not in registry.known(kind):
        registry.register(kind, name)(cls)
