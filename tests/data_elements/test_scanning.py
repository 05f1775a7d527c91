"""Content that waits for a malware scan, with ClamAV's own daemon where it is."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from altinn import worker
from altinn.checks import check_app_hooks
from cleanup import pruning
from common import leases
from common.leases import LeaseLost
from common.work import Hold
from data_elements import blobs, scanning, services
from data_elements.blobs import Incoming
from data_elements.choices import FileScanResult
from data_elements.models import DataElement, FileScan
from data_elements.scanners.clamav import ClamAV
from data_elements.scanners.port import ScanFailed, ScannerMisconfigured
from data_elements.services import Content
from tests import cast, clamd
from tests.api.application.test_simple_instantiation import change_types
from tests.cast import SOPHIE_PRINCIPAL
from tests.changed_app import deploy
from tests.clamd import EICAR, Daemon
from tests.client import Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance, sample_app

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/nav/app2018/instances"
NOWHERE = "clamav://127.0.0.1:9"  # nobody listens there


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """ClamAV's daemon, once for all tests of this process."""
    if not clamd.INSTALLED:
        pytest.skip("clamd is not installed, so nothing is scanned for real")
    with TemporaryDirectory(prefix="clamd") as folder, clamd.running(Path(folder)) as d:
        yield d


@pytest.fixture
def scanned(sandbox: None, tmp_path: Path, settings: LazySettings) -> None:
    """The sample's attachments are scanned, by a scanner that is away."""

    def scan_attachments(metadata: dict[str, Any]) -> None:
        metadata["dataTypes"][1]["enableFileScan"] = True

    settings.ALTINN_FILE_SCAN = NOWHERE
    deploy(tmp_path, scan_attachments)


def scan_all() -> int:
    """Let the worker do what is due of this room, once."""
    stop = threading.Event()
    return worker.run(worker.named(["data_elements"]), stop=stop, once=True)


