"""Who catches an error knows whether the standards are wrong or what was asked: what is raised is one of the two."""

from __future__ import annotations

import ast

import attrs
import pytest

from ctm_rules import AllOf, RequestError, StandardsError, load_framework, make_engine
from tests.support.paths import ROOT
from tests.support.small_framework import Small

SOURCE = ROOT / "src" / "ctm_rules"


def test_whatever_is_raised_says_which_of_the_two_it_is():
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id == "DiagnosticError"), f"{file.name}:{node.lineno}"


def test_broken_standards_are_no_bad_request(tmp_path, small: Small):
    broken = tmp_path / "framework.yaml"
    broken.write_text("id: kitchens\n", encoding="utf-8")
    with pytest.raises(StandardsError):
        load_framework(broken)
    with pytest.raises(RequestError):
        load_framework(tmp_path / "none.yaml")
    with pytest.raises(RequestError):
        make_engine(small("{all: [floors]}"), "durabel")  # type: ignore[arg-type]


def test_a_framework_that_was_built_wrong_is_a_broken_standard(small: Small):
    framework = small("{all: [floors]}")
    (standard,) = framework.standards
    question = attrs.evolve(standard.key_questions[0], yes_when=AllOf(()))
    with pytest.raises(StandardsError):
        make_engine(attrs.evolve(framework, standards=(attrs.evolve(standard, key_questions=(question,)),)))
