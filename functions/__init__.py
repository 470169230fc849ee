"""The doors: API, workers, command line. A handler reads like the story of what it does."""

import gc
import sys

if "awslambdaric" in sys.modules:
    # A function that starts reads a thousand modules and throws none of them away: looking for garbage there takes a sixth of its start.
    gc.disable()  # until it serves (functions.invocations)
