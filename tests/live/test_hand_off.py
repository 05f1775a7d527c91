"""Downloads that nginx sends, configured as docs/operations.md says."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench.ports import held_port
from data_elements.models import DataElement
from tests.factories import FORM
from tests.live.calls import Caller
from tests.servers import ROOT, Inside, LiveServer, Template, wait_until

_BLOCK = re.compile(r"^```nginx\n(location /blobs/ .*?)^```", re.MULTILINE | re.DOTALL)
_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host localhost:{behind};
        }}
        {block}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came through nginx."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Front:
    """A server behind nginx, and an element in it."""

    server: LiveServer
    port: int
    path: str
    user: Caller

    def get(
        self, path: str = "", *, by: Caller | None = None, **headers: str
    ) -> Answer:
        """GET through nginx."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            sent = {**(by or self.user).headers(), **named}
            connection.request("GET", path or self.path, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def front(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """A server that hands off to nginx."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed; CI may not do without it.")
        pytest.skip("needs nginx")
    folder = tmp_path_factory.mktemp("nginx")
    behind = template.server(ALTINN_BLOB_HAND_OFF="x-accel")
    with held_port() as port, behind as server:
        (block,) = _BLOCK.findall((ROOT / "docs" / "operations.md").read_text())
        blobs = f"{server.folder / 'blobs'}/"
        configuration = folder / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                port=port,
                behind=server.port,
                block=block.replace("/var/lib/altinn/blobs/", blobs),
            )
        )
        process = subprocess.Popen(
            [nginx, "-c", configuration, "-p", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            user = Caller.user(server)
            guid = user.create()
            stored = user.fill_in(guid).json()["data"][0]["id"]
            path = f"/nav/app2018/instances/{guid}/data/{stored}"
            front = Front(server, port, path, user)
            wait_until(lambda: _listens(front))
            yield front
        finally:
            process.kill()
            process.wait(timeout=300)


def _listens(front: Front) -> bool:
    try:
        return front.get("/health").status == 200
    except OSError:
        return False


def test_nginx_sends_the_content_with_the_servers_headers(front: Front) -> None:
    """X-Accel-Redirect: type, name, tag and defences are as without it"""
    direct = front.user.call("HEAD", front.path)
    answer = front.get()
    assert (answer.status, answer.body) == (200, FORM)
    for name in (
        "Content-Type",
        "Content-Length",
        "Content-Disposition",
        "Content-Security-Policy",
        "Cache-Control",
        "ETag",
        "Referrer-Policy",
        "Vary",
        "X-Content-Type-Options",
    ):
        assert answer.headers[name] == direct.headers[name], name
    assert "X-Accel-Redirect" not in answer.headers
    alone = front.user.call("GET", front.path)
    assert alone.body == b""  # so it was not the server that sent it


def test_nginx_answers_ranges(front: Front) -> None:
    for asked, start, end in [
        ("bytes=0-4", 0, 5),
        ("bytes=7-", 7, len(FORM)),
        ("bytes=-9", len(FORM) - 9, len(FORM)),
    ]:
        answer = front.get(Range=asked)
        assert (answer.status, answer.body) == (206, FORM[start:end])
        whole = f"bytes {start}-{end - 1}/{len(FORM)}"
        assert answer.headers["Content-Range"] == whole
    assert front.get(Range="bytes=99999999-").status == 416
    assert front.get(Range="bytes=0-1,3-4").body == FORM


def test_the_server_answers_what_names_its_entity_tag(front: Front) -> None:
    etag = front.get().headers["ETag"]
    assert front.get(If_None_Match=etag).status == 304
    part = front.get(Range="bytes=0-4", If_Range=etag)
    assert (part.status, part.body) == (206, FORM[:5])
    assert front.get(Range="bytes=0-4", If_Range='"other"').body == FORM


def test_nobody_reaches_the_contents_past_the_server(
    front: Front, inside: Inside
) -> None:
    """The location is internal, and a stranger gets no hand-off"""
    with inside(front.server) as alias:
        key = DataElement.objects.using(alias).get().blob_key
    assert front.get(f"/blobs/{key}").status == 404
    stranger = Caller.user(front.server, 1002)
    refused = front.get(by=stranger)
    assert refused.status == 403
    assert b"not-permitted" in refused.body


def test_an_owners_download_through_nginx_is_recorded(
    front: Front, inside: Inside
) -> None:
    owner = Caller.owner(front.server)
    answer = front.get(by=owner)
    assert answer.status == 200, answer.body
    with inside(front.server) as alias:
        assert len(DataElement.objects.using(alias).get().owner_downloads) == 1


def test_what_is_lost_is_a_problem_of_the_servers(front: Front, inside: Inside) -> None:
    """Not a page of nginx's"""
    with inside(front.server) as alias:
        key = DataElement.objects.using(alias).get().blob_key
    path: Path = front.server.folder / "blobs" / key
    path.rename(f"{path}.away")
    try:
        answer = front.get()
        assert answer.status == 404
        assert b"content-missing" in answer.body
        assert f'"key": "{key}"' in front.server.log
        assert "blob_missing" in front.server.log
    finally:
        Path(f"{path}.away").rename(path)
