"""Objects in a local folder or an S3 bucket, behind one small face: open, get, list, and put once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from datalake.errors import MissingObjectError, Problem, StorageError

if TYPE_CHECKING:
    from obstore.store import RetryConfig

Store = ObjectStore

NO_OPTIONS: Mapping[str, str] = {}

_PATIENCE: "RetryConfig" = {
    "max_retries": 8,
    "retry_timeout": timedelta(seconds=12),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2},
}
"""With a bucket that fails now and then. Whoever waits longer is not served by waiting: requests end after 25 seconds, and work that gave
up is taken up again later."""

WISHES = "wishes"
"""The room of a lake in which it is noted why something that was asked for could not be made."""


def open_store(url: str, options: Mapping[str, str] = NO_OPTIONS) -> Store:
    """The store at file:///abs/path or s3://bucket/prefix.

    `options` are Delta's storage options (aws_access_key_id, aws_secret_access_key, aws_region, aws_endpoint_url, aws_allow_http,
    aws_virtual_hosted_style_request); a folder needs none and is made if it is missing.
    """
    parts = urlsplit(url)
    folder = local_folder(url)
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(Problem("lake", f"cannot make the folder {folder}: {error.strerror}")) from error
        return LocalStore(folder)
    if parts.scheme == "s3":
        settings = {key: value for key, value in options.items() if key != "aws_allow_http"}
        insecure = options.get("aws_allow_http", "false").lower() == "true"
        try:
            return S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                config=settings,  # type: ignore[arg-type]
                client_options={"allow_http": insecure},
                retry_config=_PATIENCE,
            )
        except BaseError as error:
            raise StorageError(Problem("lake", f"cannot open {url}: {_first_line(error)}")) from error
    raise StorageError(Problem("lake", f"{url!r} is no address of a lake", "write file:///folder or s3://bucket/prefix"))


def local_folder(url: str) -> Path | None:
    """The folder of a file:// address, which may be written as it is or percent-encoded; None for other addresses."""
    return Path(unquote(url.removeprefix("file://"))) if url.startswith("file:///") else None


def put_new(store: Store, key: str, data: bytes | memoryview, told: Mapping[str, str] = NO_OPTIONS) -> bool:
    """Put an object that must not exist yet; False, and nothing changed, when it does. Readers see all of it or nothing.

    `told`: headers that a bucket sends along with it (Content-Type, Content-Disposition); a folder sends nothing.
    """
    try:
        obstore.put(store, key, data, mode="create", attributes=dict(told) if told and isinstance(store, S3Store) else None)
    except AlreadyExistsError:
        return False
    except (BaseError, OSError) as error:
        raise failed("write", key, error) from error
    return True


def put_over(store: Store, key: str, data: bytes | memoryview) -> None:
    """Put an object in the place of whatever is there. Readers see all of the old one or all of the new one."""
    try:
        obstore.put(store, key, data)
    except (BaseError, OSError) as error:
        raise failed("write", key, error) from error


def get(store: Store, key: str) -> bytes:
    """The object's bytes."""
    try:
        return bytes(obstore.get(store, key).bytes())
    except (NotFoundError, FileNotFoundError) as error:
        raise MissingObjectError(Problem("store", f"there is no object {key}")) from error
    except (BaseError, OSError) as error:
        raise failed("read", key, error) from error


def get_range(store: Store, key: str, start: int, length: int) -> bytes:
    """Some of the object's bytes; fewer where it ends before."""
    try:
        return bytes(obstore.get_range(store, key, start=start, length=length))
    except (NotFoundError, FileNotFoundError) as error:
        raise MissingObjectError(Problem("store", f"there is no object {key}")) from error
    except (BaseError, OSError) as error:
        raise failed("read", key, error) from error


class Streamed(NamedTuple):
    """An object on its way."""

    size: int
    """Bytes of all of it, as the store says."""
    chunks: Iterator[bytes]
    """In order; they raise as `get` does."""


def get_stream(store: Store, key: str, at_once: int = 8 * 2**20) -> Streamed:
    """The object's bytes a few at a time, so that memory is flat however large it is."""
    try:
        found = obstore.get(store, key)
        return Streamed(found.meta["size"], _chunks(iter(found.stream(min_chunk_size=at_once)), key))
    except (NotFoundError, FileNotFoundError) as error:
        raise MissingObjectError(Problem("store", f"there is no object {key}")) from error
    except (BaseError, OSError) as error:
        raise failed("read", key, error) from error


def _chunks(stream: Iterator[bytes], key: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = next(stream, None)
        except (BaseError, OSError) as error:  # of the store alone: whoever takes the chunks may fail, too, and says so himself
            raise failed("read", key, error) from error
        if chunk is None:
            return
        yield chunk


def signed(store: Store, key: str, seconds: int) -> str | None:
    """An address at which anybody reads the object for so long; None where the store is no bucket."""
    if not isinstance(store, S3Store):
        return None
    try:
        return obstore.sign(store, "GET", key, timedelta(seconds=seconds))
    except (BaseError, OSError) as error:
        raise failed("sign", key, error) from error


def size_of(store: Store, key: str) -> int | None:
    """The object's bytes; None where there is none."""
    try:
        return obstore.head(store, key)["size"]
    except (NotFoundError, FileNotFoundError):
        return None
    except (BaseError, OSError) as error:
        raise failed("read", key, error) from error


def exists(store: Store, key: str) -> bool:
    return size_of(store, key) is not None


class Entry(NamedTuple):
    """What a listing says about an object."""

    bytes: int
    modified: datetime
    """When it was put, UTC."""
    tag: str = ""
    """The store's own name of the content; empty where it has none."""


def sizes(store: Store, prefix: str) -> dict[str, int]:
    """Bytes of every object under a prefix, by key, in the order of the keys."""
    return {key: entry.bytes for key, entry in entries(store, prefix).items()}


def entries(store: Store, prefix: str) -> dict[str, Entry]:
    """Every object under a prefix, by key, in the order of the keys."""
    try:
        found = {
            row["path"]: Entry(row["size"], row["last_modified"], row.get("e_tag") or "")
            for chunk in obstore.list(store, prefix)
            for row in chunk
        }
    except (NotFoundError, FileNotFoundError):
        return {}
    except (BaseError, OSError) as error:
        raise failed("list", prefix, error) from error
    return dict(sorted(found.items()))


def folders(store: Store, prefix: str = "") -> list[str]:
    """The names of the folders right under a prefix."""
    try:
        found = obstore.list_with_delimiter(store, prefix or None)["common_prefixes"]
    except (NotFoundError, FileNotFoundError):
        return []
    except (BaseError, OSError) as error:
        raise failed("list", prefix, error) from error
    return sorted(folder.rstrip("/").rpartition("/")[2] for folder in found)


def delete(store: Store, keys: Iterable[str]) -> None:
    """Take objects away; one that is gone already is fine."""
    for key in keys:
        try:
            obstore.delete(store, key)
        except (NotFoundError, FileNotFoundError):
            continue
        except (BaseError, OSError) as error:
            raise failed("delete", key, error) from error


def failed(verb: str, key: str, error: BaseException) -> StorageError:
    """A store's error in our words: what was to be done with which object."""
    return StorageError(Problem("store", f"cannot {verb} {key}: {_first_line(error)}", _advice(error)))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def _advice(error: BaseException) -> str | None:
    text = str(error)
    if "No space left" in text or "os error 28" in text:
        return "the disk is full: free some space and try again"
    if "NoSuchBucket" in text:
        return "make the bucket first"
    return None
