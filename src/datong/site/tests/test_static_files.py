"""The folder of static files: whole for every server, gone with the last of its version, and never somebody else's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from datong.kernel.embedded import NotOursError
from datong.site import static_files
from datong.site.static_files import FOLDER, collected

CHILD = """
import sys
from pathlib import Path
import django
django.setup()
from datong.site.static_files import collected
print("ready", flush=True)
sys.stdin.readline()
with collected(Path(sys.argv[1])) as folder:
    print(len((folder / "datong/css/tokens.css").read_bytes()), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the apps bring, instead of the real files."""
    source = tmp_path / "apps"
    source.mkdir()
    (source / "a.css").write_text("first")

    def sources() -> dict[str, Path]:
        return {f"x/{path.name}": path for path in source.iterdir()}

    monkeypatch.setattr(static_files, "_sources", sources)
    return source


def folders(home: Path) -> list[str]:
    return sorted(path.name for path in (home / FOLDER).iterdir() if path.is_dir())


def test_servers_of_one_version_share_a_folder_and_another_version_gets_its_own(tmp_path: Path, apps: Path) -> None:
    with collected(tmp_path) as first, collected(tmp_path) as same:
        assert (first == same, (first / "x/a.css").read_text()) == (True, "first")
        (apps / "a.css").write_text("second")
        with collected(tmp_path) as second:
            assert ((first / "x/a.css").read_text(), (second / "x/a.css").read_text()) == ("first", "second")
    assert folders(tmp_path) == sorted([first.name, second.name])
    with collected(tmp_path):  # nobody sends the first any more
        assert folders(tmp_path) == [second.name]
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == [
        ".datong",
        *sorted([second.name, f"{second.name}.in-use"]),
    ]


def test_what_a_killed_command_left_half_made_is_made_anew(tmp_path: Path, apps: Path) -> None:
    with collected(tmp_path) as whole:
        name = whole.name
    whole.rename(whole.with_name(f"part-{name}"))
    (apps / "b.css").write_text("other")
    with collected(tmp_path) as folder:
        assert sorted(path.name for path in (folder / "x").iterdir()) == ["a.css", "b.css"]
        assert folders(tmp_path) == [folder.name]


@pytest.mark.parametrize("name", ["static", FOLDER])
def test_folders_of_somebody_else_are_left_as_they_are(tmp_path: Path, apps: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "precious.css").write_text("mine")
    with ExitStack() as stack:
        if name == FOLDER:
            with pytest.raises(NotOursError, match="static-files was not made by datong and is left alone"):
                stack.enter_context(collected(tmp_path))
        else:
            stack.enter_context(collected(tmp_path))
    assert [path.name for path in (tmp_path / name).iterdir()] == ["precious.css"]
    assert (tmp_path / name / "precious.css").read_text() == "mine"


@pytest.fixture
def children(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Four processes that are ready to collect the real files at the same moment."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    made = [subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], text=True, **pipes) for _ in range(4)]
    try:
        yield made
    finally:
        for child in made:
            child.kill()
            child.communicate()


def test_four_commands_at_once_each_have_every_file(children: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    for child in children:
        assert child.stdout and child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    said = {child.stdout.readline() for child in children if child.stdout}
    ended = [(child.communicate("end\n", timeout=60)[1], child.returncode) for child in children]
    assert ended == [("", 0)] * 4
    assert len(said) == 1
    assert int(said.pop()) > 100
    assert len(folders(tmp_path)) == 1
