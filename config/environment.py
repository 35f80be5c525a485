"""Typed readers of environment variables: a wrong value stops the program with one sentence.

Every reader takes the variable's name and returns a checked value, or raises
:class:`~django.core.exceptions.ImproperlyConfigured` with a sentence that names the variable, what it holds
and what it should hold. An unset and an empty variable mean the same.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off."""
    word = text(name).lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is “{word}”; write 1 for yes or 0 for no.")


def whole_number(name: str, default: int, lowest: int = 0, highest: int = 2**31) -> int:
    word = text(name)
    if not word:
        return default
    try:
        number = int(word)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is “{word}”; write a whole number.") from None
    if not lowest <= number <= highest:
        raise ImproperlyConfigured(f"{name} is {number}; write a number from {lowest} to {highest}.")
    return number


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """One of the words `allowed`; the first where nothing is said."""
    value = text(name, allowed[0]).lower()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not '{value}'.")
    return value


def listing(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """The comma-separated words of a variable."""
    words = [word.strip() for word in text(name).split(",") if word.strip()]
    return words or list(default)


def folder(name: str, default: Path) -> Path:
    """A folder this process may write to, made if it is not there yet."""
    path = Path(text(name, str(default))).expanduser().resolve()
    way_out = f"Set {name} to a folder you may write to, for example {name}=$HOME/lodestone."
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"Cannot make the folder {path}: {error.strerror}. {way_out}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"Cannot write to the folder {path}. {way_out}")
    return path


def database(name: str, default_file: Path) -> dict[str, object]:
    """Django's database settings from a URL; the embedded SQLite file when there is none.

    PostgreSQL URLs read ``postgres://user:password@host:5432/name?sslmode=require``; parts that need it are
    percent-encoded, and everything after ``?`` is handed to libpq.
    """
    url = text(name)
    if not url:
        return sqlite(default_file)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address; {DATABASE_FORMS}") from None
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} names no database Lodestone knows; {DATABASE_FORMS}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "options": SESSION, **dict(parse_qsl(parts.query))},
    }


# Sums of a report are grouped in memory instead of sorted on disk (4 MB is the server's own default), and no
# query of ours runs long enough to be worth compiling first.
SESSION = "-c work_mem=32MB -c jit=off"


DATABASE_FORMS = "write postgres://user:password@host:5432/name, or leave it unset for the embedded database."


def sqlite(file: Path) -> dict[str, object]:
    """SQLite for several processes: readers beside one writer, writers that queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-4000;"
            ),
        },
    }


def redis_address(name: str) -> str:
    """A Redis URL, or nothing: the embedded broker."""
    url = text(name)
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(
            f"{name} is not a Redis address; write redis://host:6379/0 or leave it unset."
        )
    return url


def redis_broker(*, prefix: str, longest_task_seconds: int) -> dict[str, object]:
    """Celery's transport options for Redis: a killed worker's tasks come back, a dead one shows at once."""
    return {
        # A killed worker's tasks come back after this, so it must exceed the longest task; the job rows'
        # leases bring the work back sooner.
        "visibility_timeout": longest_task_seconds + 60,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        # Opening a connection: two tries, no pause between them.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "global_keyprefix": f"{prefix}:",
    }


def folder_broker(path: Path) -> dict[str, object]:
    """Celery's transport options for the embedded broker: a folder only its owner may read or write."""
    messages, taken, control = (path / kind for kind in ("messages", "taken", "control"))
    for part in (messages, taken, control):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "processed_folder": str(taken),
        "control_folder": str(control),
        "store_processed": True,
        "polling_interval": 0.02,
    }


def secret_key(name: str, kept_in: Path, required: bool) -> str:
    """The signing key: from the environment, else made once and kept in a file only its owner can read."""
    key = text(name)
    if key:
        return key
    if required:
        raise ImproperlyConfigured(
            f"{name} is not set; production needs 50 or more random characters, kept secret."
        )
    try:
        descriptor = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept_in.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    return kept_in.read_text(encoding="ascii").strip()
