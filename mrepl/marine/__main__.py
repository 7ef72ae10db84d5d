"""`python -m mrepl.marine` is the same as `marine`."""

import sys

from mrepl.entry_points import marine

sys.exit(marine())
