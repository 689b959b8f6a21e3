"""`test`: scenarios that policy staff write, run against a framework, and what of it they reach (coverage).

Hands on: `ScenarioRunner` and its `ScenarioResult`s, each of a `Scenario`; `find_scenario_files` and how such a file is
known; the file as it is written, `DeclaredScenarios`; `Coverage`, `cover_scenarios` and `cover_cases`; `junit_xml`.
Private: none.
"""
