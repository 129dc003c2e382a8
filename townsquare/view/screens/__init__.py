"""One page per file. A page draws; what it shows comes from ``view.queries`` and the pure charts of ``dashboard``."""
