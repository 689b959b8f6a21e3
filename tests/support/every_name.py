"""A small framework that has every kind of name, with a file of every kind that says them."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "standards/homes/2026/framework.yaml": """\
# How homes are rated.
id: homes
edition: "2026"
title: Standards for homes
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook}
ratings:
  - {id: good, label: Good, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}
scales:
  safety:
    - {id: safe, label: Safe}
    - {id: unsafe, label: Unsafe}
domains:
  - {id: care, title: Care, standards: [meals, night]}
  - {id: leading, title: Leading, standards: [leadership]}
provider_facts:
  - {id: breach, title: A breach was found, type: yes_no}
samples:
  - {id: long_stay, title: Long stays, when: {fact: stay, is: long}}
variants:
  - {id: palliative, title: Palliative care, when: {fact: is_dying, is: yes}}
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands:
    - {from: 70, rating: good}
    - {from: 40, rating: fair}
    - {from: 0, rating: poor}
domain_rating:
  sum_of: scores
  out_of: {care: 4, leading: 2}
  bands_of:
    care:
      - {from: 3, rating: good}
      - {from: 1, rating: fair}
      - {from: 0, rating: poor}
    leading:
      - {from: 2, rating: good}
      - {from: 1, rating: fair}
      - {from: 0, rating: poor}
overall:
  first_that_holds:
    - {rating: poor, when: {any: [{standard: fires, rated: unsafe}, {domain: care, rated: poor}]}}
    - {rating: fair, when: {at_least: {count: 1, of: [meals, night], rated_or_worse: fair}}}
    - {rating: good}
  then:
    - {no_better_than: fair, when: {fact: breach, is: yes}}
panel: {within_points: 5}
""",
    "standards/homes/2026/facts.yaml": """\
facts:
  - id: stay
    title: How long the person stays
    type: choice
    ordered: true
    values: {short: Short, long: Long}
  - {id: is_dying, title: The person is dying, type: yes_no}
  - {id: has_visitors, title: The person has visitors, type: yes_no}
""",
    "standards/homes/2026/measures.yaml": """\
measures:
  - {id: weighed, title: The person was weighed, applies_when: {fact: stay, at_least: long}}
subgroups:
  - id: by_stay
    title: By stay
    groups:
      - {id: short_ones, title: Short stays, when: {fact: stay, one_of: [short]}}
      - {id: long_ones, title: Long stays, when: {fact: stay, is: long}}
""",
    "standards/homes/2026/1-meals.yaml": """\
id: H 1
slug: meals
title: Meals
statement: People eat well.
source: {title: A handbook, section: H 1}
rated_by: cases
key_questions:
  - id: food
    ask: Is the food good?
    prompts:
      - {id: fresh, ask: Is it fresh?}
      - {id: warm, ask: Is it warm?}
      - {id: shared, ask: Is it shared with visitors?, applies_when: {fact: has_visitors, is: yes}}
    yes_when: {all: [fresh, {any: [warm, shared]}]}
    variants:
      palliative: {yes_when: fresh}
""",
    "standards/homes/2026/2-night.yaml": """\
id: H 2
slug: night
title: Night
statement: People sleep well.
source: {title: A handbook, section: H 2}
rated_by: cases
sample: long_stay
key_questions:
  - id: calm
    ask: Is the night calm?
    prompts:
      - {id: quiet, ask: Is it quiet?}
      - {id: dark, ask: Is it dark?}
    yes_when: {at_least: {count: 1, of: [quiet, dark]}}
""",
    "standards/homes/2026/3-leadership.yaml": """\
id: H 3
slug: leadership
title: Leadership
statement: Leaders lead.
source: {title: A handbook, section: H 3}
rated_by: judgement
themes:
  - {id: vision, title: Vision}
  - {id: staff, title: Staff}
""",
    "standards/homes/2026/4-fires.yaml": """\
id: H 4
slug: fires
title: Fires
statement: Nobody is burnt.
source: {title: A handbook, section: H 4}
rated_by: judgement
scale: safety
in_total: false
""",
    "standards/homes/2026/reading.yaml": """\
columns:
  meals.food.fresh: Fresh food
  stay: {from: Stay, values: {long: [L, long], short: [S, short]}}
""",
    "standards/homes/2026/scenarios/meals.yaml": """\
key_question: meals.food
facts: {stay: long, is_dying: no, has_visitors: yes}
scenarios:
  - name: Fresh and warm is enough
    given: {answers: {fresh: yes, warm: yes}, other_answers: no}
    expect: {outcome: yes, variant: none}

  - name: Who is dying needs it fresh
    given: {facts: {is_dying: yes}, answers: {fresh: yes}, other_answers: no}
    expect: {outcome: yes, variant: palliative}

tables:
  - name: Bands
    rows:
      - {yes: 70, no: 30, band: good}
""",
    "standards/homes/2026/scenarios/whole.yaml": """\
