"""Fixtures for every test; each group has its own file in tests/support. tests/README.md shows how to use them."""

# A file comes after the files that it imports, so that pytest can explain its assertions.
pytest_plugins = [
    "tests.support.sockets",
    "tests.support.services",
    "tests.support.database",
    "tests.support.application",
    "tests.support.laws",
    "tests.support.small_city",
    "tests.support.browser",
    "tests.support.processes",
    "tests.support.election",
]
