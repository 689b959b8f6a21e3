"""A service over HTTP: cases in, outcomes, explanations and ratings out; standards that change are read anew.

    pip install fastapi uvicorn
    uvicorn service:app --app-dir examples

A case that is wrong is answered with 422, and each finding with its JSON pointer in what was sent. Standards that are
edited while it runs are read anew; while they are broken, the last ones that were sound decide, and ``GET /standards``
says what is wrong.
"""

import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from ctm_rules import (
    Case,
    DiagnosticError,
    Engine,
    Framework,
    Inspection,
    RequestError,
    StandardsError,
    explain_case,
    load_framework,
    make_engine,
    rate_inspection,
)


class Standards:
    """The standards of a folder, read anew when one of its files has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._state()
        self.framework = load_framework(folder)
        self.engine: Engine = make_engine(self.framework)
        self.wrong: list[dict[str, object]] = []

    def _state(self) -> list[tuple[str, int, int]]:
        files = sorted(self._folder.rglob("*.yaml"))
        return [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]

    def now(self) -> Framework:
        """Return the standards as they are now, or the last ones that were sound."""
        state = self._state()
        if state != self._seen:
            self._seen = state
            try:
                framework = load_framework(self._folder)
                self.engine = make_engine(framework)
                self.framework, self.wrong = framework, []
            except DiagnosticError as error:
                self.wrong = [{**found.to_dict()} for found in error.diagnostics]
        return self.framework


def make_app(folder: Path) -> FastAPI:
    """Return the service for the standards of a folder."""
    app = FastAPI(title="Ratings by declared standards")
    standards = Standards(folder)

    @app.exception_handler(RequestError)
    def refuse(_: Request, error: RequestError) -> JSONResponse:
        found = [
            {"pointer": each.path, "code": each.code, "message": each.message, "hint": each.hint}
            for each in error.diagnostics
        ]
        return JSONResponse({"findings": found}, status_code=422)

    @app.exception_handler(StandardsError)
    def apologise(_: Request, error: StandardsError) -> JSONResponse:
        return JSONResponse({"findings": [found.message for found in error.diagnostics]}, status_code=500)

    @app.get("/standards")
    def which() -> dict[str, Any]:
        return {**standards.now().identity(), "wrong": standards.wrong}

    @app.post("/outcomes")
    def outcomes(case: dict[str, Any]) -> dict[str, Any]:
        read = Case.from_dict(case, standards.now())
        return {**standards.engine.assess(read).to_dict()}

    @app.post("/explanations")
    def explanations(case: dict[str, Any], key_question: str | None = None) -> dict[str, Any]:
        framework = standards.now()
        read = Case.from_dict(case, framework)
        explained = explain_case(framework, read, standards.engine, key_question=key_question)
        return {"case": read.id, "key_questions": [each.to_dict() for each in explained]}

    @app.post("/ratings")
    def ratings(asked: dict[str, Any]) -> dict[str, Any]:
        declared = {key: value for key, value in asked.items() if key != "cases"}
        inspection = Inspection.from_dict(declared, asked.get("cases") or [], framework=standards.now())
        return {**rate_inspection(inspection, engine=standards.engine).to_dict()}

    return app


def __getattr__(name: str) -> FastAPI:
    """Make the service when a server asks for it, and not when a test imports this module."""
    if name == "app":
        return make_app(Path(os.environ.get("STANDARDS", "standards/hmip-pdu/2024")))
    raise AttributeError(name)
