"""`python -m infra.local`: the stack on this machine until Ctrl-C, without the rest of the command line."""

import sys

from functions.settings import SettingsError, settings
from infra.local.stack import StackError, run_stack


def main() -> int:
    try:
        with run_stack(settings()) as stack:
            sys.stdout.write(f"{stack.url}\n{stack.email} {stack.password}\n")
            sys.stdout.flush()
            stack.wait()
    except SettingsError as error:
        sys.stderr.write(f"{error}\nsettings come from the environment; docs/settings.md describes them\n")
        return 1
    except StackError as error:
        sys.stderr.write(f"{error.problem}\n{error.hint}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
