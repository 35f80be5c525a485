"""What every test gets. People to sign in with are in ``tests/cast.py``."""

pytest_plugins = ["tests.browser", "tests.cast"]
