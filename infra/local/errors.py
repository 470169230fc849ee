"""Errors of the stack on one machine: what is wrong and what to do about it, for the command line to print."""


class StackError(Exception):
    """The stack cannot start or go on. `problem` says what happened, `hint` what the reader can do."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(f"{problem}; {hint}" if hint else problem)
        self.problem, self.hint = problem, hint
