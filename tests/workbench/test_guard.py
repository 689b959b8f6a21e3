"""Nobody but the browser of whoever started it talks to the workbench, and that only from its own pages."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from ctm_rules.limits import MAX_FORM_BYTES, MAX_FORM_FIELDS
from ctm_rules.workbench.app import DO, READ
from ctm_rules.workbench.guard import HEADERS
from tests.support.right_framework import RIGHT
from tests.support.workbench import HOST, ORIGIN, PORT, Browser, ask


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """One for all: nothing of what is tried here does anything."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "secret.txt").write_text("a secret", encoding="utf-8")
    return Browser.opened(Path(shutil.copytree(RIGHT, folder / "standards" / "kitchens" / "2026")))


FORM = ("Content-Type", "application/x-www-form-urlencoded")


def post(browser: Browser, address: str, body: bytes = b"back=%2F", **headers: str) -> int:
    """Post with the cookie, and with headers that an attacker's page could have the browser send."""
    said = {"Host": HOST, "Origin": ORIGIN, "Content-Length": str(len(body)), **{}}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    listed = [*((name, value) for name, value in said.items() if value), FORM, ("Cookie", browser.cookie)]
    return ask(browser.guard, "POST", address, body, listed).status


@pytest.mark.parametrize("address", sorted(READ), ids=lambda address: address.translate({123: None, 125: None}))
def test_nothing_is_read_without_the_cookie(browser: Browser, address: str) -> None:
    answer = ask(browser.guard, "GET", address, headers=[("Host", HOST)])
    assert answer.status == 403
    assert "itchens" not in answer.text


@pytest.mark.parametrize("address", sorted(DO))
@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("https://example.org", id="another site"),
        pytest.param(f"http://127.0.0.1:{PORT + 1}", id="another port"),
        pytest.param(f"http://localhost:{PORT}", id="another name of this machine"),
        pytest.param(f"https://{HOST}", id="another scheme"),
        pytest.param("null", id="a page from nowhere"),
        pytest.param("", id="no origin"),
    ],
)
def test_a_post_of_another_page_does_nothing(browser: Browser, address: str, origin: str) -> None:
    before = browser.session.revision
    assert post(browser, address, Origin=origin) == 403
    assert browser.session.revision == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_asks_for_is_not_answered(browser: Browser, site: str) -> None:
    headers = [("Host", HOST), ("Cookie", browser.cookie), ("Sec-Fetch-Site", site)]
    assert ask(browser.guard, "GET", "/", headers=headers).status == 403
    assert post(browser, "/undo", Sec_Fetch_Site=site) == 403


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("attacker.example:49152", id="a name that leads here"),
        pytest.param("127.0.0.1", id="without the port"),
        pytest.param("127.0.0.1:80", id="another port"),
        pytest.param("127.0.0.1:49152.attacker.example", id="a longer name"),
        pytest.param("[::1]:49152", id="another address"),
        pytest.param("", id="none"),
    ],
)
def test_another_name_of_the_machine_is_not_answered(browser: Browser, host: str) -> None:
    headers = [("Host", host)] if host else []
    answer = ask(browser.guard, "GET", "/", headers=[*headers, ("Cookie", browser.cookie)])
    assert answer.status == 421
    assert "itchens" not in answer.text


def test_two_hosts_or_origins_are_believed_neither(browser: Browser) -> None:
    twice = [("Host", HOST), ("Host", "attacker.example")]
    assert ask(browser.guard, "GET", "/", headers=[*twice, ("Cookie", browser.cookie)]).status == 421
    listed = [("Host", HOST), ("Origin", ORIGIN), ("Origin", "https://example.org"), ("Cookie", browser.cookie)]
    assert ask(browser.guard, "POST", "/undo", b"", [*listed, FORM, ("Content-Length", "0")]).status == 403


def test_the_address_opens_the_workbench_once(browser: Browser) -> None:
    again = ask(browser.guard, "GET", browser.guard.start_address, headers=[("Host", HOST)])
    assert (again.status, "set-cookie" in again.headers) == (403, False)


def test_the_cookie_is_no_token_and_says_its_port(browser: Browser) -> None:
    name, _, value = browser.cookie.partition("=")
    assert str(PORT) in name
    assert value != browser.guard.token
    wrong = [("Host", HOST), ("Cookie", f"{name}={browser.guard.token}")]
    assert ask(browser.guard, "GET", "/", headers=wrong).status == 403


