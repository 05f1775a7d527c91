"""Files as the application's own analysers and validators see them."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data_elements.models import DataElement
from process.hooks import AppHooks, FileCheck, HookIssue, Severity
from tests import cast
from tests.changed_app import deploy
from tests.client import Api, assert_problem
from tests.factories import PDF, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/nav/app2018/instances"
_HERE = "tests.hooks.test_file_checks"
BAD = PDF + b"\n%bad"


class Checks(AppHooks):
    """An application that looks into files."""

    file_analysers = ("ending", "unused")
    file_validators = ("no-bad-endings", "hints")

    def analyse_file(self, check: FileCheck) -> object:
        """Return how the file ends."""
        assert check.name == "ending"
        with check.content.open() as content:
            return content.read()[-4:]

    def validate_file(self, check: FileCheck) -> Iterable[HookIssue]:
        """Find fault with an ending; hints keep nobody out."""
        if check.name == "hints":
            yield HookIssue("hint", "A hint.", severity=Severity.WARNING)
        elif check.analysed == {"ending": b"%bad"}:
            assert check.instance.task == "formfilling"
            yield HookIssue("bad-ending", "It ends badly.", check.content.filename)


@pytest.fixture
def checked(
    sandbox: None, tmp_path: Path, install: Callable[[str], None]
) -> Iterator[None]:
    """The sample's attachments are looked into."""

    def enable(metadata: dict[str, Any]) -> None:
        metadata["dataTypes"][1]["enabledFileAnalysers"] = ["ending", "elsewhere"]
        metadata["dataTypes"][1]["enabledFileValidators"] = ["no-bad-endings", "hints"]

    deploy(tmp_path, enable)
    install(f"{_HERE}:Checks")
    yield


def sent(content: bytes) -> dict[str, Any]:
    """Return a file as a call sends it."""
    return {"body": content, "content_type": "application/pdf", "filename": "a.pdf"}


@pytest.mark.usefixtures("checked")
def test_a_file_that_a_validator_refuses_is_not_taken(app: Api) -> None:
    """A-103: added, or in place of another"""
    url = f"{INSTANCES}/{make_instance().instance_id}/data"
    for path in (f"{url}?dataType=vedlegg", f"{url}/type/vedlegg"):
        answer = app.post(path, **sent(BAD))
        problem = assert_problem(answer, 400, code="file-invalid")
        assert problem["title"] == problem["detail"] == "File validation failed"
        issues = problem["uploadValidationIssues"]
        assert [(one["source"], one["code"], one["severity"]) for one in issues] == [
            ("no-bad-endings", "bad-ending", 1),
            ("hints", "hint", 2),
        ]
        assert issues[0]["field"] == "a.pdf"
    assert not DataElement.objects.exists()
    made = app.post(f"{url}?dataType=vedlegg", **sent(PDF))
    assert made.status_code == 201, made.content
    key = DataElement.objects.get().blob_key
    put = app.put(f"{url}/{made.json()['id']}", **sent(BAD))
    assert_problem(put, 400, code="file-invalid")
    assert DataElement.objects.get().blob_key == key


@pytest.mark.usefixtures("checked")
def test_a_part_that_a_validator_refuses_makes_no_instance(
    app: Api, everything: Callable[[], dict[str, object]]
) -> None:
    """A-062, A-103"""
    before = everything()
    part = b"--B\r\nContent-Disposition: form-data; name=vedlegg; filename=a.pdf\r\n"
    part += b"Content-Type: application/pdf\r\n\r\n" + BAD + b"\r\n--B--\r\n"
    answer = app.post(
        f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}",
        body=part,
        content_type="multipart/form-data; boundary=B",
    )
    assert_problem(answer, 400, code="file-invalid")
    assert everything() == before


def test_code_looks_only_where_a_type_enables_it(
    app: Api, install: Callable[[str], None]
) -> None:
    """A-103"""
    install(f"{_HERE}:Checks")
    url = f"{INSTANCES}/{make_instance().instance_id}/data?dataType=vedlegg"
    assert app.post(url, **sent(BAD)).status_code == 201
