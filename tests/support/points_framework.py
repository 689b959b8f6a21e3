"""A small framework of workshops whose prompts are scored, written as text: one question of each way to add up."""

from __future__ import annotations

POINTS = """
id: workshops
edition: "1"
title: Workshops
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: fine, label: Fine, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}
scales:
  quality:
    - {id: excellent, label: Excellent work, score: 3}
    - {id: good, label: Good work, score: 2}
    - {id: weak, label: Weak work, score: 0}
facts:
  - {id: has_machines, title: Has machines, type: yes_no}
  - {id: is_open, title: Is open, type: yes_no}
standards:
  - id: W
    slug: work
    title: Work
    statement: Workshops work well.
    key_questions:
      - id: evidence
        ask: How good is the evidence?
        points: {percent_of: prompts}
        prompts:
          - {id: people, ask: How are people led?, answers: quality, weight: 2}
          - {id: processes, ask: Are processes written down?}
          - id: machines
            ask: How are machines kept?
            answers: quality
            applies_when: {fact: has_machines, is: yes}
        rating:
          mean_of: points
          bands: [{from: 70, rating: fine}, {from: 40, rating: fair}, {from: 0, rating: poor}]
          decided_on: rounded
          to: 0.1
      - id: sums
        ask: How much is there?
        applies_when: {fact: is_open, is: yes}
        points: {sum_of: prompts}
        prompts:
          - {id: tools, ask: Are there tools?, weight: 3}
          - {id: space, ask: How good is the space?, answers: quality}
        rating:
          percent_of: points
          bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]
          undetermined: exclude
          minimum_cases: 2
      - id: means
        ask: How good is it on average?
        points: {mean_of: prompts}
        prompts:
          - {id: start, ask: How does it start?, answers: quality, weight: 2}
          - {id: end, ask: How does it end?, answers: quality, weight: 3}
        rating: {sum_of: points}
overall: {take: lowest, of: standards}
"""
"""By hand: ``evidence`` of excellent, no, weak with machines is 100·(2·3 + 0 + 0) / (2·3 + 1 + 3) = 60."""