def attach(app: Api, url: str, content: bytes) -> str:
    """Add an attachment; return its id."""
    answer = app.post(
        f"{url}/data?dataType=vedlegg",
        body=content,
        content_type="application/pdf",
        filename="a.pdf",
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["fileScanResult"] == "Pending"
    return str(answer.json()["id"])


def result_of(element_id: object) -> str:
    """Return what is noted of an element."""
    return DataElement.objects.get(pk=element_id).get_scan_result_display()


# --- with the daemon ------------------------------------------------------------------
@pytest.mark.usefixtures("scanned")
def test_an_instance_goes_on_when_its_files_are_clean(
    app: Api, daemon: Daemon, settings: LazySettings
) -> None:
    """D-26, S-195, A-196: until then the step is a 409 that says when to come back"""
    url = f"{INSTANCES}/{make_instance(filled=True).instance_id}"
    attached = attach(app, url, PDF)
    waiting = app.put(f"{url}/process/next")
    problem = assert_problem(waiting, 409, code="task-not-complete")
    assert problem["pendingScans"] == [attached]
    assert waiting["Retry-After"] == "30"
    assert app.get(f"{url}/data/{attached}").status_code == 200
    settings.ALTINN_FILE_SCAN = f"clamav://127.0.0.1:{daemon.port}"
    assert scan_all() == 1
    assert result_of(attached) == "Clean"
    assert FileScan.objects.get().state == "done"
    moved = app.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    assert "Retry-After" not in moved


@pytest.mark.usefixtures("scanned")
def test_malware_is_found_and_handed_out_to_nobody(
    app: Api, owner_app: Api, daemon: Daemon, settings: LazySettings
) -> None:
    """D-26, S-141, Z-119: by the socket of this machine, too"""
    url = f"{INSTANCES}/{make_instance(filled=True).instance_id}"
    attached = attach(app, url, EICAR)
    settings.ALTINN_FILE_SCAN = daemon.path
    assert scan_all() == 1
    assert result_of(attached) == "Infected"
    for api in (app, owner_app):
        answer = api.get(f"{url}/data/{attached}")
        assert_problem(answer, 403, code="data-element-infected")
    stuck = app.put(f"{url}/process/next")
    problem = assert_problem(stuck, 409, code="task-not-complete")
    assert problem["pendingScans"] == []
    assert "Retry-After" not in stuck


@pytest.mark.usefixtures("scanned")
def test_content_that_came_meanwhile_is_not_marked(
    daemon: Daemon, settings: LazySettings
) -> None:
    """D-26: the result is of the content that was scanned"""
    settings.ALTINN_FILE_SCAN = daemon.path
    element = make_element(
        instance=make_instance(), type_id="vedlegg", content=EICAR + b"x" * 2**17
    )
    lease = timedelta(minutes=5)
    (row,) = leases.claim(
        FileScan.objects.all(),
        limit=1,
        lease=lease,
        most_attempts=9,
        now=timezone.now(),
    )
    replaced: list[bool] = []

    def replace_once() -> bool:
        if not replaced:
            replaced.append(True)
            _replace(element, PDF)
        return False

    assert scanning.scan(row, Hold(row, lease, stopping=replace_once)) is not None
    with pytest.raises(LeaseLost):
        leases.finish(row)
    assert result_of(element.pk) == "Pending"
    assert scan_all() == 1
    assert result_of(element.pk) == "Clean"


def _replace(element: DataElement, content: bytes) -> None:
    fresh = DataElement.objects.select_related("instance").get(pk=element.pk)
    with blobs.stored(Incoming(BytesIO(content), max_bytes=2**20)) as blob:
        services.replace_content(
            SOPHIE_PRINCIPAL,
            element=fresh,
            data_type=sample_app().data_type("vedlegg"),
            content=Content(blob, "application/pdf", "b.pdf"),
        )


def test_more_than_the_daemon_takes_is_never_clean(daemon: Daemon) -> None:
    """D-26: it says so, and nothing is concluded from its silence"""
    scanner = ClamAV(path=daemon.path)
    with pytest.raises(ScanFailed, match=r"size limit exceeded|does not go on"):
        scanner.scan([b"a" * 2**16] * (clamd.MOST_BYTES // 2**16 + 8))
    assert scanner.scan([EICAR[:30], EICAR[30:]]).malware.startswith("Eicar")
    assert scanner.scan([b"", b"harmless"]).is_clean


# --- without it -----------------------------------------------------------------------
@pytest.mark.usefixtures("scanned")
def test_while_the_scanner_is_away_content_waits() -> None:
    """D-11, D-26: tried again later and later, then dead, and never clean"""
    element = make_element(instance=make_instance(), type_id="vedlegg", content=PDF)
    began = timezone.now()
    assert scan_all() == 1
    row = FileScan.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.due_at is not None
    assert row.due_at > began + timedelta(seconds=5)
    assert row.last_error.startswith("ScanFailed: The scanner cannot be reached")
    (work,) = scanning.WORK
    FileScan.objects.update(due_at=timezone.now(), attempts=work.most_attempts - 1)
    assert scan_all() == 1
    assert FileScan.objects.get().state == "dead"
    assert scan_all() == 0
    assert result_of(element.pk) == "Pending"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",
        b"stream: OK FOUN\0",
        b"UNKNOWN COMMAND\0",
        b"\0",
        b"x" * 9000,
    ],
)
def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    """D-26: what is not said to be clean is not clean"""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(2**16)
                caller.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        scanner = ClamAV(host="127.0.0.1", port=server.getsockname()[1])
        with pytest.raises(ScanFailed):
            scanner.scan([b"content"])
        thread.join()


@pytest.mark.usefixtures("scanned")
def test_only_types_that_ask_for_it_are_scanned(app: Api, tmp_path: Path) -> None:
    """D-26: whichever way the content comes"""
    instance = make_instance(filled=True)
    assert not FileScan.objects.exists()
    attach(app, f"{INSTANCES}/{instance.instance_id}", PDF)
    part = (
        b'--B\r\nContent-Disposition: form-data; name="vedlegg"; filename="a.pdf"\r\n'
    )
    part += b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--B--\r\n"
    made = app.post(
        f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}",
        body=part,
        content_type="multipart/form-data; boundary=B",
    )
    assert made.status_code == 201, made.content
    waiting = DataElement.objects.filter(data_type="vedlegg")
    scans = FileScan.objects.values_list("element_id", flat=True)
    assert set(scans) == {one.pk for one in waiting}
    assert len(scans) == 2


