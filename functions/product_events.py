"""What the product counts of its use: counts a day, of nobody."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, get_args

Plan = Literal["free", "pro"]
PLANS: tuple[Plan, ...] = get_args(Plan)


class PageEvent(StrEnum):
    """What a page reports; anybody may send these, so they are signals and no accounts."""

    PRICING_VIEWED = "pricing_viewed"
    PRICING_CLICKED = "pricing_clicked"
    INTENT = "intent"
    SIGN_UP_OPENED = "sign_up_opened"
    DEMO_OPENED = "demo_opened"
    TUTORIAL_OPENED = "tutorial_opened"
    FAQ_OPENED = "faq_opened"


class PlatformEvent(StrEnum):
    """What the platform counts itself; no page can send these."""

    TEMPLATE_USED = "template_used"
    """A backtest of a template; the subject is the template."""
    SHARE_VIEWED = "share_viewed"


SUBJECTS: Mapping[PageEvent, tuple[str, ...]] = {PageEvent.PRICING_CLICKED: PLANS, PageEvent.INTENT: PLANS}
"""What an event is about, where it is about something: one of these, so that nothing else about anybody can be sent."""
