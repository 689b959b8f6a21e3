"""Declare standards of another field as data, and rate five made-up visits to a kitchen by them."""

from pathlib import Path

from ctm_rules import load_framework, make_engine, rate_outcomes, read_cases

folder = Path(__file__).parent / "kitchens"
framework = load_framework(folder / "kitchens.yaml")
engine = make_engine(framework)
outcomes = [engine.assess(case) for case in read_cases(folder / "visits.csv", framework)]
result = rate_outcomes(framework, outcomes, judged={}, engine=engine)

print(f"{framework.title}: {result.overall.label if result.overall else 'not rated'}")
for standard in result.standards:
    for question in standard.key_questions:
        counts = question.counts
        band = question.rating.label if question.rating else "not rated"
        print(f"  {question.question.ask:<36}{counts.yes} of {counts.yes + counts.no}: {question.percent}%, {band}")
