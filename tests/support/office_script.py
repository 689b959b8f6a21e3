"""Fills in workbooks in LibreOffice, as a person would: run by the Python that has LibreOffice's library (uno).

Reads jobs as JSON from standard input: the workbook, what to put into which cell of which sheet, under which names to
save it, and which cells to read back. Prints what stands in these cells after everything was worked out.
"""

import json
import pathlib
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export", ".xls": "MS Excel 97"}


def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connected(pipe):
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(600):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not answer")


def done(desktop, job):
    hidden = (setting("Hidden", True),)
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(job["file"]), "_blank", 0, hidden)
    try:
        for sheet, cells in job.get("put", {}).items():
            there = document.Sheets.getByName(sheet)
            for name, value in cells.items():
                cell = there.getCellRangeByName(name)
                if isinstance(value, str):
                    cell.setString(value)
                else:
                    cell.setValue(value)
        for sheet, cuts in job.get("cut", {}).items():
            there = document.Sheets.getByName(sheet)
            for source, target in cuts.items():
                there.unprotect("")
                there.moveRange(
                    there.getCellRangeByName(target).CellAddress, there.getCellRangeByName(source).RangeAddress
                )
        document.calculateAll()
        for path in job.get("save", []):
            document.storeToURL(
                uno.systemPathToFileUrl(path), (setting("FilterName", FILTERS[pathlib.Path(path).suffix]),)
            )
        return {
            sheet: [list(row) for row in document.Sheets.getByName(sheet).getCellRangeByName(cells).getDataArray()]
            for sheet, cells in job.get("read", {}).items()
        }
    finally:
        document.close(True)


def main():
    program, profile, jobs = sys.argv[1], sys.argv[2], json.load(sys.stdin)
    pipe = f"forms{pathlib.Path(profile).stat().st_ino}"
    office = subprocess.Popen(
        [
            program,
            "--headless",
            "--norestore",
            "--nologo",
            f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        context = connected(pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        print(json.dumps([done(desktop, job) for job in jobs]))
        desktop.terminate()
        office.wait(60)
    finally:
        if office.poll() is None:
            office.kill()


main()
