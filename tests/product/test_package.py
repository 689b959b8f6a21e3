"""The package as others get it: what it imports, what it knows, and the wheel in an empty environment."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import ctm_rules
from ctm_rules.frameworks.finding import examples_folder, standards_folder
from tests.support.paths import EXAMPLE, ROOT

SOURCE = ROOT / "src" / "ctm_rules"

# Words of the shipped frameworks that would show that the code decides something by name.
FIELD_WORDS = re.compile(
    r"probation|assessment|inadequate|outstanding|requires.improvement|leadership|desistance|hmip",
    re.IGNORECASE,
)


def test_importing_the_library_imports_nothing_heavy() -> None:
    script = "import sys, ctm_rules; print(' '.join(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "polars",
        "pandas",
        "pyarrow",
        "duckdb",
        "pyspark",
        "numpy",
        "scipy",
        "jinja2",
        "rich",
        "typer",
        "narwhals",
    }
    assert not heavy & set(loaded)


def test_to_rate_an_inspection_nothing_is_imported_that_only_something_else_needs() -> None:
    script = """
import atexit, sys, ctm_rules.cli
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
ctm_rules.cli.run()
"""
    command = [sys.executable, "-c", script, "rate", str(EXAMPLE)]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stderr.split())
    others = ("api", "bulk", "checking", "diff", "docs", "languages", "report", "scaffolding", "scenarios", "writing")
    assert not {f"ctm_rules.{name}" for name in (*others, "what_if_analysis", "engines.frame")} & loaded
    assert not {"narwhals", "html", "rich.progress", "rich._emoji_codes", "importlib.resources.simple"} & loaded


def test_code_knows_no_standard_by_name() -> None:
    # Examples in docstrings, help and the pages of diagnostic codes may name one; what compares or looks up may not.
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare | ast.MatchValue | ast.Dict | ast.Set):
                found = FIELD_WORDS.search(ast.unparse(node))
                assert found is None, f"{file.name}:{node.lineno} decides by the name {found}"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel and the core's dependencies, away from the checkout."""
    folder = tmp_path_factory.mktemp("away")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    # Nothing that could compile is found there.
    environment = {**os.environ, "PATH": str(scripts), "CC": str(folder / "no-compiler")}
    install = [scripts / "python", "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, env=environment)
    return scripts / "python"


def test_wheel_rates_the_example_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    for name in ("inspection.yaml", "cases.csv"):
        (tmp_path / name).write_bytes((EXAMPLE.parent / name).read_bytes())
    script = (
        "import ctm_rules\n"
        "framework = ctm_rules.load_framework('hmip-pdu')\n"
        "result = ctm_rules.rate_inspection(ctm_rules.load_inspection('inspection.yaml', framework=framework))\n"
        "print(result.rating.overall.label, result.rating.score, result.rating.engine, ctm_rules.__file__)\n"
    )
    done = subprocess.run([installed, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith("Requires improvement 4 reference ")
    assert str(ROOT) not in done.stdout


def test_wheel_ships_the_standards_and_says_so_when_the_command_line_is_missing(installed: Path) -> None:
    script = "from ctm_rules.frameworks.finding import standards_folder; print(standards_folder())"
    shipped = Path(subprocess.run([installed, "-c", script], capture_output=True, text=True, check=True).stdout.strip())
    assert not shipped.is_relative_to(ROOT)
    files = {file.relative_to(standards_folder()): file for file in standards_folder().rglob("*") if file.is_file()}
    assert all((shipped / name).read_bytes() == file.read_bytes() for name, file in files.items())
    done = subprocess.run([installed.parent / "ctm-rules", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip() == 'the command line needs typer and rich: pip install "ctm-rules[cli]"'


def test_wheel_holds_code_templates_standards_and_examples_and_nothing_else(installed: Path) -> None:
    (wheel,) = installed.parents[2].glob("*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kinds = {".py", ".typed", ".jinja", ".css", ".js", ".typ", ".yaml", ".json", ".md", ".csv", ".ipynb"}
    kinds |= {".ttf", ".txt"}  # fonts and their licence
    lying = [(file, file.relative_to(SOURCE).as_posix()) for file in SOURCE.rglob("*")]
    lying += [
        (file, f"standards/{file.relative_to(ROOT / 'standards').as_posix()}") for file in standards_folder().rglob("*")
    ]
    lying += [(file, file.relative_to(ROOT).as_posix()) for file in examples_folder().rglob("*")]
    expected = {f"ctm_rules/{name}" for file, name in lying if file.is_file() and file.suffix in kinds}
    assert inside == {name for name in expected if "/.ipynb_checkpoints/" not in name}
    pages = {name for name in inside if name.endswith(".md")}
    guides = {f"ctm_rules/standards/{name}.md" for name in ("README", "EDITORS", "INSPECTIONS", "TABLES", "WORKBENCH")}
    assert {name for name in pages if not name.startswith("ctm_rules/examples/")} == guides


EXAMPLES_RUN = """
import doctest
import ctm_rules
from ctm_rules import *
ctm_rules.write_examples(".")
ran = 0
for name in ctm_rules.__all__:
    public = getattr(ctm_rules, name)
    for test in doctest.DocTestFinder().find(public, name, module=False, globs={**vars(ctm_rules.api), **globals()}):
        extras = ("polars", "rate_files", "write_report", "write_form", "write_xlsform")
        if any(extra in test.docstring for extra in extras):
            continue
        result = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test)
        assert not result.failed, name
        ran += result.attempted
assert ran > 60, ran
print(ctm_rules.__version__)
"""


def test_docstrings_run_from_a_plain_install_beside_the_examples_that_it_writes(
    installed: Path, tmp_path: Path
) -> None:
    command = [installed, "-c", EXAMPLES_RUN]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == ctm_rules.__version__
    script = "import ctm_rules; print(ctm_rules.load_inspection('examples/ctm/inspection.yaml'))"
    done = subprocess.run([installed, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith("<Inspection: ")


def test_a_base_install_gives_every_public_name_and_says_what_the_rest_needs(installed: Path, tmp_path: Path) -> None:
    script = """
import inspect, pydoc
import ctm_rules
from ctm_rules import *
given = dict(inspect.getmembers(ctm_rules))
for name in ctm_rules.__all__:
    assert globals()[name] is given[name] is getattr(ctm_rules, name), name
    assert hasattr(ctm_rules, name), name
    assert inspect.getmembers(given[name]), name
    assert pydoc.plaintext.document(given[name], name), name
assert set(ctm_rules.__all__) <= set(dir(ctm_rules))
pydoc.plaintext.document(ctm_rules)
framework = load_framework("hmip-pdu", "2024")
assert make_engine(framework).name == "reference"
for ask in (lambda: rate_files(framework, ["cases.csv"]), lambda: make_engine(framework, "durable")):
    try:
        ask()
    except CtmRulesError as error:
        print(error)
"""
    done = subprocess.run([installed, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""
    in_bulk, by_durable = done.stdout.splitlines()
    assert in_bulk == 'rating files in bulk needs polars: pip install "ctm-rules[bulk]"'
    assert by_durable.endswith('pip install "ctm-rules[durable]"; the engines auto and reference give the same answers')
