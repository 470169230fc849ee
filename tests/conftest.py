"""Before anything imports the compiler: the same target as everywhere, and kernels kept from one test run to the next."""

import os
from pathlib import Path

from functions.compiler import compiler_environment

os.environ.update(compiler_environment(Path(__file__).parent.parent / ".lianghu"))
