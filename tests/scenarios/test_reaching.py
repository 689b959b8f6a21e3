"""The case that the missing scenario is given: it reaches what it is for, and has nothing that it could do without."""

from __future__ import annotations

import pytest
from attrs import evolve

from ctm_rules import Framework
from ctm_rules.scenarios.coverage import Coverage, Part
from ctm_rules.scenarios.reaching import case_that_reaches


def same(coverage: Coverage, part: Part) -> Part:
    return next(each for each in coverage.parts if (each.kind, each.says, each.at) == (part.kind, part.says, part.at))


def test_each_clause_outcome_and_variant_of_the_shipped_standards_is_reached(shipped: Framework) -> None:
    wanted = [part for part in Coverage(shipped).parts if part.says.startswith(("assessment", "variant"))]
    assert {part.kind for part in wanted} == {"clause", "outcome", "variant"}
    for part in wanted:
        found = case_that_reaches(shipped, part)
        assert found is not None, part
        coverage = Coverage(shipped)
        coverage.add_case(found.case, [found.key_question])
        assert same(coverage, part).seen & set(part.never), part
        for name in found.case.answers:
            answers = {other: value for other, value in found.case.answers.items() if other != name}
            less = Coverage(shipped)
            less.add_case(evolve(found.case, answers=answers), [found.key_question])
            assert not same(less, part).seen & set(part.never), (part, name)


@pytest.mark.parametrize("kind", ["band", "panel"])
def test_what_no_single_case_reaches_has_none(shipped: Framework, kind: str) -> None:
    part = next(each for each in Coverage(shipped).parts if each.kind == kind)
    assert case_that_reaches(shipped, part) is None


def test_the_same_case_is_found_each_time(shipped: Framework) -> None:
    part = next(each for each in Coverage(shipped).parts if each.kind == "clause")
    first, second = (case_that_reaches(shipped, part) for _ in range(2))
    assert first is not None
    assert first == second
