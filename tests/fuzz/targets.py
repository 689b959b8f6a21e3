"""Every kind of file that the library reads, as something that can be fed any bytes.

A target is fed in a folder in which every other file is in order. Reading goes on to what people do with what was read
(check, rate, write), because a file that is accepted must not fall over later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from ctm_rules import (
    Case,
    CtmRulesError,
    dump_framework,
    load_framework,
    load_inspection,
    make_engine,
    rate_inspection,
    read_cases,
)
from ctm_rules.bulk.files import rate_files
from ctm_rules.bulk.writing import write_ratings
from ctm_rules.checking.files import check_paths
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.amendments import amended_framework, read_amendment
from ctm_rules.frameworks.loading import read_framework
from ctm_rules.inspections.explaining import explain_case
from ctm_rules.languages.languages import load_language
from ctm_rules.languages.vocabulary import load_vocabulary
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.formatting import format_file
from tests.support.ods import row, spreadsheet, table, text_cell
from tests.support.paths import ROOT
from tests.support.workbook_parts import PARTS, sheet, workbook

FRAMEWORK = """\
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
in_force_to: 2027-12-31
source: {title: Made up, section: "1", url: "https://example.org", licence: none}
assumed: [overall]
ratings: [{id: fine, label: Fine, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: food, title: Food, standards: [hygiene]}, {id: staff, title: Staff, standards: [training]}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  round: half_up
  decided_on: rounded
  undetermined: exclude
  bands: [{from: 49.5, rating: fine}, {from: 0, rating: poor}]
standard_rating: {take: lowest, of: key_questions}
domain_rating:
  bands_of:
    food: [{from: 1, rating: fine}, {from: 0, rating: poor}]
    staff: [{from: 1, rating: fine}, {from: 0, rating: poor}]
overall: {sum_of: scores, bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}
panel: {within_points: 2.5, one_case_would_change_it: true, cases_fewer_than: 6}
disclosure: {smallest_count: 5, smallest_group: 10}
variants: [{id: tiny, title: Tiny, when: {fact: seats, at_most: 5}}]
"""
FACTS = """\
facts:
  - {id: serves_meat, title: Serves meat, type: yes_no}
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: true}
  - {id: seats, title: Seats, type: whole_number}
  - {id: opened, title: Opened on, type: date}
"""
MEASURES = """\
measures: [{id: smell, title: It smells, applies_when: {not: {fact: size, is: small}}}]
subgroups:
  - id: by_size
    title: Size
    groups:
      - {id: large, title: Large, when: {fact: size, at_least: large}}
      - {id: small, title: Small, when: {any: [{fact: size, is_not: large}, {fact: seats, one_of: [1, 2]}]}}
"""
STANDARD = """\
id: H
slug: hygiene
title: Hygiene
statement: Kitchens are clean.
rated_by: cases
key_questions:
  - id: clean
    ask: Is it clean?
    applies_when: {fact: opened, at_least: 2000-01-01}
    prompts:
      - {id: floors, ask: Are the floors clean?, assumed: [ask]}
      - {id: knives, ask: Are the knives clean?}
      - {id: meat, ask: Is meat kept apart?, applies_when: {fact: serves_meat, is: yes}}
    yes_when: {all: [floors, {at_least: {count: 1, of: [knives, {not: {not: meat}}]}}]}
    variants: {tiny: {yes_when: {any: [floors, knives]}}}
