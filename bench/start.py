"""How long a command takes to start, beside the bare import of Django."""

import subprocess
import sys

from bench.rows import Row, seconds


def run() -> list[Row]:
    ours = [sys.executable, "-c", "import django; django.setup(); import config.urls"]
    bare = [sys.executable, "-c", "import django; django.setup()"]
    return [
        Row(
            name="start with every address and engine loaded",
            ours_seconds=seconds(lambda: subprocess.run(ours, check=True), times=3),
            limit="bare import of the application",
            limit_seconds=seconds(lambda: subprocess.run(bare, check=True), times=3),
            reach_limit=3,
        )
    ]
