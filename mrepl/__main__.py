"""`python -m mrepl` is the same as `mrepl`."""

import sys

from mrepl.cli import main

sys.exit(main())
