"""A typed client of the REST API: what it sends and receives are the contract's own shapes. One mixin for each room of the API."""

from functions.client.archive import ArchiveCalls
from functions.client.artifacts import ArtifactCalls
from functions.client.backtests import BacktestCalls
from functions.client.errors import ClientError
from functions.client.frames import FrameCalls
from functions.client.health import HealthCalls
from functions.client.keys import KeyCalls
from functions.client.market import MarketCalls
from functions.client.message_clients import MessageClientCalls
from functions.client.people import PeopleCalls
from functions.client.shares import ShareCalls
from functions.client.signals import SignalCalls
from functions.client.strategies import StrategyCalls
from functions.client.waiting import ENDED, GRID_ENDED, Waiting

__all__ = ["ENDED", "GRID_ENDED", "Client", "ClientError"]


class Client(
    Waiting,
    FrameCalls,
    BacktestCalls,
    ArtifactCalls,
    ShareCalls,
    ArchiveCalls,
    StrategyCalls,
    SignalCalls,
    MarketCalls,
    PeopleCalls,
    KeyCalls,
    MessageClientCalls,
    HealthCalls,
):
    """Calls the API as one user."""
