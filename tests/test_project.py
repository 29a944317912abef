"""Claims about the project as a whole: what its files promise to whoever clones it."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import edge
from edge.cli.place import Remote
from edge.settings import Settings

ROOT = Path(__file__).parent.parent
CONSTRAINTS = sorted((ROOT / "constraints").glob("*.txt"))
LONGEST_FILE = 250


def tracked(*patterns: str) -> list[Path]:
    """The files that git keeps and that match one of the pathspecs."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def texts(paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Name and text of each file; what is not UTF-8 (pictures) has none."""
    for path in paths:
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def pins(constraints: Path) -> dict[str, tuple[Requirement, str]]:
    """Each requirement of a constraint file by its canonical name, with its hash options."""
    logical_lines = constraints.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    found: dict[str, tuple[Requirement, str]] = {}
    for line in logical_lines:
        if line.strip() and not line.lstrip().startswith("#"):
            text, *hashes = line.split("--hash=")
            requirement = Requirement(text.strip())
            found[canonicalize_name(requirement.name)] = (requirement, " ".join(hashes))
    return found


def setting_names() -> set[str]:
    """The server's table, and the command line's own."""
    return {
        f"{table.model_config['env_prefix']}{name}".upper()
        for table in (Settings, Remote)
        for name in table.model_fields
    }


def as_documented(default: object) -> str:
    if default is None:
        return "none"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_every_setting_is_documented_with_its_default_and_every_documented_setting_exists() -> None:
    documented = dict(
        re.findall(r"^\| `(EDGE_[A-Z0-9_]+)` \| (.+?) \| .+ \|$", (ROOT / "docs/settings.md").read_text("utf-8"), re.M)
    )
    assert set(documented) == setting_names()
    for name, field in Settings.model_fields.items():
        if field.default_factory is None:
            assert documented[f"EDGE_{name.upper()}"] == as_documented(field.default), name


def test_code_and_documents_speak_only_of_settings_that_exist() -> None:
    unknown = {
        (name, word)
        for name, text in texts(tracked("edge/*.py", "docs/*.md", "README.md", "Makefile", "nginx.conf", "deploy"))
        for word in re.findall(r"\bEDGE_[A-Z0-9_]*[A-Z0-9]\b", text)
        if word not in setting_names()
    }
    assert unknown == set()


@pytest.mark.parametrize("constraints", CONSTRAINTS, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_with_hashes_and_names_no_address(constraints: Path) -> None:
    assert "://" not in constraints.read_text(encoding="utf-8")
    for requirement, hashes in pins(constraints).values():
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], requirement
        assert re.fullmatch(r"(sha256:[0-9a-f]{64}\s*)+", hashes), requirement


def test_constraints_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {
        "run.txt": project["project"]["dependencies"],
        "dev.txt": project["project"]["dependencies"] + groups["dev"],
        "node.txt": groups["node"],
    }
    assert {path.name for path in CONSTRAINTS} == set(asked)
    for file, requirements in asked.items():
        pinned = pins(ROOT / "constraints" / file)
        for wanted in map(Requirement, requirements):
            name = canonicalize_name(wanted.name)
            assert name in pinned, f"{name} is not in constraints/{file}: run `make lock`"
            (version,) = (specifier.version for specifier in pinned[name][0].specifier)
            assert wanted.specifier.contains(version), f"constraints/{file} has {name} {version}: run `make lock`"


def test_what_is_tested_is_what_runs() -> None:
    run, dev = (pins(ROOT / "constraints" / file) for file in ("run.txt", "dev.txt"))
    assert {name: str(pin[0].specifier) for name, pin in run.items()} == {
        name: str(dev[name][0].specifier) for name in run
    }


def test_the_package_lock_has_a_hash_for_every_package_and_names_no_address() -> None:
    packages = json.loads((ROOT / "loader/package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert [name for name, package in installed.items() if "resolved" in package] == []
    assert [name for name, package in installed.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_no_tracked_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    personal = re.compile(rf"(?<![\w.])(?:/(?:home|Users)/\w+|/root|{re.escape(str(ROOT))})/")
    found = [(name, hit.group()) for name, text in texts(tracked()) for hit in personal.finditer(text)]
    assert found == []


def test_no_source_file_is_longer_than_250_lines() -> None:
    sources = tracked("edge/*.py", "loader/src/*.ts", "loader/destinations/*.ts")
    lengths = {name: len(text.splitlines()) for name, text in texts(sources)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_readme_names_both_commands_and_ci_runs_the_second() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    assert re.search(r"^make test$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_changelog_begins_with_this_version_or_with_what_is_unreleased() -> None:
    newest = re.search(
        r"^## \[(?P<version>[^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert newest is not None
    assert newest["version"] in {"Unreleased", edge.__version__}


def test_the_wheel_carries_the_whole_package_with_its_built_browser_files(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    built = [path for path in (ROOT / "edge/assets").rglob("*") if path.is_file()]
    assert built, "edge/assets is empty: run `make setup`"
    package = [*tracked("edge"), *built]
    assert {path.relative_to(ROOT).as_posix() for path in package} - carried == set()
    assert any(name.endswith("licenses/LICENSE") for name in carried)