scenarios:
  - name: A breach limits everything
    given:
      counts: {meals.food: {yes: 10}, night.calm: {yes: 10}}
      ratings: {leadership: good, fires: safe}
      provider: {breach: yes}
    expect: {standards: {meals: good, night: good}, domains: {care: good, leading: good}, overall: fair}

  - name: Two of the prompts at night would be too many
    given:
      facts: {stay: long}
      answers: {night.calm.quiet: yes, night.calm.dark: no}
      amended:
        set:
          key_question_bands.good.from: 60
          night.calm.yes_when: {all: [quiet, dark]}
          overall.then: [{no_better_than: fair, when: {standard: fires, rated: unsafe}}]
        remove: [meals.food.shared.applies_when]
    expect: {key_questions: {night.calm: {outcome: no}}}
""",
    "standards/locale/cy.yaml": """\
language: cy
name: Cymraeg
months: [Ionawr, Chwefror, Mawrth, Ebrill, Mai, Mehefin, Gorffennaf, Awst, Medi, Hydref, Tachwedd, Rhagfyr]
labels: {foreword: Rhagair}
ratings: {good: Da, fair: Gweddol, poor: Gwael, safe: Diogel, unsafe: Anniogel}
wording:
  homes:
    domains.care: Gofal
    meals.title: Prydau
    meals.food: A yw'r bwyd yn dda?
    meals.food.fresh: A yw'n ffres?
    measures.weighed: Pwyswyd y person
    subgroups.by_stay.long_ones: Arosiadau hir
    variants.palliative: Gofal lliniarol
    samples.long_stay: Arosiadau hir
""",
    "audits/amendment.yaml": """\
amends: {id: homes, edition: "2026"}
title: A lower limit
reason: To see what it does.
set:
  key_question_bands.fair.from: 30
  domain_rating.bands_of.care.good.from: 4
add:
  meals.food.prompts:
    - {id: enough, ask: Is it enough?, applies_when: {fact: stay, is: long}}
  meals.food.yes_when.all: [enough]
remove: [meals.food.shared.applies_when]
""",
    "audits/inspection.yaml": """\
framework: {id: homes, edition: "2026"}
provider: {id: north, name: North, facts: {breach: no}}
title: An inspection of North
fieldwork: {started: 2026-02-02}
cases: {file: cases.csv, synthetic: true}
population: {long_stay: 20}
judgements:
  - standard: leadership
    rating: good
    rationale: Leaders lead.
    evidence:
      - {theme: vision, strength: Leaders have a vision.}
  - {standard: fires, rating: safe, rationale: Nobody was burnt.}
case_judgements:
  - {case: c2, key_question: meals.food, outcome: yes, reason: The person wanted it so.}
findings:
  - standard: meals
    evidence:
      - {strength: People like the food., about: [meals.food, meals.food.fresh]}
sections:
  - id: more
    title: More
    within: care
    evidence:
      - {strength: There is more., about: [domains.care]}
recommendations:
  - Do more.
  - {text: Lead better., about: [overall, leadership, leadership.themes.vision, meals.food, measures.weighed]}
published:
  - {of: measures.weighed, by: by_stay}
  - {of: variants.palliative}
printed: [meals, domains.care, meals.food.warm, measures.weighed]
""",
    "audits/cases.csv": """\
case,Stay,is_dying,has_visitors,Fresh food,meals.food.warm,notes.meals.food.warm,meals.food.shared,night.calm.quiet,\
"night.calm.dark",measures.weighed
c1,L,no,yes,yes,yes,"warm, and good",no,yes,no,yes
c2,short,no,no,no,yes,,na,,,na
c3,long,yes,yes,yes,no,,no,no,yes,no
""",
}


def write_every_name(folder: Path) -> Path:
    """Write all of it into a folder, and return the folder of the framework."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return folder / "standards" / "homes" / "2026"


COMPANY = """\
  # What follows is about people.
  - id: company
    ask: Do people eat together?
    prompts:
      - {id: table, ask: Is there a table?}
    yes_when: table
"""
"""A second key question of Meals, below a comment of its own."""


def write_two_questions(folder: Path) -> Path:
    """Write all of it with a second key question of Meals, and return the folder of the framework."""
    homes = write_every_name(folder)
    with (homes / "1-meals.yaml").open("a", encoding="utf-8") as file:
        file.write(COMPANY)
    table = folder / "audits" / "cases.csv"
    first, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([f"{first},meals.company.table", *(f"{row},yes" for row in rows), ""]), encoding="utf-8")
    whole = homes / "scenarios" / "whole.yaml"
    text = whole.read_text(encoding="utf-8")
    whole.write_text(text.replace("{yes: 10}, night", "{yes: 10}, meals.company: {yes: 10}, night"), encoding="utf-8")
    return homes


def as_workbook(top: Path) -> Path:
    """Turn the table of cases into a workbook."""
    import openpyxl

    audits = top / "audits"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (audits / "cases.csv").read_text(encoding="utf-8").replace('"warm, and good"', "warm").splitlines():
        sheet.append(line.replace('"', "").split(","))
    book.save(audits / "cases.xlsx")
    book.close()
    (audits / "cases.csv").unlink()
    inspection = audits / "inspection.yaml"
    inspection.write_text(inspection.read_text(encoding="utf-8").replace("cases.csv", "cases.xlsx"), encoding="utf-8")
    return audits / "cases.xlsx"