"""
JUDGED = """\
id: T
slug: training
title: Training
statement: Staff are trained.
rated_by: judgement
themes: [{id: courses, title: Courses}]
"""
INSPECTION = """\
framework: {path: standards}
provider: {id: cafe, name: A café, region: Here}
title: An inspection
source: {title: Made up}
fieldwork: {started: 2026-03-01, weeks: 2, practitioner_interviews: 3, commenced: [{from: 2026-01-01, to: 2026-02-01}]}
population: 20
cases: {file: cases.csv, synthetic: true, note: These cases are made up.}
foreword: [It was clean.]
background: [It is a café.]
judgements: [{standard: training, rating: fine, rationale: They know., evidence: [{theme: courses, strength: Many.}]}]
case_judgements: [{case: c1, key_question: hygiene.clean, outcome: no, reason: It was not.}]
findings: [{standard: hygiene, evidence: [{area_for_improvement: Floors.}]}]
sections: [{id: more, title: More, within: food, evidence: [{strength: Good.}]}]
recommendations: [Clean it.]
figures: [{id: a, text: Asked, count: 1, among: 2}, {id: b, text: Price, value: 1.5, unit: pounds}]
published: [{of: hygiene.clean.floors, by: by_size}]
"""
CASES = """\
case,serves_meat,size,seats,opened,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat,measures.smell,hygiene.clean
c1,yes,large,40,2026-02-01,yes,na,no,no,
"c2",no,small,3,2025-12-24,yes,no,,yes,not_applicable
c3,,,,,,,,,
"""
AMENDMENT = """\
amends: {id: kitchens, edition: "1"}
title: Less meat
reason: To see.
set: {panel.within_points: 3, hygiene.clean.yes_when: {any: [floors, knives]}}
remove: [subgroups.by_size]
add: {hygiene.clean.prompts: [{id: walls, ask: Are the walls clean?}]}
"""
JUDGEMENTS = """\
size,training
large,fine
,Poor
"""
SPREADSHEET = spreadsheet(
    table("".join(row("".join(map(text_cell, line.replace('"', "").split(",")))) for line in CASES.splitlines()))
)
SHEET = sheet(
    "".join(
        "<row>" + "".join(f'<c t="str"><v>{cell}</v></c>' for cell in line.replace('"', "").split(",")) + "</row>\n"
        for line in CASES.splitlines()
    )
    + """<row r="9">
<c r="A9" t="inlineStr"><is><t>c9</t></is></c><c t="b"><v>1</v></c><c t="s"><v>0</v></c><c><v>12</v></c>
<c s="1"><v>45351</v></c><c t="str"><f>IF(A1=1,"yes","no")</f><v>yes</v></c><c t="e"><v>#REF!</v></c><c><f>1+1</f></c>
</row>"""
)
SCENARIOS = """\
key_question: hygiene.clean
facts: {size: large, opened: 2026-01-01}
scenarios:
  - name: Floors decide
    given: {facts: {seats: 10}, answers: {floors: no}, other_answers: na}
    expect: {outcome: no}
  - name: Counts give ratings
    given: {counts: {hygiene.clean: {yes: 1, no: 1}}, ratings: {training: fine}}
    expect: {standards: {hygiene: fine}, overall: fine, score: 2}
  - name: Amended
    given: {answers: {floors: yes}, amended: {set: {hygiene.clean.yes_when: floors}}}
    expect: {outcome: yes, variant: not_known}
