"""Rate an inspection as a user of the library: load it, rate it, read the result."""

from pathlib import Path

from ctm_rules import load_inspection, rate_inspection

inspection = load_inspection(Path(__file__).parent / "ctm" / "inspection.yaml")
result = rate_inspection(inspection)

print(inspection.declared.provider.name)
print(inspection.declared.note)
if result.rating.overall is not None:
    print(f"Overall: {result.rating.overall.label}, {result.rating.score} of {result.rating.out_of}")
for standard in result.rating.standards:
    label = standard.rating.label if standard.rating else "not rated"
    percents = "  ".join(f"{question.percent}%" for question in standard.key_questions)
    print(f"  {standard.standard.id} {standard.standard.title:<28}{label:<22}{percents}".rstrip())
