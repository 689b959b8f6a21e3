"""Examples that need more than Python: a service over HTTP, cases in DuckDB and in PostgreSQL, and a notebook.

``sh .ci/examples`` installs what they need; without it those tests are skipped and say so.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.frameworks.finding import standards_folder
from tests.support.dataframes import QUIET
from tests.support.editing import edit
from tests.support.notebooks import run_notebook
from tests.support.paths import EXAMPLE, ROOT

pytestmark = QUIET


def example_module(name: str) -> ModuleType:
    """Return a script of the examples as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the service -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of standards that a test may edit while the service runs."""
    return Path(shutil.copytree(standards_folder() / "hmip-pdu" / "2024", tmp_path / "2024"))


class Client:
    """Asks the service in this process, without a server."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def get(self, path: str) -> Any:
        return asyncio.run(self._ask("GET", path))

    def post(self, path: str, **what: Any) -> Any:
        return asyncio.run(self._ask("POST", path, **what))

    async def _ask(self, method: str, path: str, **what: Any) -> Any:
        import httpx

        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, **what)


@pytest.fixture
def client(folder: Path) -> Client:
    for name in ("fastapi", "httpx"):
        pytest.importorskip(name, reason="needs fastapi and httpx: sh .ci/examples")
    return Client(example_module("service").make_app(folder))


def case_with(**answers: str) -> dict[str, Any]:
    return {"id": "c1", "answers": {f"assessment.safety.{name}": answer for name, answer in answers.items()}}


def test_the_service_gives_outcomes_and_explanations(client):
    answered = client.post("/outcomes", json=case_with(risk_of_harm="no"))
    assert answered.status_code == 200
    assert answered.json()["key_questions"]["assessment.safety"]["outcome"] == "no"
    asked = {"key_question": "assessment.safety"}
    (explained,) = client.post("/explanations", params=asked, json=case_with(risk_of_harm="no")).json()["key_questions"]
    assert explained["rule"]["result"] == "false"
    assert explained["rule"]["file"].endswith("2.1-assessment.yaml")


def test_the_service_rates_as_the_file_does(client):
    inspection = load_inspection(EXAMPLE)
    asked = {
        "title": "T",
        "provider": {"id": "n", "name": "N"},
        "fieldwork": {"started": "2025-08-04"},
        "judgements": [
            {"standard": slug, "rating": rating, "rationale": "As on file."}
            for slug, rating in inspection.judged.items()
        ],
        "cases": [case.to_dict() for case in inspection.cases],
    }
    rated, expected = client.post("/ratings", json=asked).json(), rate_inspection(inspection).to_dict()
    assert rated["overall"] == json.loads(json.dumps(expected["overall"]))
    assert [each["rating"] for each in rated["standards"]] == [each["rating"] for each in expected["standards"]]


def test_what_was_sent_wrong_is_answered_with_its_pointer(client):
    wrong = client.post("/outcomes", json=case_with(victims="Y"))
    assert wrong.status_code == 422
    (found,) = wrong.json()["findings"]
    assert (found["pointer"], found["code"]) == ("/answers/assessment.safety.victims", "bad-answer")
    unknown = client.post("/explanations", params={"key_question": "assessment.safty"}, json={"id": "c1"})
    assert (unknown.status_code, unknown.json()["findings"][0]["pointer"]) == (422, "/key_question")
    rated = client.post("/ratings", json={"title": "T", "cases": [{"id": "c1"}]})
    assert rated.status_code == 422
    assert "are missing" in rated.json()["findings"][0]["message"]


def test_standards_that_change_are_read_anew_and_broken_ones_never_decide(client, folder):
    before = client.get("/standards").json()
    assert before["wrong"] == []
    edit(folder / "2.1-assessment.yaml", "yes_when:", "yes_whne:")
    broken = client.get("/standards").json()
    assert broken["checksum"] == before["checksum"]
    assert broken["wrong"][0]["code"] == "unknown-key"
    assert client.post("/outcomes", json=case_with(risk_of_harm="no")).status_code == 200
    edit(folder / "2.1-assessment.yaml", "yes_whne:", "yes_when:")
    edit(folder / "framework.yaml", "{from: 65, rating: good}", "{from: 60, rating: good}")
    after = client.get("/standards").json()
    assert after["wrong"] == []
    assert after["checksum"] != before["checksum"]


# --- databases -------------------------------------------------------------------------------------


def assert_rated_as_the_file(cursor: Any, mark: str) -> None:
    module = example_module("cases_in_a_database")
    module.fill(cursor, mark)
    expected = rate_inspection(load_inspection(EXAMPLE))
    results = module.rated(cursor)
    assert list(results) == ["wide, cursor", "wide, frame", "long, cursor", "long, frame"]
    for result in results.values():
        assert result.rating == expected.rating
        assert {case.id: case for case in result.inspection.cases} == {c.id: c for c in expected.inspection.cases}


def test_cases_in_duckdb_rate_as_the_file():
    import duckdb

    assert_rated_as_the_file(duckdb.connect(), "?")


def postgres_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, where Debian or the path has them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def owner() -> dict[str, Any]:
    """Return as whom PostgreSQL is started: it refuses to run as root."""
    return {"user": "postgres", "group": "postgres"} if os.name == "posix" and os.geteuid() == 0 else {}


@pytest.fixture
def postgres() -> Iterator[int]:
    """A PostgreSQL server of the test's own: its port."""
    pytest.importorskip("pg8000", reason="needs pg8000: sh .ci/examples")
    programs = postgres_programs()
    if programs is None:
        pytest.skip("needs PostgreSQL: sh .ci/examples")
    as_owner = owner()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The folders of pytest are their owner's alone, and the server may be another.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        home = Path(folder)
        if as_owner:
            shutil.chown(home, **as_owner)

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(home / "data"), *arguments]
            subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, timeout=120, **as_owner)

        run("initdb", "-U", "inspector", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield port
        finally:
            run("pg_ctl", "-w", "-m", "fast", "stop")


def test_cases_in_postgresql_rate_as_the_file(postgres):
    import pg8000.dbapi

    connection = pg8000.dbapi.connect("inspector", host="127.0.0.1", port=postgres, database="postgres")
    try:
        assert_rated_as_the_file(connection.cursor(), "%s")
    finally:
        connection.close()


# --- the notebook ----------------------------------------------------------------------------------


def test_the_notebook_runs_and_shows_what_it_is_there_to_show(monkeypatch):
    monkeypatch.chdir(ROOT)
    inspection, rating, explained, effect, ways, table = run_notebook(ROOT / "examples" / "an_inspection.ipynb")
    assert inspection.startswith("<Inspection: Cwm Taf Morgannwg PDU, ")
    assert rating == "('Requires improvement', 4)\n"
    assert explained.startswith("✗ all of these\n")
    assert effect.startswith("<table><caption>Effect: ")
    assert len(ways.splitlines()) == 7
    assert "<td>Inadequate</td>" in table


def test_no_notebook_holds_what_somebody_else_ran():
    for file in (ROOT / "examples").rglob("*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
