"""Whether the platform is well."""

from functions.api.answers import Health
from functions.client.calls import Calls


class HealthCalls(Calls):
    def health(self) -> Health:
        return self._read(Health, "/api/health")
