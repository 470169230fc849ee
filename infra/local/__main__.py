"""`python -m infra.local`: the stack on this machine until Ctrl-C, without the rest of the command line."""

import sys

from functions.settings import Settings
from infra.local.stack import StackError, run_stack


def main() -> int:
    try:
        with run_stack(Settings()) as stack:
            sys.stdout.write(f"{stack.url}\n{stack.email} {stack.password}\n")
            sys.stdout.flush()
            stack.wait()
    except StackError as error:
        sys.stderr.write(f"{error.problem}\n{error.hint}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
