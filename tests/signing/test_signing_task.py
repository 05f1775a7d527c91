"""The task to sign in, over HTTP on the application's host."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from authorization.models import Delegation
from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import PDF
from tests.signing.annual_accounts import (
    ACCOUNTANT,
    NOTES,
    REPORT,
    Accounts,
    bring_in,
    filled_in,
    to_be_signed,
)

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def accounts(sandbox: None, tmp_path: Path) -> Accounts:
    """Annual accounts that stand in the task to sign in."""
    bring_in(tmp_path)
    return to_be_signed()


def content_of(element: DataElement) -> Any:
    """Return the JSON of an element."""
    with blobs.open_blob(element.blob_key) as content:
        return orjson.loads(content.read())


def state(accounts: Accounts) -> tuple[object, ...]:
    """Return what a refused call leaves as it was, besides the lock of a step."""
    row = Instance.objects.filter(pk=accounts.instance.pk).values().get()
    return (
        {name: value for name, value in row.items() if "lock" not in name},
        list(DataElement.objects.values()),
        InstanceEvent.objects.count(),
        list(Delegation.objects.values()),
    )


def locked(accounts: Accounts) -> dict[str, bool]:
    """Return which of the data elements are locked, by type."""
    rows = DataElement.objects.of([accounts.instance.pk])
    return {one.data_type: one.is_locked for one in rows}


def unlock_and_change(accounts: Accounts, data_type: str) -> None:
    """Let the owner change what was signed, by the platform API."""
    element = accounts.elements[data_type]
    owner = Api(PLATFORM_HOST, cast.OWNER)
    party_and_guid = accounts.instance.instance_id
    path = f"/storage/api/v1/instances/{party_and_guid}/data/{element}"
    assert owner.delete(f"{path}/lock").status_code == 200
    changed = owner.put(
        f"{path}?dataType={data_type}",
        body=PDF + b"%more",
        content_type="application/pdf",
        filename="vedlegg.pdf",
    )
    assert changed.status_code == 200, changed.content


def test_signing_in_the_step_ends_the_task(app: Api, accounts: Accounts) -> None:
    """A-235, A-237, EUS-6: hashes of what is stored, who and when"""
    answer = accounts.next(app, "sign")
    assert answer.status_code == 200, answer.content
    assert answer.json()["endEvent"] == "innsendt"
    (element,) = accounts.stored("signatur")
    document = content_of(element)
    assert document["signeeInfo"] == {
        "userId": "1337",
        "systemUserId": None,
        "personNumber": "13838441100",
        "organisationNumber": None,
    }
    assert document["signedTime"].endswith("Z")
    hashes = {
        one["dataElementId"]: one["sha256Hash"]
        for one in document["dataElementSignatures"]
    }
    assert hashes == {
        accounts.elements["regnskap"]: hashlib.sha256(REPORT).hexdigest(),
        accounts.elements["noter"]: hashlib.sha256(NOTES).hexdigest(),
        accounts.elements["vedlegg"]: hashlib.sha256(PDF).hexdigest(),
    }
    assert all(one["signed"] for one in document["dataElementSignatures"])
    assert element.references == [
        {"value": "signering", "relation": "GeneratedFrom", "valueType": "Task"}
    ]
    told = InstanceEvent.objects.of(accounts.instance.pk)
    kinds = [one.event_type for one in told]
    assert kinds.count("SentToSign") == kinds.count("Signed") == 1


def test_signing_by_the_action_leaves_the_instance_in_the_task(
    app: Api, accounts: Accounts
) -> None:
    """A-150, A-235"""
    answer = accounts.act(app, "SIGN")
    assert_problem(answer, 403, code="user-action-not-permitted")
    answer = accounts.act(app)
    assert answer.status_code == 200, answer.content
    assert answer.json()["error"] is None
    assert accounts.reread().current_task == "signering"
    assert len(accounts.stored("signatur")) == 1
    assert accounts.next(app, "sign").status_code == 200
    assert len(accounts.stored("signatur")) == 1  # in place of the first


def test_what_is_signed_is_locked_while_the_task_stands(
    app: Api, accounts: Accounts
) -> None:
    """EUS-6: data is locked, attachments of no task too"""
    assert locked(accounts)["vedlegg"] is False
    assert accounts.act(app).status_code == 200
    assert set(locked(accounts).values()) == {True}
    before = state(accounts)
    refused = Api(APP_HOST, cast.OWNER).put(
        f"{accounts.url}/data/{accounts.elements['vedlegg']}",
        body=PDF + b"%",
        content_type="application/pdf",
        filename="vedlegg.pdf",
    )
    assert_problem(refused, 409, code="data-element-locked")
    assert state(accounts) == before
    assert accounts.next(app, "reject").status_code == 200
    assert locked(accounts)["vedlegg"] is False


def test_without_a_signature_the_task_is_not_left(app: Api, accounts: Accounts) -> None:
    """A-272: MissingSignatures"""
    storage_rights = Api(APP_HOST, cast.OWNER)
    before = state(accounts)
    problem = assert_problem(
        accounts.next(storage_rights, "write"), 409, code="task-not-complete"
    )
    issue, counted = problem["validationIssues"]
    assert counted["code"] == "TooFewDataElementsOfType"
    assert (issue["code"], issue["severity"]) == ("MissingSignatures", 1)
    assert issue["source"].endswith("SigningTaskValidator-*")
    assert issue["description"] == "Det mangler påkrevde signaturer."
    assert state(accounts) == before


def test_what_somebody_uploads_is_no_signature(app: Api, tmp_path: Path) -> None:
    """A-272: storage takes it, for the policy lets it in; nobody has signed by it"""
    bring_in(tmp_path)
    accounts = filled_in()
    signed = accounts.elements["regnskap"]
    forged = {
        "signedTime": "2026-01-01T00:00:00Z",
        "signeeInfo": {"userId": "1337"},
        "dataElementSignatures": [
            {
                "dataElementId": signed,
                "sha256Hash": hashlib.sha256(REPORT).hexdigest(),
                "signed": True,
            }
        ],
    }
    sent = Api(PLATFORM_HOST, ACCOUNTANT).post(
        f"/storage/api/v1/instances/{accounts.instance.instance_id}/data"
        "?dataType=signatur",
        json=forged,
    )
    assert sent.status_code == 201, sent.content
    assert accounts.next(app, "write").status_code == 200
    before = state(accounts)
    told = app.get(f"{accounts.url}/signing").json()
    assert told["signeeStates"] == []
    owner = Api(APP_HOST, cast.OWNER)
    problem = assert_problem(
        accounts.next(owner, "write"), 409, code="task-not-complete"
    )
    assert [i["code"] for i in problem["validationIssues"]] == ["MissingSignatures"]
    assert state(accounts) == before


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nb", "Det mangler påkrevde signaturer."),
        ("nn", "Det manglar påkravde signaturar."),
        ("en", "Required signatures are missing."),
    ],
)
def test_what_is_missing_is_told_in_the_callers_language(
    accounts: Accounts, language: str, text: str
) -> None:
    """A-272"""
    owner = Api(APP_HOST, cast.OWNER)
    path = f"{accounts.url}/process/next?language={language}"
    problem = assert_problem(
        owner.put(path, json={"action": "write"}), 409, code="task-not-complete"
    )
    told = {i["code"]: i["description"] for i in problem["validationIssues"]}
    assert told["MissingSignatures"] == text


def test_what_changed_after_it_was_signed_keeps_the_task(
    app: Api, accounts: Accounts
) -> None:
    """A-272: InvalidSignatureHash"""
    assert accounts.act(app).status_code == 200
    unlock_and_change(accounts, "vedlegg")
    owner = Api(APP_HOST, cast.OWNER)
    problem = assert_problem(
        accounts.next(owner, "write"), 409, code="task-not-complete"
    )
    (issue,) = problem["validationIssues"]
    assert issue["code"] == "InvalidSignatureHash"
    assert issue["source"].endswith("SignatureHashValidator-*")
    assert accounts.reread().current_task == "signering"
    # Signed anew, it holds again.
    assert accounts.next(app, "sign").status_code == 200


def test_declining_takes_all_back(app: Api, accounts: Accounts) -> None:
    """A-237, EUS-6: back to filling in, without signatures"""
    assert accounts.act(app).status_code == 200
    (signature,) = accounts.stored("signatur")
    answer = accounts.next(app, "reject")
    assert answer.json()["currentTask"]["elementId"] == "utfylling"
    assert accounts.stored("signatur") == []
    told = InstanceEvent.objects.of(accounts.instance.pk)
    assert [one.data_id for one in told if one.event_type == "Deleted"] == [
        signature.pk
    ]
    assert set(locked(accounts).values()) == {False}


@pytest.mark.parametrize("way", ["next", "act"])
def test_who_may_not_sign_signs_nothing(accounts: Accounts, way: str) -> None:
    """A-147, A-235"""
    before = state(accounts)
    api = Api(APP_HOST, ACCOUNTANT)
    if way == "next":
        answer = accounts.next(api, "sign")
        assert_problem(answer, 403, code="process-next-not-permitted")
    else:
        assert_problem(accounts.act(api), 403, code="user-action-not-permitted")
    assert state(accounts) == before


def test_a_process_without_the_data_to_sign_is_misconfigured(
    app: Api, sandbox: None, tmp_path: Path
) -> None:
    """A-235: none of the data, some of which must be there"""
    bring_in(
        tmp_path,
        ("<altinn:dataType>regnskap</altinn:dataType>", ""),
        ("<altinn:dataType>noter</altinn:dataType>", ""),
        (
            "<altinn:dataType>vedlegg</altinn:dataType>",
            "<altinn:dataType>signatur</altinn:dataType>",
        ),
    )
    accounts = to_be_signed()
    before = state(accounts)
    problem = assert_problem(accounts.act(app), 500, code="nothing-to-sign")
    assert problem["error"]["code"] == "SignDataElementsFailed"
    assert state(accounts) == before


def test_rights_are_shown_as_they_are(app: Api, accounts: Accounts) -> None:
    """D-33"""
    task = app.get(f"{accounts.url}/process").json()["currentTask"]
    assert task["actions"]["sign"] is True
    nils = Api(APP_HOST, ACCOUNTANT)
    task = nils.get(f"{accounts.url}/process").json()["currentTask"]
    assert task["actions"]["sign"] is False


class TestUniqueSignature:
    """A task whose signer is another than that of a task before."""

    @pytest.fixture
    def accounts(self, sandbox: None, tmp_path: Path) -> Accounts:
        """Annual accounts that are signed in a type that counts as the other's."""
        bring_in(
            tmp_path,
            (
                "<altinn:runDefaultValidator>",
                "<altinn:uniqueFromSignaturesInDataTypes><altinn:dataType>signatur"
                "</altinn:dataType></altinn:uniqueFromSignaturesInDataTypes>"
                "<altinn:runDefaultValidator>",
            ),
        )
        return to_be_signed()

    def test_who_has_signed_may_not_sign_again(
        self, app: Api, accounts: Accounts
    ) -> None:
        """A-236: neither by the action nor by the step, and it is shown"""
        assert accounts.act(app).status_code == 200
        before = state(accounts)
        assert_problem(accounts.act(app), 403, code="user-action-not-permitted")
        assert_problem(
            accounts.next(app, "sign"), 403, code="process-next-not-permitted"
        )
        assert state(accounts) == before
        task = app.get(f"{accounts.url}/process").json()["currentTask"]
        assert task["actions"]["sign"] is False

    def test_another_may(self, app: Api, accounts: Accounts) -> None:
        """A-236"""
        assert accounts.act(app).status_code == 200
        system = Api(APP_HOST, cast.SYSTEM_USER)
        answer = accounts.act(system)
        assert answer.status_code == 200, answer.content
        by_user, by_system = map(content_of, accounts.stored("signatur"))
        assert by_user["signeeInfo"]["userId"] == "1337"
        assert by_system["signeeInfo"]["systemUserId"]
        assert by_system["signeeInfo"]["organisationNumber"] == "353801961"
        assert_problem(accounts.act(system), 403, code="user-action-not-permitted")


def test_what_was_signed_is_drawn_when_all_have_signed(
    sandbox: None, tmp_path: Path
) -> None:
    """A-237: as a PDF of the type that the task names, and not before"""
    pytest.importorskip("weasyprint", exc_type=OSError)
    named = "<altinn:signingPdfDataType>signert</altinn:signingPdfDataType>"
    default = "<altinn:runDefaultValidator>"
    bring_in(tmp_path, (default, named + default), more_types=("signert",))
    accounts = to_be_signed()
    signer = Api(APP_HOST, cast.SOPHIE)
    assert_problem(accounts.next(signer), 409, code="task-not-complete")
    assert accounts.stored("signert") == []
    assert accounts.next(signer, "sign").status_code == 200
    assert len(accounts.stored("signatur")) == 1  # which the task generated, too
    (drawn,) = accounts.stored("signert")
    assert (drawn.filename, drawn.content_type) == ("signert.pdf", "application/pdf")
    with blobs.open_blob(drawn.blob_key) as content:
        assert content.read(5) == b"%PDF-"
