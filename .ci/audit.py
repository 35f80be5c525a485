"""Runs pip-audit over the pinned packages and tells “nothing found” from “nothing could be looked up”.

pip-audit ends well when every package was skipped because the advisory service did not know or did not
answer. Here a known weakness always fails. A package nobody could look up is counted and said, on the
screen and in the file named as argument, and fails as well when AUDIT_REQUIRED=1 is set, as it should be
wherever the advisory services are in reach.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

SERVICES = ("pypi", "osv")
FILES = ("requirements.txt", "requirements-dev.txt")


def main() -> None:
    report = next((found for found in map(audit, SERVICES) if looked_up(found)), None)
    entries = report or []
    unknown = [entry["name"] for entry in entries if "skip_reason" in entry]
    weak = [(entry["name"], entry["version"], entry["vulns"]) for entry in entries if entry.get("vulns")]
    for name, version, weaknesses in weak:
        for weakness in weaknesses:
            mended = ", ".join(weakness["fix_versions"]) or "no version yet"
            print(f"{name} {version}: {weakness['id']}, mended in {mended}")
    if weak:
        sys.exit(f"{len(weak)} pinned packages have known weaknesses: raise their versions.")
    if report is None or unknown:
        sentence = "pip-audit: no advisory service could be reached, so no pinned package was looked up."
        if report is not None:
            sentence = f"pip-audit: {len(unknown)} packages could not be looked up: {', '.join(unknown)}."
        print(sentence)
        Path(sys.argv[1]).write_text(sentence, encoding="utf-8")
        if os.environ.get("AUDIT_REQUIRED") == "1":
            sys.exit("AUDIT_REQUIRED=1: a package that was not looked up is not accepted.")
    else:
        print(f"{len(entries)} pinned packages looked up, no known weakness.")


def audit(service: str) -> list[dict]:
    """What one advisory service says of every pinned package; empty when it cannot be asked."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--vulnerability-service",
        service,
        "--no-deps",
        "--disable-pip",
    ]
    for file in FILES:
        command += ["--requirement", file]
    run = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
    try:
        return json.loads(run.stdout)["dependencies"]
    except ValueError:
        return []


def looked_up(report: list[dict]) -> bool:
    return any("skip_reason" not in entry for entry in report)


if __name__ == "__main__":
    main()
