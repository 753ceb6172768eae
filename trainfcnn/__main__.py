"""Run ``python -m trainfcnn``."""

import sys

from trainfcnn.cli import main

sys.exit(main())
