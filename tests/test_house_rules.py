"""The rules of the house that no linter knows (docs/conventions.md gives the reasons)."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import townsquare

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "townsquare"

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "base", "misc"}

READS_THE_CLOCK: dict[str, str] = {
    "townsquare/protocols/ioa/clock.py": "messages carry wall time for people, and number the lives of a host"
}
"""Files that may ask what time it is, each with its reason. Whatever decides something in a town counts ticks."""

OPTIONAL = {
    "aiohttp": "llm",
    "aiomqtt": "mqtt",
    "altair": "report",
    "amqtt": "broker",
    "chromadb": "vector",
    "implicit": "cf",
    "langchain": "llm",
    "langchain_openai": "llm",
    "openai": "llm",
    "opentelemetry": "otel",
    "safetensors": "minilm",
    "tokenizers": "minilm",
    "vl_convert": "report",
}
"""Packages of an extra, by the extra that installs them."""
KNOWS_OPTIONAL: dict[str, set[str]] = {"townsquare/protocols/transports/mqtt_client.py": {"aiomqtt"}}
"""Files that are themselves only imported when the extra is there, and may import its packages at the top."""

STANDS_ALONE = {
    "tests/agents/test_hostile_text.py",
    "tests/cli/test_bad_input.py",
    "tests/cli/test_full_disk.py",
    "tests/test_campaign.py",
    "tests/test_counterspeech.py",
    "tests/test_deploy.py",
    "tests/test_docs.py",
    "tests/test_examples.py",
    "tests/test_house_rules.py",
    "tests/test_import_is_quiet.py",
    "tests/test_moderation.py",
    "tests/test_network.py",
    "tests/test_panel.py",
    "tests/test_javascript_agent.py",
    "tests/test_kill.py",
    "tests/test_pairing.py",
    "tests/test_persuasion.py",
    "tests/test_phenomena.py",
    "tests/test_shilling.py",
    "tests/sim/defences/test_contract.py",
    "tests/sim/defences/test_page.py",
    "tests/sim/defences/test_price.py",
    "tests/sim/detectors/test_guide.py",
    "tests/sim/opinions/test_guide.py",
    "tests/test_team.py",
    "tests/test_protocol_page.py",
    "tests/test_public_names.py",
    "tests/test_remote_town.py",
    "tests/test_wire.py",
}
"""Test files that are about the whole tree, not about one file of it."""

MACHINE_PATH = re.compile(r"(?<![\w.$}~])/(?:home|root|Users|work|workspace|mnt|media|srv)/\w|\b[A-Z]:\\\\?Users\b")


def tracked() -> list[Path]:
    """Files that belong to the project: what git tracks or would, or everything outside hidden and built folders."""
    # -c: a checkout that belongs to another user, as in many containers, is read all the same
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    files = [ROOT / name for name in listed.split("\0") if name]
    if not files:
        left_out = {"runs", "build", "dist", "__pycache__"}
        relative = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        kept = (p for p in relative if not left_out & set(p.parts) and not p.parts[0].startswith("."))
        files = [ROOT / path for path in kept]
    return sorted(path for path in files if path.is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TRACKED = tracked()
SOURCES = [path for path in TRACKED if path.suffix == ".py" and path.is_relative_to(PACKAGE)]
TESTS = [path for path in TRACKED if path.name.startswith("test_") and path.suffix == ".py"]
MIRRORED = [path for path in TESTS if path.is_relative_to(ROOT / "tests") and name_of(path) not in STANDS_ALONE]
LOCKS = [path for path in TRACKED if path.suffix == ".lock"]

each_source = pytest.mark.parametrize("path", SOURCES, ids=name_of)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@each_source
def test_file_fits_in_the_head(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LINES_OF_A_FILE, f"{lines} lines: split it by noun"


@each_source
def test_functions_fit_on_a_screen(path: Path) -> None:
    functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {f"{f.name} (line {f.lineno})": (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    too_long = {name: length for name, length in lengths.items() if length > LINES_OF_A_FUNCTION}
    assert not too_long, f"split by step; at most {LINES_OF_A_FUNCTION} lines"


@each_source
def test_name_is_a_noun_of_the_domain(path: Path) -> None:
    assert not VAGUE_NAMES & set(path.relative_to(PACKAGE).with_suffix("").parts), "such a name hides the noun"


def attribute_path(node: ast.expr) -> str:
    """``np.random.seed`` for the expression that says so, "" for any other kind."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = attribute_path(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def imported(node: ast.AST) -> Iterator[str]:
    """Full dotted names that an import statement brings in."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_used(path: Path) -> Iterator[tuple[int, str]]:
    """Dotted names that the file imports or looks up, with their lines."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, name) for name in imported(node))
        elif isinstance(node, ast.Attribute):
            yield node.lineno, attribute_path(node)


