"""A small workbook, part by part, so that tests can put anything in place of a part."""

from __future__ import annotations

import io
import zipfile

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PLACES = {
    "types": "[Content_Types].xml",
    "root": "_rels/.rels",
    "related": "xl/_rels/workbook.xml.rels",
    "book": "xl/workbook.xml",
    "texts": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "other": "xl/worksheets/sheet2.xml",
}

PARTS = {
    "types": f"""\
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>
</Types>""",
    "root": f"""\
<Relationships xmlns="{_PACKAGE}">
<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "related": f"""\
<Relationships xmlns="{_PACKAGE}">
<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="t" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>
</Relationships>""",
    "book": f"""\
<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "texts": f"""\
<sst xmlns="{_MAIN}"><si><t>shared</t></si>
<si><r><t>ri</t></r><r><t>ch</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>""",
    "styles": f"""\
<styleSheet xmlns="{_MAIN}">
<numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs>
</styleSheet>""",
    "sheet": f"""\
<worksheet xmlns="{_MAIN}"><sheetData></sheetData></worksheet>""",
    "other": f"""\
<worksheet xmlns="{_MAIN}"><sheetData><row><c t="str"><v>other</v></c></row></sheetData></worksheet>""",
}


def workbook(**changed: str | bytes | None) -> bytes:
    """Return the workbook with some of its parts changed or (``None``) left out."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in ({**PARTS, **changed}).items():
            if part is not None:
                archive.writestr(_PLACES[name], part)
    return content.getvalue()


def sheet(rows: str) -> str:
    """Return a sheet with these rows."""
    return PARTS["sheet"].replace("<sheetData>", f"<sheetData>{rows}")
