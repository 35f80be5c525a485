"""`make run`, end to end: real processes in a copy of the project, killed, stopped and started again."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workers import ROOT

pytestmark = pytest.mark.processes
NOT_COPIED = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache", ".hypothesis", "bench")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bare_environment(**more: str) -> dict[str, str]:
    """What a person's shell has; nothing of this test run."""
    ours = ("LODESTONE", "DJANGO", "DATABASE_URL", "REDIS", "PORT", "HOST", "MAKE", "MFLAGS", "PYTEST")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(ours)}, **more}


def process_table() -> list[tuple[int, int, str]]:
    """Process id, its parent's id and command line of everything that runs; zombies left out."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    rows = [row.split(None, 3) for row in listed]
    return [(int(row[0]), int(row[1]), row[-1]) for row in rows if not row[2].startswith("Z")]


def still_running(family: dict[int, str]) -> list[int]:
    return [pid for pid, _, command in process_table() if family.get(pid) == command]


class Running:
    """A supervisor under test and what it printed."""

    def __init__(self, folder: Path, data: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = data.parent / f"{port}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "config/supervisor.py"],
                cwd=folder,
                env=bare_environment(LODESTONE_DATA=str(data), PORT=str(port)),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until(self, holds: Callable[[], bool], within_seconds: float = 90) -> None:
        give_up_at = time.monotonic() + within_seconds
        while not holds():
            if time.monotonic() > give_up_at or self.process.poll() is not None:
                pytest.fail(f"It did not come to that. It said:\n{self.said()}")
            time.sleep(0.1)

    def wait_until_ready(self) -> None:
        self.wait_until(lambda: "Lodestone is ready at" in self.said())

    def readiness(self) -> dict:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def children(self) -> dict[int, str]:
        """The whole family below the supervisor: process id → command line."""
        table, family = process_table(), {self.process.pid: ""}
        for _generation in range(4):
            family |= {pid: command for pid, parent, command in table if parent in family}
        del family[self.process.pid]
        return family

    def child(self, word: str) -> int:
        family = self.children()
        named = [pid for pid, command in family.items() if word in command]
        if not named:
            pytest.fail(f"No {word} among {family}. It said:\n{self.said()}")
        return min(named)

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Ask it to stop; how many seconds it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        return time.monotonic() - started


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "lodestone"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    return folder


@pytest.fixture(scope="module")
def data(project: Path) -> Path:
    """One data folder for the module, set up as by `make setup`: no demonstration register to wait for."""
    folder = project.parent / "data"
    subprocess.run(
        [sys.executable, "-m", "config.prepare"],
        cwd=project,
        env=bare_environment(LODESTONE_DATA=str(folder)),
        check=True,
        capture_output=True,
    )
    first_person = ["createsuperuser", "--noinput", "--email", "first@example.org", "--name", "The First"]
    subprocess.run(
        [sys.executable, "manage.py", *first_person],
        cwd=project,
        env=bare_environment(LODESTONE_DATA=str(folder), DJANGO_SUPERUSER_PASSWORD="correct horse battery"),
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def running(project: Path, data: Path) -> Iterator[Running]:
    supervisor = Running(project, data, free_port())
    try:
        supervisor.wait_until_ready()
        yield supervisor
    finally:
        if supervisor.process.poll() is None:
            supervisor.stop()


def test_it_starts_everything_says_where_and_stops_on_ctrl_c_leaving_nothing_behind(running):
    assert running.readiness()["status"] == "ready"
    assert f"Lodestone is ready at {running.address}" in running.said()
    family = running.children()
    assert len(family) <= 4, family
    assert running.stop(signal.SIGINT) < 6
    assert running.process.returncode == 0
    assert "Stopped. Everything is kept." in running.said()
    assert still_running(family) == []


def test_a_killed_web_server_and_a_killed_worker_are_started_again(running):
    for name, word in (("web", "granian"), ("worker", "celery")):
        killed = running.child(word)
        os.kill(killed, signal.SIGKILL)
        running.wait_until(
            lambda name=name: f"{name} was killed (SIGKILL); starting it again." in running.said()
        )
    running.wait_until(lambda: running.readiness().get("status") == "ready")
    assert killed not in running.children()


def test_a_killed_supervisor_takes_its_processes_along(running):
    family = running.children()
    running.process.kill()
    running.process.wait()
    give_up_at = time.monotonic() + 15
    while still_running(family):
        assert time.monotonic() < give_up_at, family
        time.sleep(0.1)


def test_what_was_there_is_there_at_the_next_start(project, data):
    count = "from django.contrib.auth import get_user_model as u; print('people', u()._base_manager.count())"
    shown = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", count],
        cwd=project,
        env=bare_environment(LODESTONE_DATA=str(data)),
        check=True,
        capture_output=True,
        text=True,
    )
    assert "people 1" in shown.stdout


def test_a_second_supervisor_on_the_same_folder_is_refused_in_a_sentence(running, project, data):
    refused = start_and_fail(project, LODESTONE_DATA=str(data), PORT=str(free_port()))
    assert f"Lodestone already runs from {data}." in refused


def test_a_busy_port_is_named_with_a_free_one(project, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = start_and_fail(project, LODESTONE_DATA=str(tmp_path), PORT=str(port))
    assert sentence.startswith(
        f"Port {port} is in use by another program. Stop that program, or choose another:"
    )


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_named_with_an_example(project, tmp_path, port):
    sentence = start_and_fail(project, LODESTONE_DATA=str(tmp_path), PORT=port)
    assert sentence == f"PORT is “{port}”; write a number from 1 to 65535, for example: make run PORT=8001"


def test_a_data_folder_that_cannot_be_written_is_named_with_a_way_out(project, tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "data"
    sentence = start_and_fail(project, LODESTONE_DATA=str(folder), PORT=str(free_port()))
    assert sentence.startswith(f"Cannot write to the folder {folder}")
    assert "make run LODESTONE_DATA=" in sentence


def start_and_fail(project: Path, **environment: str) -> str:
    """The one line a start that cannot be prints."""
    run = subprocess.run(
        [sys.executable, "-P", "config/supervisor.py"],
        cwd=project,
        env=bare_environment(**environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1, run.stderr
    return run.stderr.strip()


def make_setup(project: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """`make setup` on a machine whose only programs are those in one folder."""
    make = shutil.which("make")
    assert make, "make is needed for these tests"
    return subprocess.run(
        [make, "setup"],
        cwd=project,
        env={"PATH": str(path), "HOME": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def few_programs(tmp_path: Path) -> Path:
    """A folder with the handful of programs every Debian has, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "cksum", "tr", "rm", "touch", "echo"):
        (folder / name).symlink_to(shutil.which(name) or "")
    return folder


def test_a_missing_python_is_one_sentence_and_the_way_out(project, few_programs):
    run = make_setup(project, few_programs)
    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        "Lodestone needs Python 3.11 or newer. On Debian: sudo apt-get install python3.11 python3.11-venv"
    )


def test_a_python_without_venv_is_one_sentence_and_the_way_out(project, few_programs):
    python = few_programs / "python3.11"
    python.write_text('#!/bin/sh\ncase "$2" in *venv*) exit 1;; esac\nexit 0\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    run = make_setup(project, few_programs)
    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        "Python's venv module is missing. On Debian: sudo apt-get install python3-venv"
    )
