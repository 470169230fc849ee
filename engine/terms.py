"""Terms: the numbers that one combination trades by, resolved from the strategy, its parameters and the backtest's context."""

from dataclasses import dataclass
from typing import Literal, get_args

ONE = 10_000_000
"""Rates are integers in units of 1 / ONE: a commission of 0.025% is 2,500."""

SLIPPAGE_MODELS = ("bps", "ticks", "range", "impact")
SIZINGS = ("equal", "amount", "shares", "percent")
Fill = Literal["next_open", "vwap", "close"]
FILLS: tuple[Fill, ...] = get_args(Fill)
ActionMode = Literal["reinvest", "cash"]
ACTION_MODES: tuple[ActionMode, ...] = get_args(ActionMode)


@dataclass(frozen=True)
class Conditions:
    """How a market is played; a tape is prepared for it, and every combination of a grid shares it. Rates in 1 / ONE."""

    fill: Fill = "next_open"
    """What market orders meet: the next bar's open or its average price, or the very close that they were decided at."""
    actions: ActionMode = "reinvest"
    """Ex-dates by the adjustment factor, everything reinvested; or by dividend records, cash paid as cash."""
    dividend_tax: bool = True
    """Whether tax on cash dividends is withheld at the sale."""
    price_limits: bool = True
    t_plus_one: bool = True
    lots: bool = True
    """False: purchases take any number of shares. These three are switched off only to replay what ignored a rule."""
    stamp_duty: int | None = None
    """None: by the rules of the day, on the sides that they name; a rate: on every sale."""
    transfer_fee: int | None = None
    """None: by the rules of the day; a rate: on both sides."""


@dataclass(frozen=True)
class Terms:
    """Money in li, rates in 1 / ONE, time in sessions. 0 switches a rule of risk off."""

    initial_cash: int
    max_positions: int
    sizing: Literal["equal", "amount", "shares", "percent"] = "equal"
    """What a purchase may cost, fees included: equity / max_positions, `size` li, or the share `size` of equity; or it is `size` shares."""
    size: int = 0
    cash_reserve: int = 0
    """Share of equity that purchases leave untouched."""
    commission: int = 2_500
    commission_minimum: int = 5_000
    """Per order, li."""
    commission_cap: int = 30_000
    conditions: Conditions = Conditions()
    slippage: int = 0
    """How much of the model: always against the trader, and rounded against the trader to the tick."""
    slippage_model: Literal["bps", "ticks", "range", "impact"] = "bps"
    """A share of the price; ticks; a share of the bar's high - low; or of the price, that share x sqrt(shares / the bar's volume)."""
    volume_cap: int | None = None
    """Share of the bar's volume that all orders together may take; None: no cap."""
    keep_rest: bool = False
    """The unfilled rest of a purchase stays for the next bar instead of being cancelled."""
    stop_loss: int = 0
    take_profit: int = 0
    trailing_stop: int = 0
    max_holding: int = 0
    max_drawdown: int = 0
    daily_loss: int = 0
    max_weight: int = 0
    """Share of equity that a stock may be worth after a purchase, its fees included."""
    max_entries: int = 1
    """Purchases of a stock while it is held, one for each signal; an equal slot is divided among them."""
    cool_down: int = 0
    """Sessions after an exit in which the stock is not bought."""
    max_industry_weight: int = 0
    """Share of equity that the holdings of one industry may be worth at a purchase."""
    buy_until_cancelled: bool = False
    """Purchases at a price rest until they fill or are cancelled; False: until the session's end."""
    sell_until_cancelled: bool = False
