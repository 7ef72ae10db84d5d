"""`python -m mrepl.marine` is the same as `marine`."""

import sys

from mrepl.marine.cli import main

sys.exit(main())
