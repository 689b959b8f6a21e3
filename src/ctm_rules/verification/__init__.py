"""`verify`: a result read back, the standards that it rests on found by their checksum, and everything computed anew.

Hands on: `load_result` (ratings from what their method returns as plain data, or ``--json`` prints) and `verify_result`
(a `Verification` with each `Difference`).
Private: recorded, standards, typed_data.
"""
