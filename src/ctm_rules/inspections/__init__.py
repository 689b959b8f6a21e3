"""One provider's inspection: read, held against its framework, rated, explained, and shown the way to the next rating.

Hands on: `load_inspection` and `rate_inspection` (an `Inspection` to an `InspectionResult` with each `Divergence`);
`read_inspection_file` (the file as it is written, an `InspectionFile`, with the classes of its parts);
`cases_from_frame`; `explain_case` and `next_ratings`, each with what it gives; `kappa`, by which agreement is told.
Private: checks, dates, provider_in_forms.
"""
