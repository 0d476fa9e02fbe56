"""Where the tests' own server keeps its data: beside the checkout's other caches, never the user's."""

from pathlib import Path

TEST_HOME = Path(__file__).parents[4] / ".cache" / "test-home"
