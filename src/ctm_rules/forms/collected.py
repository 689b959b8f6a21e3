"""How what was collected with a form is read when it comes back from a server (``reading.yaml``), for each server."""

from __future__ import annotations

from typing import Literal, get_args

from ctm_rules.forms.xlsform import not_known
from ctm_rules.model.framework import Framework
from ctm_rules.yaml_files.layout import read_layout

Server = Literal["central", "kobo"]
"""ODK Central, and KoboToolbox."""

SERVERS: tuple[Server, ...] = get_args(Server)

_CENTRAL = """\
# How the CSV file that ODK Central exports of this form is read. Submissions that were rejected are left out; those
# that were not decrypted have no case, and are refused.
name_after_last: ["-"]
missing_values: [{value: NOT_KNOWN, label: not known}]
ignore_columns:
  - SubmissionDate
  - guidance.*
  - meta-*
  - KEY
  - SubmitterID
  - SubmitterName
  - AttachmentsPresent
  - AttachmentsExpected
  - Status
  - ReviewState
  - DeviceID
  - Edits
  - FormVersion
only_rows:
  ReviewState: {is_not: [rejected]}
"""

_KOBO = """\
# How the CSV or XLSX file that KoboToolbox exports of this form is read: XML values and headers, with or without
# groups. Submissions that were not approved are left out.
name_after_last: ["/"]
missing_values: [{value: NOT_KNOWN, label: not known}, {value: n/a, label: not asked}]
ignore_columns: [_*, guidance.*, meta/*, formhub/*]
only_rows:
  _validation_status: {is_not: [validation_status_not_approved, Not approved]}
"""


def reading_of(server: Server, framework: Framework) -> bytes:
    """Return the file that says how what a server exports is read."""
    text = _CENTRAL if server == "central" else _KOBO
    head = f"# Of a form by {framework.id} {framework.edition}.\n"
    layout = read_layout((head + text.replace("NOT_KNOWN", not_known(framework))).encode(), f"{server}.yaml")
    return layout.changed().write()
