"""Explain one case: which clauses of a rule were met, what was found, and where the rule stands."""

from pathlib import Path

from ctm_rules import explain_case, load_inspection, make_engine

inspection = load_inspection(Path(__file__).parent / "ctm" / "inspection.yaml")
case = inspection.cases[1]
engine = make_engine(inspection.framework)
explanations = {found.path: found for found in explain_case(inspection.framework, case, engine)}

explanation = explanations["assessment.safety"]
print(f"{case.id} (synthetic): {explanation.question.ask} {explanation.outcome.outcome}")
if explanation.rule is not None:
    for depth, clause in explanation.rule.lines():
        found = f" ({clause.found})" if clause.found else ""
        print(f"{'  ' * depth}{clause.truth.value} {clause.says}{found}, line {clause.at.line}")
