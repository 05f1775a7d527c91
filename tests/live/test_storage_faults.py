"""Storage that is full, refuses writes, or loses them: nothing half-written stays."""

import random
from collections.abc import Iterator

import pytest
from django.db import connections

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.live.calls import APP, Caller, data_path, path_of
from tests.live.small_disks import disk_that_loses_writes, read_only, small_disk
from tests.servers import Inside, LiveServer, Template

KIBIBYTE, MEBIBYTE = 2**10, 2**20
SMALL = b"%PDF-1.4 small"
LARGE = random.Random(5).randbytes(4 * MEBIBYTE)
_TABLES = (Instance, DataElement, InstanceEvent, CloudEvent)
_REFUSING_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
 $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$;
CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON instances_instanceevent
 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@pytest.fixture
def server(template: Template) -> Iterator[LiveServer]:
    """A server whose disks the test may break."""
    with template.server() as running:
        yield running


def test_a_full_disk_refuses_content_and_keeps_none_of_it(
    server: LiveServer, inside: Inside
) -> None:
    """The next that fits is stored"""
    user = Caller.user(server)
    guid = user.create()
    with small_disk(server.folder / "blobs", kibibytes=1024):
        before = stored(server, inside)
        _assert_refused(_upload(user, guid, LARGE), 503, "storage-unavailable")
        assert stored(server, inside) == before
        assert _upload(user, guid, SMALL).status == 201


def test_a_full_disk_makes_no_instance_of_one_that_comes_with_content(
    server: LiveServer, inside: Inside
) -> None:
    """All or nothing, the parts that fit too"""
    user = Caller.user(server)
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="vedlegg"; filename="v.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n"
        for content in (SMALL, LARGE)
    )
    with small_disk(server.folder / "blobs", kibibytes=1024):
        before = stored(server, inside)
        answer = user.call(
            "POST",
            f"{APP}?instanceOwnerPartyId={PROPOSAL_PARTY}",
            body=parts + b"--b--",
            content_type="multipart/form-data; boundary=b",
        )
        _assert_refused(answer, 503, "storage-unavailable")
        assert stored(server, inside) == before


def test_a_disk_that_refuses_writes_is_a_503_until_it_takes_them(
    server: LiveServer, inside: Inside
) -> None:
    """What is stored already is still handed out"""
    user = Caller.user(server)
    guid = user.create()
    with small_disk(server.folder / "blobs", kibibytes=1024):
        kept = _upload(user, guid, SMALL)
        before = stored(server, inside)
        with read_only(server.folder / "blobs"):
            answer = _upload(user, guid, SMALL)
            _assert_refused(answer, 503, "storage-unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            got = user.call("GET", path_of(kept.headers["Location"]))
            assert (got.status, got.body) == (200, SMALL)
        assert stored(server, inside) == before
        assert _upload(user, guid, SMALL).status == 201


def test_content_that_fsync_loses_is_not_confirmed(
    server: LiveServer, inside: Inside
) -> None:
    """Bytes are on disk before a row tells of them"""
    user = Caller.user(server)
    guid = user.create()
    disk = disk_that_loses_writes(server.folder / "blobs", beside=server.folder)
    with disk:
        before = stored(server, inside)
        answer = _upload(user, guid, LARGE)
        _assert_refused(answer, 503, "storage-unavailable")
        assert stored(server, inside) == before


def test_a_commit_that_fails_is_a_503_and_leaves_no_row(
    server: LiveServer, inside: Inside
) -> None:
    """The bytes are an orphan, which the sweep finds: nobody knew what was committed"""
    user = Caller.user(server)
    guid = user.create()
    with inside(server) as alias:
        if connections[alias].vendor == "sqlite":
            pytest.skip("SQLite's commit fails on a full disk; see below")
        with connections[alias].cursor() as cursor:
            cursor.execute(_REFUSING_COMMIT)
    rows = stored(server, inside)[0]
    _assert_refused(_upload(user, guid, SMALL), 503, "database-unavailable")
    assert stored(server, inside)[0] == rows
    swept = server.manage("sweep_blobs", "--older-than", "0", "--execute")
    assert f"found 1 orphans ({len(SMALL)} bytes), removed 1." in swept


def test_a_database_on_a_full_disk_confirms_what_it_keeps_and_no_more(
    server: LiveServer, inside: Inside
) -> None:
    """SQLite: each call is a 201 that is there, or a 503 that is not"""
    if server.database_url.startswith("postgres"):
        pytest.skip("the disk of a shared PostgreSQL is not ours to fill")
    server.kill()
    used = sum(path.stat().st_size for path in server.folder.rglob("*"))
    with small_disk(server.folder, kibibytes=used // KIBIBYTE + 3 * KIBIBYTE):
        server.start()
        user = Caller.user(server)
        made, refused = set(), []
        while len(refused) < 3:
            answer = user.call("POST", f"{APP}?instanceOwnerPartyId={PROPOSAL_PARTY}")
            if answer.status == 201:
                made.add(str(answer.json()["id"]).partition("/")[2])
            else:
                refused.append(answer)
            assert len(made) < 10_000
        for answer in refused:
            _assert_refused(answer, 503, "database-unavailable")
        with inside(server) as alias:
            keys = Instance.objects.using(alias).values_list("pk", flat=True)
            assert {str(key) for key in keys} == made
            # Created, started, in its first task.
            assert InstanceEvent.objects.using(alias).count() == 3 * len(made)
            assert CloudEvent.objects.using(alias).count() == len(made)
        server.kill()


def stored(server: LiveServer, inside: Inside) -> tuple[object, ...]:
    """Return all that is stored: the rows of each table, and the blobs."""
    with inside(server) as alias:
        rows = [
            list(model.objects.using(alias).order_by("pk").values())
            for model in _TABLES
        ]
    return rows, server.blobs()


def _upload(user: Caller, guid: str, content: bytes) -> Answer:
    return user.stream(
        "POST",
        data_path(guid, "vedlegg"),
        [content],
        content_type="application/pdf",
        length=len(content),
        filename="vedlegg.pdf",
    )


def _assert_refused(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status, answer.text
    assert answer.json()["code"] == code
