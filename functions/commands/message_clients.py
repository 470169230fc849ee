"""`lianghu message-clients`: programs that call by messages, made, confirmed, given new keys and revoked."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.words import Words
from functions.api.message_client_shapes import MessageClientKeyed, MessageClientShown
from functions.commands.connection import client
from functions.commands.failures import OK
from functions.commands.keys import scopes_of
from functions.commands.screen import in_line, minute, notes, output, show_rows, write_json
from functions.settings import Settings

ONCE = Words("密钥只显示这一次，请保存。", "The key is shown this once: keep it.")
CODE = Words(
    "确认码已发到回复队列；用 confirm 告知之后才会应答。", "A code went to the reply queue: nothing is answered until confirm tells it."
)
COMMANDS = Words("命令队列：", "Commands go to")
NONE = Words("没有消息客户端。", "There are no message clients.")
NOT_YET = Words("尚未", "not yet")
HEADS = (
    Words("编号", "id"),
    Words("名称", "name"),
    Words("权限", "scopes"),
    Words("回复队列", "reply queue"),
    Words("已确认", "confirmed"),
    Words("最近使用", "last used"),
)


def create(settings: Settings, name: str, scopes: Sequence[str], reply_queue: str, window: int, as_json: bool) -> int:
    """The key alone goes to standard output, so that it can be kept by a pipe."""
    with client(settings) as api:
        made = api.create_message_client(name, scopes_of(scopes), reply_queue, window)
    _tell(made, as_json)
    if not as_json:
        notes.print(in_line(CODE), markup=False, soft_wrap=True)
    return OK


def show(settings: Settings, as_json: bool) -> int:
    """Newest first."""
    with client(settings) as api:
        rows = list(api.message_clients())
    show_rows(rows, as_json, _table, NONE)
    return OK


def confirm(settings: Settings, client_id: str, code: str, as_json: bool) -> int:
    """From now on its messages are answered."""
    with client(settings) as api:
        api.confirm_message_client(client_id, code)
    if as_json:
        write_json({"confirmed": client_id})
    else:
        output.print(f"messages of {client_id} are answered now", markup=False)
    return OK


def rotate(settings: Settings, client_id: str, overlap: int, as_json: bool) -> int:
    """The next key; the one before stays good for a while."""
    with client(settings) as api:
        _tell(api.rotate_message_client(client_id, overlap), as_json)
    return OK


def revoke(settings: Settings, client_id: str, as_json: bool) -> int:
    """Its next message is one of nobody."""
    with client(settings) as api:
        api.revoke_message_client(client_id)
    if as_json:
        write_json({"revoked": client_id})
    else:
        output.print(f"messages of {client_id} are answered no more", markup=False)
    return OK


def _tell(made: MessageClientKeyed, as_json: bool) -> None:
    if as_json:
        write_json(made.model_dump(mode="json"))
        return
    output.print(made.key, markup=False, soft_wrap=True)
    notes.print(f"{in_line(ONCE)} {made.client_id}", markup=False, soft_wrap=True)
    notes.print(f"{in_line(COMMANDS)} {made.command_queue}", markup=False, soft_wrap=True)


def _table(rows: Sequence[MessageClientShown]) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for head in HEADS:
        table.add_column(in_line(head), no_wrap=head is HEADS[0])
    for row in rows:
        times = [minute(time) if time else in_line(NOT_YET) for time in (row.confirmed_at, row.last_used_at)]
        name = "".join(letter for letter in row.name if letter.isprintable())  # a name may hold what a terminal would obey
        table.add_row(row.client_id, escape(name), ", ".join(row.scopes), row.reply_queue.rsplit(":", 1)[-1], *times)
    return table
