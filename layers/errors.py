"""What goes wrong while packages are built."""


class BuildError(Exception):
    """Says where and what; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
