"""A zip follows from what is in it, and from nothing else."""

import os
import subprocess
from zipfile import ZipFile

from template import ROOT


def packed(out, source):
    subprocess.run([ROOT / "scripts" / "package-zip", out, source], check=True)
    return out.read_bytes()


def folder(path, names):
    for name in names:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this is {name}")
    return path


def test_the_same_files_made_at_another_time_in_another_order_and_place_are_the_same_bytes(tmp_path):
    names = ["b", "a/z", "a-b", "a/b/c"]
    first, second = folder(tmp_path / "first", names), folder(tmp_path / "second" / "place", reversed(names))
    os.utime(second / "b", (1_700_000_000, 1_700_000_000))
    (second / "a-b").chmod(0o600)
    assert packed(tmp_path / "first.zip", first) == packed(tmp_path / "second.zip", second)


def test_another_content_is_another_zip(tmp_path):
    source = folder(tmp_path / "source", ["bootstrap"])
    first = packed(tmp_path / "first.zip", source)
    (source / "bootstrap").write_text("something else")
    assert packed(tmp_path / "second.zip", source) != first


def test_a_program_stands_at_the_top_and_may_be_run(tmp_path):
    program = folder(tmp_path / "source", ["bootstrap"]) / "bootstrap"
    program.chmod(0o755)
    packed(tmp_path / "out" / "function.zip", program)
    with ZipFile(tmp_path / "out" / "function.zip") as archive:
        assert [(entry.filename, oct(entry.external_attr >> 16)) for entry in archive.infolist()] == [
            ("bootstrap", "0o100755")
        ]
