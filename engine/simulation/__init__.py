"""The exact integer ledger: market rules, fills, the loop over bars.

Free of numba at import: rules, tape, outcome and events serve rooms that never compile; `run.simulate` is the door to the kernels.
"""

from engine.simulation.outcome import Interrupted, Outcome, Reject, Tallies

__all__ = ["Interrupted", "Outcome", "Reject", "Tallies"]
