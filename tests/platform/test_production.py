"""Production asks for what it needs in a sentence, and serves only over HTTPS."""

import os
import subprocess
import sys

import pytest

from config.security import policy
from tests.workers import ROOT

PRODUCTION = {
    "LODESTONE_PRODUCTION": "1",
    "ALLOWED_HOSTS": "lodestone.example",
    "SECRET_KEY": "k7-made-for-this-test-only-Zq3_xW9vB2nM5pL8sD1fG4hJ6rT0yU",
    "DATABASE_URL": "postgres://lodestone:secret@127.0.0.1:1/lodestone",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def settings_under(tmp_path, show: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What one expression on the settings gives in a process with just this environment."""
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-c",
            f"from django.conf import settings; {show}",
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LODESTONE_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_cookies_redirects_and_hsts_need_https_in_production(tmp_path):
    show = (
        "print(settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,"
        "settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS)"
    )
    assert settings_under(tmp_path, show, **PRODUCTION).stdout.strip() == "False True True True 31536000"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
def test_what_production_lacks_is_one_sentence_that_names_it(tmp_path, missing):
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    run = settings_under(tmp_path, "settings.DEBUG", **environment)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert missing in run.stderr


def test_debug_is_refused_in_production(tmp_path):
    run = settings_under(tmp_path, "settings.DEBUG", **PRODUCTION, DEBUG="1")
    assert run.returncode == 1
    assert run.stderr.startswith("DEBUG=1 shows the program's inside to strangers")


def test_without_any_variable_debug_is_off_and_only_this_machine_is_answered(tmp_path):
    run = settings_under(tmp_path, "print(settings.DEBUG, settings.ALLOWED_HOSTS)")
    assert run.stdout.strip() == "False ['localhost', '127.0.0.1', '[::1]', 'testserver']"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "default-src 'none'" in policy()
    assert "unsafe" not in policy()
    assert "http" not in policy()


def test_a_named_tile_server_may_send_map_images_and_nothing_else():
    allowed = policy("https://tiles.example/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob: https://tiles.example;" in allowed
    assert allowed.count("tiles.example") == 1


@pytest.mark.django_db
def test_every_answer_carries_the_policy(client):
    for address in ("/sign-in/", "/no-such-page/"):
        assert client.get(address).headers["Content-Security-Policy"] == policy()
