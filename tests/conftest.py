"""No test finds what another run has kept."""

import os

os.environ["SYMGRAD_NO_CACHE"] = "1"
