"""Text for people, in both languages of the product."""

from typing import NamedTuple


class Words(NamedTuple):
    zh: str
    en: str

    def filled(self, **figures: object) -> "Words":
        """With figures in the places that are named in braces; str.format's rules."""
        return Words(self.zh.format(**figures), self.en.format(**figures))
