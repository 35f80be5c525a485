"""``make run``: one command that starts every process, shows one log and stops them all.

Standard library only and run as a script, so the supervisor itself costs a few megabytes. It prepares the
data folder, starts web server, worker and beat, waits for ``/readyz``, says where to go, starts again
whatever dies, and on Ctrl-C or SIGTERM ends everything within three seconds.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
READY_WITHIN_SECONDS = 90
STOP_WITHIN_SECONDS = 2.5
QUICK_DEATH_SECONDS = 5
QUICK_DEATHS_ALLOWED = 5
PREFIX_WIDTH = 7
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


class CannotRun(Exception):
    """A sentence for the person at the keyboard."""


@dataclass
class Child:
    """One process we keep alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_again_at: float | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=BASE_DIR,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Its own session: a Ctrl-C reaches only the supervisor, which then stops the children in order.
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self.started_at = time.monotonic()
        self.start_again_at = None
        threading.Thread(target=relay, args=(self.name, self.process.stdout), daemon=True).start()

    def signal(self, number: signal.Signals) -> None:
        """Send to the whole process group: a killed web server's or worker's own children go too."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def look_after(self) -> None:
        """Start it again when it has died; give up, in a sentence, when it dies at once again and again."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
            return
        if self.process is None or self.process.poll() is None:
            return
        self.signal(signal.SIGKILL)
        self.quick_deaths = self.quick_deaths + 1 if now - self.started_at < QUICK_DEATH_SECONDS else 0
        if self.quick_deaths >= QUICK_DEATHS_ALLOWED:
            raise CannotRun(
                f"The {self.name} process stops as soon as it is started; the log above says why."
            )
        wait = min(2**self.quick_deaths - 1, 8) * 0.5
        say(f"{self.name} {how_it_ended(self.process.returncode)}; starting it again.")
        self.start_again_at = now + wait


def end_with_parent() -> None:
    """Linux: should the supervisor itself be killed, its children are told to stop."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def how_it_ended(code: int) -> str:
    return f"was killed ({signal.Signals(-code).name})" if code < 0 else f"stopped with code {code}"


def say(sentence: str) -> None:
    show("run", sentence)


def show(name: str, line: str) -> None:
    sys.stdout.write(f"{name:<{PREFIX_WIDTH}}| {line}\n")
    sys.stdout.flush()


def relay(name: str, stream: IO[bytes] | None) -> None:
    """Print a child's lines under its name until it closes its output."""
    for line in stream or ():
        show(name, line.decode("utf-8", "replace").rstrip())


def chosen_port() -> int:
    word = os.environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not word.isdecimal() or not 1 <= int(word) <= 65535:
        raise CannotRun(f"PORT is “{word}”; write a number from 1 to 65535, for example: make run PORT=8001")
    return int(word)


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotRun(
                f"Port {port} is kept for the system; choose one above 1023: make run PORT=8000"
            ) from None
        except OSError:
            return False
    return True


def require_free(host: str, port: int) -> None:
    if is_free(host, port):
        return
    spare = next((other for other in range(port + 1, min(port + 50, 65536)) if is_free(host, other)), None)
    way_out = f", or choose another: make run PORT={spare}" if spare else "."
    raise CannotRun(f"Port {port} is in use by another program. Stop that program{way_out}")


def data_folder() -> Path:
    folder = Path(os.environ.get("LODESTONE_DATA", "").strip() or BASE_DIR / "var").expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".may-write"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotRun(
            f"Cannot write to the folder {folder} ({error.strerror}). Choose one you may write to: "
            "make run LODESTONE_DATA=$HOME/lodestone"
        ) from None
    return folder


def lock(folder: Path) -> IO[str]:
    """One set of processes a data folder: two beats would send everything twice."""
    file = (folder / "run.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(
            f"Lodestone already runs from {folder}. Stop it first, or use another folder: "
            "make run LODESTONE_DATA=$HOME/lodestone-2"
        ) from None
    return file