tables: [{name: Bands, rows: [{yes: 1, no: 2, band: poor, percent: 33}]}]
"""
MONTHS = "[a, b, c, d, e, f, g, h, i, j, k, l]"
# English must have every label that reports use.
ENGLISH = (ROOT / "standards" / "locale" / "en.yaml").read_text(encoding="utf-8")
LANGUAGE = f"""\
language: cy
name: Cymraeg
unofficial: true
note: Made up.
months: {MONTHS}
labels: {{score: 'Sgôr {{score}} o {{out_of}}'}}
ratings: {{fine: Da}}
phrases: {{half: hanner}}
wording: {{kitchens: {{hygiene.title: Hylendid}}}}
"""
WORDS = """\
drafts: [{words: few, below: 50}, {words: many, from: 50}]
also: [{words: a third, from: 33, to: 34}]
comparisons: [{words: much like, share: similar, within: 5}, {words: below, share: lower}]
strength_from: 65
"""

READING = """\
table: {encoding: utf-8, delimiter: ",", header_row: 1, shape: wide, decimal_char: ",", group_char: "."}
columns: {size: {from: size, values: {small: [S, "1"], large: [L]}}, serves_meat: meat}
values: {yes: [Y, met], no: [N], na: [N/A]}
missing_values: ["NULL", {value: "[c]", label: withheld}]
date_formats: ["%d/%m/%Y"]
marks: ["*"]
notes: [remarks]
ignore_columns: [_*]
name_after_last: [/]
unknown_columns: ignore
absent_columns: missing
only_rows: {serves_meat: {is_not: [maybe], is: ["yes", "no", ""]}}
"""

FILES: Mapping[str, str] = {
    "standards/framework.yaml": FRAMEWORK,
    "standards/facts.yaml": FACTS,
    "standards/measures.yaml": MEASURES,
    "standards/hygiene.yaml": STANDARD,
    "standards/training.yaml": JUDGED,
    "standards/scenarios/cleaning.yaml": SCENARIOS,
    "inspection.yaml": INSPECTION,
    "cases.csv": CASES,
    "judgements.csv": JUDGEMENTS,
    "table.csv": CASES,
    "amendment.yaml": AMENDMENT,
    "locale/en.yaml": ENGLISH,
    "locale/cy.yaml": LANGUAGE,
    "words.yaml": WORDS,
    "reading.yaml": READING,
}
"""A folder in which every file is in order."""

NOBODY = Case("nobody")


def _reading(folder: Path) -> None:
    framework = load_framework(folder / "standards")
    read_cases(folder / "cases.csv", framework, read_as=folder / "reading.yaml")


def _framework(folder: Path) -> None:
    assert all(found.message for found in check_paths([folder / "standards"]).diagnostics)
    framework = load_framework(folder / "standards")
    dump_framework(framework)
    for engine in ("auto", "reference"):
        explain_case(framework, NOBODY, make_engine(framework, "auto" if engine == "auto" else "reference"))
    assert not compare_frameworks(framework, framework).changes


def _inspection(folder: Path) -> None:
    assert all(found.message for found in check_paths([folder / "inspection.yaml"]).diagnostics)
    rate_inspection(load_inspection(folder / "inspection.yaml")).to_dict()


def _cases(folder: Path) -> None:
    read_cases(folder / "cases.csv", load_framework(folder / "standards"))


def _table(folder: Path, name: str) -> None:
    framework = load_framework(folder / "standards")
    rated = rate_files(framework, [folder / name], "size", judgements=folder / "judgements.csv")
    assert rated.cases + rated.left_out
    write_ratings(rated, folder / "out.json")


def _amendment(folder: Path) -> None:
    amendment = read_amendment(folder / "amendment.yaml")
    amended_framework(read_framework(folder / "standards"), [amendment])


def _scenarios(folder: Path) -> None:
    runner = ScenarioRunner()
    for file in runner.read([folder / "standards" / "scenarios" / "cleaning.yaml"]):
        for scenario in file.scenarios:
            runner.run(scenario).to_dict()


@frozen
class Target:
    """A file to feed with anything.

    Attributes:
        file: its place in the folder.
        read: reads it and goes on with what was read; given the folder.
        part: which part of a workbook is fed, where the file is one.
    """

    file: str
    read: Callable[[Path], object]
    part: str = ""

    @property
    def seed(self) -> str:
        """What it is fed with when it is in order."""
        if not self.part:
            return FILES[self.file]
        return SHEET if self.part == "sheet" else PARTS[self.part]

    def write(self, folder: Path, content: bytes) -> None:
        """Write the file with this content."""
        whole = {"sheet": SHEET, self.part: content}
        (folder / self.file).write_bytes(workbook(**whole) if self.part else content)

    def feed(self, folder: Path, content: bytes) -> CtmRulesError | None:
        """Read the file with this content; return the error with which it is refused, if it is.

        Whatever else is raised is a fault of the library.
        """
        self.write(folder, content)
        try:
            self.read(folder)
        except CtmRulesError as error:
            str(error).encode()  # what is said can be printed
            return error
        finally:
            self.write(folder, self.seed.encode())
        return None


TARGETS = {
    "framework": Target("standards/framework.yaml", _framework),
    "facts": Target("standards/facts.yaml", _framework),
    "measures": Target("standards/measures.yaml", _framework),
    "standard": Target("standards/hygiene.yaml", _framework),
    "inspection": Target("inspection.yaml", _inspection),
    "cases": Target("cases.csv", _cases),
    "table": Target("table.csv", lambda folder: _table(folder, "table.csv")),
    "judgements": Target("judgements.csv", lambda folder: _table(folder, "table.csv")),
    "sheet": Target("table.xlsx", lambda folder: _table(folder, "table.xlsx"), "sheet"),
    "texts": Target("table.xlsx", lambda folder: _table(folder, "table.xlsx"), "texts"),
    "styles": Target("table.xlsx", lambda folder: _table(folder, "table.xlsx"), "styles"),
    "book": Target("table.xlsx", lambda folder: _table(folder, "table.xlsx"), "book"),
    "amendment": Target("amendment.yaml", _amendment),
    "scenarios": Target("standards/scenarios/cleaning.yaml", _scenarios),
    "language": Target("locale/cy.yaml", lambda folder: load_language("cy", folder=folder / "locale")),
    "words": Target("words.yaml", lambda folder: load_vocabulary(folder / "words.yaml")),
    "reading": Target("reading.yaml", _reading),
    "layout": Target("amendment.yaml", lambda folder: format_file(folder / "amendment.yaml")),
}


def lay_out(folder: Path) -> None:
    """Write every file as it should be."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    (folder / "table.xlsx").write_bytes(workbook(sheet=SHEET))
    (folder / "table.ods").write_bytes(SPREADSHEET)