@pytest.mark.parametrize(
    "token", ["", "wrong", "x" * 10_000, "%00"], ids=["none", "another", "a long one", "a nought byte"]
)
def test_a_wrong_token_opens_nothing(kitchens: Path, token: str) -> None:
    guard = Browser.opened(kitchens).guard
    guard._is_opened = False
    answer = ask(guard, "GET", f"/start?token={token}", headers=[("Host", HOST)])
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_there_is_no_websocket(browser: Browser) -> None:
    headers = [("Host", HOST), ("Cookie", browser.cookie), ("Origin", ORIGIN)]
    assert ask(browser.guard, "GET", "/", headers=headers, kind="websocket").status == 1008


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(browser: Browser, method: str) -> None:
    assert ask(browser.guard, method, "/", headers=[("Host", HOST), ("Cookie", browser.cookie)]).status == 405


def test_every_answer_has_a_strict_policy(browser: Browser) -> None:
    for answer in (browser.get("/"), browser.get("/nothing"), ask(browser.guard, "GET", "/", headers=[])):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("length", "status"),
    [
        pytest.param("10485760", 413, id="ten megabytes"),
        pytest.param(str(MAX_FORM_BYTES + 1), 413, id="one byte more"),
        pytest.param("9" * 5000, 413, id="a number without an end"),
        pytest.param("-1", 411, id="less than nothing"),
        pytest.param("1e3", 411, id="no whole number"),
        pytest.param("", 411, id="not said"),
    ],
)
def test_a_post_that_is_too_long_is_never_read(browser: Browser, length: str, status: int) -> None:
    assert post(browser, "/change?file=framework.yaml", Content_Length=length) == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b'{"do": "keep"}', "application/json", id="JSON"),
        pytest.param(b"do=keep", "text/plain", id="text"),
        pytest.param(b"do=%ff%fe", "application/x-www-form-urlencoded", id="no text"),
        pytest.param(b"\xff", "application/x-www-form-urlencoded", id="no form"),
        pytest.param(b"do", "application/x-www-form-urlencoded", id="a name without a value"),
        pytest.param(b"a=1&" * MAX_FORM_FIELDS + b"a=1", "application/x-www-form-urlencoded", id="too many fields"),
    ],
)
def test_what_is_no_form_does_nothing(browser: Browser, body: bytes, kind: str) -> None:
    headers = [("Host", HOST), ("Origin", ORIGIN), ("Cookie", browser.cookie), ("Content-Type", kind)]
    answer = ask(browser.guard, "POST", "/undo", body, [*headers, ("Content-Length", str(len(body)))])
    assert answer.status == 400
    assert answer.text.endswith("nothing was done.")


@pytest.mark.parametrize(
    "file",
    [
        "../../../secret.txt",
        "/etc/passwd",
        "..%2f..%2fsecret.txt",
        "framework.yaml/../../x",
        "C:\\secret",
        "\0",
        "",
        ".",
    ],
    ids=["above", "absolute", "in percents", "below a file", "of Windows", "nothing printed", "empty", "here"],
)
@pytest.mark.parametrize("address", ["/text", "/change", "/add"])
def test_no_other_file_is_read_or_written(browser: Browser, address: str, file: str) -> None:
    secret = browser.session.path.parents[2] / "secret.txt"
    assert secret.is_file()
    assert "a secret" not in browser.get(address, file=file).text
    answer = browser.post(f"{address}?file={file}", {"text": "gone", "do": "keep", "was": ""})
    assert answer.status in (303, 409, 422)  # without a file there is only the list of them
    assert browser.session.changes.files == ()
    assert secret.read_text(encoding="utf-8") == "a secret"


@pytest.mark.parametrize("name", ["../guard.py", "..%2fguard.py", "guard.py", "frame.html.jinja", "workbench.css/../x"])
def test_no_other_file_of_the_library_is_served(browser: Browser, name: str) -> None:
    answer = browser.get(f"/static/{name}")
    assert answer.status == 404
    assert "import" not in answer.text


def test_it_is_served_on_this_machine_alone_until_it_is_ended(kitchens: Path) -> None:
    """With a real server: the address opens it once, its pages are read with the cookie, and Ctrl-C ends it."""
    command = [sys.executable, "-m", "ctm_rules", "workbench", str(kitchens), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)(/start\?token=\S+)", said)
            assert found is not None, said
            connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
            connection.request("GET", found[2])
            opened = connection.getresponse()
            opened.read()
            cookie = str(opened.getheader("set-cookie"))
            assert opened.status == 303
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            connection.request("GET", found[2])
            again = connection.getresponse()
            again.read()
            assert again.status == 403
            connection.request("GET", "/", headers={"Cookie": cookie.partition(";")[0]})
            page = connection.getresponse()
            assert "Everything is saved." in page.read().decode()
            connection.close()
        finally:
            process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert errors == ""
        assert process.returncode in (0, 130)
