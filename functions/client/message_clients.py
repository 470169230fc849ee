"""Message clients of the person who signed in."""

from collections.abc import Iterator, Sequence

from functions.api.message_client_shapes import MessageClientKeyed, MessageClientList, MessageClientShown
from functions.client.calls import Calls, new_key


class MessageClientCalls(Calls):
    def create_message_client(
        self, name: str, scopes: Sequence[str], reply_queue: str, window_seconds: int = 900, requests: int | None = None
    ) -> MessageClientKeyed:
        """`key` is shown this once. `reply_queue` is the ARN of a queue whose name begins with lianghu-replies-; a code is sent there, and
        nothing is answered until `confirm_message_client` tells it."""
        body = {"name": name, "scopes": list(scopes), "reply_queue": reply_queue, "window_seconds": window_seconds, "requests": requests}
        return self._write(MessageClientKeyed, "/api/message-clients", body)

    def command_queue(self) -> str:
        """The address (URL) of the queue that commands go to."""
        return self._read(MessageClientList, "/api/message-clients", {"limit": 1}).command_queue

    def message_clients(self) -> Iterator[MessageClientShown]:
        """Newest first; without their keys, which are shown once."""
        for page in self._pages(MessageClientList, "/api/message-clients"):
            yield from page.items

    def confirm_message_client(self, client_id: str, code: str) -> None:
        """From now on its messages are answered."""
        self._call("POST", f"/api/message-clients/{client_id}:confirm", json={"code": code}, headers=new_key())

    def rotate_message_client(self, client_id: str, overlap_seconds: int = 86_400) -> MessageClientKeyed:
        """The next key, shown this once; the one before stays good for so long."""
        return self._write(MessageClientKeyed, f"/api/message-clients/{client_id}:rotate", {"overlap_seconds": overlap_seconds})

    def revoke_message_client(self, client_id: str) -> None:
        """At once. NOT_FOUND: there is no such client any more."""
        self._delete(f"/api/message-clients/{client_id}")
