"""What is put into the stack: the functions' packages and the lab agent, as `make package` lays them out."""

import hashlib
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from .template import ROOT, Template

PACKAGES = ROOT / os.environ.get("BRIHASPATI_PACKAGES", "target/package")


class Missing(Exception):
    """Something has to be built first; the message says what and how."""


@dataclass(frozen=True)
class Package:
    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def next_version(self, folder: Path) -> "Package":
        """The same program in a package of other bytes, as a new release would be."""
        copy = folder / self.path.name
        shutil.copyfile(self.path, copy)
        with zipfile.ZipFile(copy, "a") as archive:
            archive.comment = b"the next version"
        return Package(copy)


def functions(template: Template, folder: Path = PACKAGES) -> dict[str, Package]:
    """The package of every function of the template, by logical id."""
    packages = {id: Package(folder / "functions" / f"{name}.zip") for id, name in template.functions().items()}
    missing = sorted(package.path.stem for package in packages.values() if not package.path.is_file())
    if missing:
        raise Missing(f"no package in {folder / 'functions'} for {', '.join(missing)}: run `make package`")
    return packages


def lab_agent(folder: Path = PACKAGES) -> Package:
    package = Package(folder / "lab-agent-x86_64")
    if not package.path.is_file():
        raise Missing(f"there is no {package.path}: run `make package`")
    return package


def parameters(folder: Path = PACKAGES) -> dict[str, str]:
    """What the deployment has to know of the packages."""
    file = folder / "parameters.yaml"
    if not file.is_file():
        raise Missing(f"there is no {file}: run `make package`")
    return yaml_parse(file.read_text())


def program(name: str) -> Path:
    """A program that the tests start, from cargo's target folder."""
    path = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / name
    if not path.is_file():
        raise Missing(f"there is no {path}: run `scripts/test programs`")
    return path
