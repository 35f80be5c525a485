"""A wrong setting stops the program with one sentence that names it."""

import io
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from config import environment
from config.mail import LogBackend


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch):
    def write(value: str) -> str:
        monkeypatch.setenv("A_SETTING", value)
        return "A_SETTING"

    return write


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_a_flag_is_set_by_any_usual_yes(setting, word):
    assert environment.flag(setting(word)) is True


@pytest.mark.parametrize("word", ["0", "false", "No", "off"])
def test_a_flag_is_cleared_by_any_usual_no(setting, word):
    assert environment.flag(setting(word), default=True) is False


def test_an_empty_variable_means_the_same_as_none(setting):
    assert environment.flag(setting("  "), default=True) is True
    assert environment.whole_number(setting(""), 7) == 7
    assert environment.listing(setting(""), default=("a",)) == ["a"]


def test_a_flag_that_is_neither_is_refused_by_name(setting):
    with pytest.raises(ImproperlyConfigured, match=r"A_SETTING is “maybe”; write 1 for yes or 0 for no"):
        environment.flag(setting("maybe"))


@pytest.mark.parametrize("word", ["12a", "1.5", "-1", "70000"])
def test_a_number_out_of_form_or_range_is_refused_by_name(setting, word):
    with pytest.raises(ImproperlyConfigured, match=r"A_SETTING is .*; write a (whole )?number"):
        environment.whole_number(setting(word), 1, lowest=1, highest=65535)


def test_a_listing_ignores_spaces_and_stray_commas(setting):
    assert environment.listing(setting(" a.example, b.example ,,")) == ["a.example", "b.example"]


def test_a_postgresql_address_is_taken_apart_and_decoded(setting):
    url = "postgres://lode:p%40ss%2Fword@db.example:6543/register?sslmode=require"
    database = environment.database(setting(url), default_file=Path("unused"))
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("register", "lode", "p@ss/word")
    assert (database["HOST"], database["PORT"]) == ("db.example", "6543")
    assert {"connect_timeout": 3, "sslmode": "require"}.items() <= database["OPTIONS"].items()


@pytest.mark.parametrize("url", ["mysql://db/x", "postgres://db", "nonsense", "postgres://db:port/x"])
def test_an_address_of_no_known_database_is_refused_with_the_form_expected(setting, url):
    with pytest.raises(ImproperlyConfigured, match=r"A_SETTING .*postgres://user:password@host:5432/name"):
        environment.database(setting(url), default_file=Path("unused"))


def test_without_an_address_the_database_is_a_file_where_writers_queue(setting, tmp_path):
    database = environment.database(setting(""), default_file=tmp_path / "lodestone.sqlite3")
    assert database["NAME"] == tmp_path / "lodestone.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_a_redis_address_must_be_one(setting):
    assert environment.redis_address(setting("redis://cache:6379/1")) == "redis://cache:6379/1"
    with pytest.raises(ImproperlyConfigured, match=r"A_SETTING is not a Redis address"):
        environment.redis_address(setting("http://cache:6379"))


def test_the_generated_key_is_kept_private_and_is_the_same_next_time(setting, tmp_path):
    name, file = setting(""), tmp_path / "secret_key"
    first = environment.secret_key(name, kept_in=file, required=False)
    assert len(first) >= 50
    assert environment.secret_key(name, kept_in=file, required=False) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_production_makes_no_key_of_its_own(setting, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"A_SETTING is not set"):
        environment.secret_key(setting(""), kept_in=tmp_path / "secret_key", required=True)
    assert not (tmp_path / "secret_key").exists()


def test_a_folder_that_cannot_be_made_is_named_with_a_way_out(setting, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ImproperlyConfigured, match=r"Cannot make the folder .*Set A_SETTING to a folder"):
        environment.folder(setting(str(tmp_path / "file" / "data")), default=tmp_path)


def test_the_embedded_queue_is_readable_by_its_owner_only(tmp_path):
    options = environment.folder_broker(tmp_path / "queue")
    for kind in ("data_folder_in", "processed_folder", "control_folder"):
        assert stat.S_IMODE(Path(options[kind]).stat().st_mode) == 0o700


def test_without_a_mail_server_an_e_mail_is_a_few_lines_of_the_log() -> None:
    log = io.StringIO()
    message = EmailMessage("Pickup proposed", "Please accept.\n\nhttp://x/1/", to=["a@example.org"])

    assert LogBackend(stream=log).send_messages([message]) == 1

    assert log.getvalue() == (
        "E-mail to a@example.org: Pickup proposed\n    Please accept.\n    http://x/1/\n"
    )