@pytest.mark.usefixtures("scanned")
def test_a_result_from_elsewhere_settles_the_scan(platform: Api) -> None:
    """S-195: and what is done is pruned"""
    element = make_element(instance=make_instance(), type_id="vedlegg", content=PDF)
    url = f"/storage/api/v1/instances/{element.instance.instance_id}"
    url = f"{url}/dataelements/{element.id}/filescanstatus"
    answer = platform.put(url, json={"fileScanResult": "Clean"})
    assert answer.status_code == 200, answer.content
    assert FileScan.objects.get().state == "done"
    assert scan_all() == 0
    pruning.prune(now=timezone.now(), execute=True)
    assert not FileScan.objects.exists()


@pytest.mark.usefixtures("scanned")
def test_what_waited_before_there_was_a_scanner_is_found(
    daemon: Daemon, settings: LazySettings
) -> None:
    """D-11: when the worker begins"""
    element = make_element(instance=make_instance(), type_id="vedlegg", content=PDF)
    FileScan.objects.all().delete()
    settings.ALTINN_FILE_SCAN = ""
    assert scan_all() == 0
    settings.ALTINN_FILE_SCAN = daemon.path
    assert scan_all() == 1
    assert result_of(element.pk) == "Clean"


@pytest.mark.usefixtures("scanned")
def test_an_element_that_is_gone_is_put_down(daemon: Daemon) -> None:
    """D-11"""
    make_element(instance=make_instance(), type_id="vedlegg", content=PDF)
    DataElement.objects.all().delete()
    assert scan_all() == 1
    assert FileScan.objects.get().state == "done"


# --- the setting ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "scanner"),
    [
        ("", None),
        ("clamav://scan.example:3310", ClamAV(host="scan.example", port=3310)),
        ("clamav:///run/clamd.ctl", ClamAV(path="/run/clamd.ctl")),
        ("/run/clamd.ctl", ClamAV(path="/run/clamd.ctl")),
    ],
)
def test_the_setting_names_a_scanner(address: str, scanner: ClamAV | None) -> None:
    """D-26"""
    assert scanning.scanner_of(address) == scanner


@pytest.mark.parametrize(
    "address",
    ["clamav://", "clamav://host", "clamav://host:x", "clamav://h:1/p", "icap://h:1"],
)
def test_a_setting_that_names_none_is_found_at_start(
    address: str, settings: LazySettings
) -> None:
    """altinn.E034"""
    with pytest.raises(ScannerMisconfigured):
        scanning.scanner_of(address)
    settings.ALTINN_FILE_SCAN = address
    found = {message.id for message in check_app_hooks(None)}
    assert found == {"altinn.E034"}


def test_a_scanned_form_waits_too(app: Api, settings: LazySettings) -> None:
    """D-26: forms are content like any other"""
    settings.ALTINN_FILE_SCAN = NOWHERE
    change_types(enableFileScan=True)
    url = f"{INSTANCES}/{make_instance().instance_id}/data?dataType=default"
    answer = app.post(url, body=FORM, content_type="application/xml")
    assert answer.json()["fileScanResult"] == "Pending"
    assert FileScan.objects.count() == 1
    assert DataElement.objects.get().scan_result == FileScanResult.PENDING