SHARED_DRAWS = re.compile(r"(random|secrets)(\..*)?|(np|numpy)\.random\.[a-z]\w*")


@each_source
def test_every_draw_comes_from_a_named_stream(path: Path) -> None:
    """No module-level generators: `random` and the functions of `numpy.random` share hidden state."""
    found = [f"line {line}: {name}" for line, name in names_used(path) if SHARED_DRAWS.fullmatch(name)]
    assert not found, "draw from Streams: get(name, ...) or uniform(name, tick, rows, columns)"


CLOCKS = re.compile(r"time\.time(_ns)?|(datetime\.)?(datetime|date)\.(now|utcnow|today)")


def clock_readings(path: Path) -> list[str]:
    return [f"line {line}: {name}" for line, name in names_used(path) if CLOCKS.fullmatch(name)]


@each_source
def test_only_named_files_read_the_clock(path: Path) -> None:
    assert bool(clock_readings(path)) == (name_of(path) in READS_THE_CLOCK), clock_readings(path) or "no longer does"


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run when the file is imported; what only a type checker reads is left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and attribute_path(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from outside_functions(child)


@each_source
def test_optional_packages_are_imported_late(path: Path) -> None:
    names = {name.split(".")[0] for node in outside_functions(tree_of(path)) for name in imported(node)}
    early = names & OPTIONAL.keys()
    allowed = KNOWS_OPTIONAL.get(name_of(path), set())
    assert early <= allowed, f"import inside the function that needs it, with the hint to install {early - allowed}"


def test_optional_packages_are_those_of_the_extras() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for package, extra in OPTIONAL.items():
        wanted = [line.replace("-", "_") for line in extras[extra]]
        assert any(line.startswith(package) for line in wanted), f"{package} is not in the extra {extra}"


def counterparts(path: Path) -> list[Path]:
    """Files of the package that ``path`` may be about: sim/test_x_more.py is about sim/x.py or the package sim/x."""
    folder = PACKAGE / path.relative_to(ROOT / "tests").parent
    words = path.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:n]) for n in range(len(words), 0, -1)]
    return [found for name in names for found in (folder / f"{name}.py", folder / name / "__init__.py")]


@pytest.mark.parametrize("path", MIRRORED, ids=name_of)
def test_tests_mirror_the_tree(path: Path) -> None:
    assert any(file.exists() for file in counterparts(path)), "rename it after the file it is about"


@pytest.mark.parametrize("name", sorted(STANDS_ALONE | READS_THE_CLOCK.keys() | KNOWS_OPTIONAL.keys()))
def test_exceptions_still_exist(name: str) -> None:
    assert (ROOT / name).exists(), "take it off the list"


def test_changelog_is_at_our_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = [v for v in re.findall(r"^## \[(.+?)\]", text, flags=re.MULTILINE) if v != "Unreleased"]
    assert versions[0] == townsquare.__version__


def test_citation_is_at_our_version() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert set(re.findall(r"^\s*version: \"?([^\"\n]+)", text, flags=re.MULTILINE)) == {townsquare.__version__}


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_locks_name_no_server(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.findall(r"://|^-.*|--(?:extra-)?index-url|--find-links", text, flags=re.MULTILINE)
    pins = re.findall(r"^\S+==.*(?:\n    --hash=sha256:\w{64} ?\\?)*", text, flags=re.MULTILINE)
    assert pins
    assert all("--hash" in pin for pin in pins)


@pytest.mark.parametrize("name", sorted({name_of(path).split("/")[0] for path in TRACKED}))
def test_no_paths_of_one_machine(name: str) -> None:
    found = {}
    for path in TRACKED:
        data = path.read_bytes() if name_of(path).split("/")[0] == name else b""
        if b"\0" not in data[:8000]:
            hits = [m.group() for m in MACHINE_PATH.finditer(data.decode("utf-8", errors="replace"))]
            found.update({name_of(path): hits} if hits else {})
    assert not found
