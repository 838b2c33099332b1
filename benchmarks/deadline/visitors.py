"""Plays the authorities: more and more of them as the closing comes near, each with its own pace.

Standard library only, in a process of its own, to loopback only. Each visitor opens the section
with attachments, sends a file, opens the check page, presses submit, and reads the receipt. A
visitor has a moment at which they mean to press; when pages come slowly they press later.
"""

import http.client
import io
import json
import random
import re
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from benchmarks.deadline import HOST

PATIENCE = 90  # seconds for one answer
RUSH = 2.2  # the share that pressed by the moment t of T is (t/T) to this power
LAST_PRESS = 1.0  # seconds before closing that the very last means to press
PREPARATION = (30.0, 60.0)  # seconds before pressing that a visitor opens the section
QUERIES_HEADER = "X-Bench-Queries"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class Step:
    """One request with its answer."""

    name: str
    status: int
    seconds: float
    queries: int


@dataclass
class Visit:
    """What one visitor did and got."""

    reference: str
    kind: str
    sha256: str
    size: int
    meant_to_press: float
    steps: list[Step] = field(default_factory=list)
    pressed_at: float = 0.0
    receipt_after: float = 0.0
    receipt: str = ""
    fault: str = ""


class Browser:
    """A person's browser behind our proxy: cookies, and the headers that nginx adds."""

    def __init__(self, port: int, session: str, visit: Visit) -> None:
        self._port = port
        self._cookies = {"sessionid": session}
        self._visit = visit

    def get(self, name: str, path: str) -> str:
        return self._ask(name, "GET", path, b"", "")

    def post(self, name: str, path: str, body: bytes, content_type: str) -> str:
        """The address that the answer leads to."""
        return self._ask(name, "POST", path, body, content_type)

    def _ask(self, name: str, method: str, path: str, body: bytes, content_type: str) -> str:
        began = time.monotonic()
        headers = {
            "Host": HOST,
            "Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items()),
            "Referer": f"https://{HOST}{path}",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": "https",
            "X-Request-Start": f"t={time.time():.3f}",
        }
        if content_type:
            headers["Content-Type"] = content_type
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            page = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[key] = value
        queries = int(answer.headers.get(QUERIES_HEADER) or -1)
        self._visit.steps.append(Step(name, answer.status, time.monotonic() - began, queries))
        if answer.status >= 400:
            raise RuntimeError(f"{name}: {answer.status}")
        if method == "POST":
            if answer.status != http.HTTPStatus.FOUND:
                raise RuntimeError(f"{name}: refused, the page says why")
            return urlsplit(answer.headers["Location"]).path
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{name}: sent to {answer.headers.get('Location')}")
        return page.decode()


# --- What they send ------------------------------------------------------------------------------


def pdf(size: int, dice: random.Random) -> bytes:
    """A sound PDF of about this size: one page with a picture of noise, as a scan has."""
    noise = dice.randbytes(size)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(noise), noise),
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(
        b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return out.getvalue()


def docx(size: int, dice: random.Random) -> bytes:
    """A Word file of about this size."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<document/>")
        archive.writestr("word/media/image1.jpeg", dice.randbytes(size))
    return out.getvalue()


def attachment(number: int, dice: random.Random) -> tuple[str, bytes]:
    """Half are scans of 1 to 2 MB, a quarter small PDFs, a quarter Word files."""
    match number % 4:
        case 0 | 2:
            return f"collegebesluit-{number}.pdf", pdf(dice.randint(1_000_000, 2_000_000), dice)
        case 1:
            return f"intentieverklaring-{number}.pdf", pdf(dice.randint(40_000, 250_000), dice)
        case _:
            return f"marktverkenning-{number}.docx", docx(dice.randint(150_000, 600_000), dice)


def multipart(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    """A form with a file, as a browser sends it."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    parts += [head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


# --- What they do --------------------------------------------------------------------------------


def play(port: int, line: dict[str, str], visit: Visit, name: str, content: bytes) -> None:
    """One visitor from the first page to the receipt."""
    browser = Browser(port, line["session"], visit)
    own = f"/voorstellen/{line['reference']}"
    section = f"{own}/deel/{line['section']}/"
    ready = visit.meant_to_press - random.uniform(*PREPARATION)
    wait_until(ready)
    try:
        page = browser.get("open the section", section)
        fields = {"csrfmiddlewaretoken": token_of(page), "action": "add", "description": name}
        wait_until(ready + (visit.meant_to_press - ready) / 3)
        body, content_type = multipart(fields, name, content)
        browser.post("send the file", section, body, content_type)
        browser.get("see the file", section)
        wait_until(ready + (visit.meant_to_press - ready) * 2 / 3)
        page = browser.get("open the check page", f"{own}/nakijken/")
        wait_until(visit.meant_to_press)
        visit.pressed_at, began = time.time(), time.monotonic()
        body = urlencode({"csrfmiddlewaretoken": token_of(page)}).encode()
        form = "application/x-www-form-urlencoded"
        visit.receipt = browser.post("submit", f"{own}/indienen/", body, form)
        page = browser.get("read the receipt", visit.receipt)
        visit.receipt_after = time.monotonic() - began
        if not visit.receipt.startswith(f"{own}/versies/1/") or line["reference"] not in page:
            visit.fault = f"no receipt at {visit.receipt}"
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        visit.fault = str(error) or type(error).__name__


def token_of(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found.group(1)


def wait_until(moment: float) -> None:
    time.sleep(max(moment - time.time(), 0))


def moments(count: int, closes_at: float, seconds: float) -> Iterator[float]:
    """When they mean to press: a few at first, a crowd at the end."""
    begin, room = closes_at - seconds, seconds - LAST_PRESS
    for number in range(1, count + 1):
        yield begin + room * (number / count) ** (1 / RUSH)


def main(port: int, plan: Path, result: Path, closes_at: float) -> None:
    dice = random.Random(2026)
    random.seed(2026)
    lines: list[dict[str, str]] = json.loads(plan.read_text())
    visits, threads = [], []
    meant = moments(len(lines), closes_at, closes_at - time.time())
    for number, (line, press) in enumerate(zip(lines, meant, strict=True)):
        name, content = attachment(number, dice)
        digest = sha256(content).hexdigest()
        visit = Visit(line["reference"], name.rpartition(".")[2], digest, len(content), press)
        visits.append(visit)
        threads.append(threading.Thread(target=play, args=(port, line, visit, name, content)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    result.write_text(
        json.dumps([{**vars(v), "steps": [vars(s) for s in v.steps]} for v in visits])
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
