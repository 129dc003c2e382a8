"""``python -m townsquare``."""

import sys

from townsquare.cli import main

sys.exit(main())
