"""`python -m mrepl` is the same as `mrepl`."""

import sys

from mrepl.entry_points import mrepl

sys.exit(mrepl())
