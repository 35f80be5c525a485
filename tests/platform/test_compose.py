"""The container set-up says what the Compose specification allows, and what production needs."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.workers import ROOT

OURS = ("prepare", "web", "worker", "beat")
LONG_LIVED = ("web", "worker", "beat", "database", "broker")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "compose_schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_file_keeps_to_the_compose_schema(compose, validator):
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)] == []


@pytest.mark.parametrize(
    ("service", "key", "value"),
    [
        ("web", "helthcheck", {"test": ["CMD", "true"]}),
        ("web", "restart", "sometimes"),
        ("worker", "depends_on", {"broker": {"condition": "service_awake"}}),
        ("beat", "stop_grace_period", "soon"),
        ("database", "healthcheck", {"interval": "5s"}),
    ],
)
def test_the_schema_refuses_what_compose_refuses(compose, validator, service, key, value):
    wrong = json.loads(json.dumps(compose))
    wrong["services"][service][key] = value
    assert list(validator.iter_errors(wrong))


def test_every_service_waits_only_for_services_that_exist_and_can_be_waited_for(compose):
    services = compose["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_every_lasting_service_has_a_health_check_and_starts_again(compose):
    assert set(compose["services"]) == {"prepare", *LONG_LIVED}
    for name in LONG_LIVED:
        assert compose["services"][name]["healthcheck"]["test"]
        assert compose["services"][name]["restart"] == "unless-stopped"


def test_nothing_runs_as_root(compose):
    for name, service in compose["services"].items():
        user, group = map(int, service["user"].split(":"))
        assert user > 0, name
        assert group > 0, name


def test_our_services_may_write_only_to_their_data(compose):
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["volumes"] == ["data:/data"]
        assert service["cap_drop"] == ["ALL"]


def test_every_named_volume_is_declared_and_used(compose):
    used = {volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert used == set(compose["volumes"])


def test_no_secret_is_in_the_file(compose):
    secret = re.compile(r"SECRET|PASSWORD|TOKEN")
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert re.fullmatch(r"\$\{[A-Z_]+(:\?[^}]+|:-)\}", value), name
    assert compose["services"]["web"]["environment"]["DATABASE_URL"].count("${POSTGRES_PASSWORD:?") == 1


def test_production_is_asked_for_and_nothing_listens_beyond_the_machine(compose):
    web = compose["services"]["web"]
    assert web["environment"]["LODESTONE_PRODUCTION"] == "1"
    assert all(port.startswith("127.0.0.1:") for port in web["ports"])
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["web"]


def test_there_is_exactly_one_beat(compose):
    beats = [
        name
        for name, service in compose["services"].items()
        if "beat" in service.get("command", []) or "--beat" in service.get("command", [])
    ]
    assert beats == ["beat"]


def test_the_image_runs_as_the_user_the_services_name(compose):
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    uid = compose["services"]["web"]["user"].split(":")[0]
    assert f"--uid {uid}" in dockerfile
    assert re.search(r"^USER lodestone$", dockerfile, re.MULTILINE)