def prepare(sign_ins: Path) -> None:
    sign_ins.unlink(missing_ok=True)
    command = [sys.executable, "-m", "config.prepare", "--demo", "--sign-ins", str(sign_ins)]
    with subprocess.Popen(
        command, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=end_with_parent
    ) as process:
        relay("set-up", process.stdout)
    if process.returncode:
        raise CannotRun("Lodestone was not started: the set-up above did not finish.")


def children(host: str, port: int) -> list[Child]:
    programs = Path(sys.executable).parent
    # Checks were made while setting up. Made again here they would load every page and the whole API.
    celery = [str(programs / "celery"), "--quiet", "--skip-checks", "-A", "config"]
    return [
        Child(
            "web",
            [
                *(str(programs / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port)),
                *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
                "config.wsgi:application",
            ],
        ),
        Child(
            "worker",
            [
                *celery,
                *("worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            # Celery warns at length about running as root, which is all some containers have.
            environment={"PYTHONWARNINGS": "ignore", "LODESTONE_BEAT_INSIDE": "1"},
        ),
    ]


def readiness(host: str, port: int) -> dict[str, object]:
    """The answer of ``/readyz``, or an empty one while the web server is not up.

    By hand, since an HTTP client would be half of what this process weighs.
    """
    try:
        with (
            socket.create_connection((host, port), timeout=5) as connection,
            connection.makefile("rb") as answer,
        ):
            connection.sendall(f"GET /readyz HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            _head, _, body = answer.read().partition(b"\r\n\r\n")
            found: dict[str, object] = json.loads(body)
            return found
    except (OSError, ValueError):
        return {}


def keep_running(everyone: list[Child], host: str, port: int, sign_ins: Path, folder: Path) -> None:
    """Until stopped: look after the children; once all answers are good, say where to go."""
    give_up_at = time.monotonic() + READY_WITHIN_SECONDS
    welcomed = False
    while True:
        for child in everyone:
            child.look_after()
        if not welcomed:
            answer = readiness(host, port)
            if answer.get("status") == "ready":
                welcome(address_of(host, port), sign_ins, folder)
                welcomed = True
            elif time.monotonic() > give_up_at:
                raise CannotRun(
                    f"Lodestone did not become ready in {READY_WITHIN_SECONDS} s: {json.dumps(answer)}"
                )
        time.sleep(0.3 if welcomed else 0.1)


def address_of(host: str, port: int) -> str:
    return f"http://{host}:{port}"


def welcome(address: str, sign_ins: Path, folder: Path) -> None:
    lines = ["", f"Lodestone is ready at {address}", ""]
    if sign_ins.exists():
        lines += [*sign_ins.read_text(encoding="utf-8").rstrip().splitlines(), ""]
    lines += [f"Data is kept in {folder}. Stop with Ctrl-C.", ""]
    for line in lines:
        say(line)


def stop(everyone: list[Child]) -> None:
    for child in everyone:
        child.signal(signal.SIGTERM)
    give_up_at = time.monotonic() + STOP_WITHIN_SECONDS
    while time.monotonic() < give_up_at:
        if all(child.process is None or child.process.poll() is not None for child in everyone):
            break
        time.sleep(0.05)
    # Whatever is still busy is cut off: its work is a row in the database and is taken up again.
    for child in everyone:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def ask_to_stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    # Both by name: a shell that starts us in the background has Ctrl-C ignored, and we would inherit that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    os.environ.setdefault("LODESTONE_HASHED_STATIC", "1")
    os.environ["PYTHONUNBUFFERED"] = "1"
    everyone: list[Child] = []
    try:
        host, port = os.environ.get("HOST", "127.0.0.1"), chosen_port()
        require_free(host, port)
        folder = data_folder()
        with lock(folder):
            sign_ins = folder / "demo-sign-ins.txt"
            prepare(sign_ins)
            os.environ.setdefault("SITE_ADDRESS", address_of(host, port))
            everyone = children(host, port)
            try:
                for child in everyone:
                    child.start()
                keep_running(everyone, host, port, sign_ins, folder)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                stop(everyone)
    except CannotRun as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        say("Stopped. Everything is kept.")


if __name__ == "__main__":
    main()
