"""What data elements and their instance are held to, whatever the policy permits."""

from typing import Any

import orjson
import pytest
from django.conf import LazySettings

from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.api.application.test_instances import INSTANCES, instance_part, multipart
from tests.cast import ORG_PARTY
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import PDF, make_element, make_instance
from tests.redeployed import FILES, METADATA, redeploy

pytestmark = pytest.mark.usefixtures("sandbox")
POLICY = "config/authorization/policy.xml"
_PDF_TYPE = "application/pdf"
_PDF_PART = ('form-data; name="vedlegg"; filename="a.pdf"', _PDF_TYPE, PDF)
_DENIED = ("Unauthorized", "Access denied for data element of type vedlegg")


def url_of(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance, or of something in it."""
    return f"/nav/app2018/instances/{instance.instance_id}{tail}"


def with_type(type_id: str, **members: object) -> None:
    """Serve the sample with these members of a data type, which may be a new one."""
    metadata: dict[str, Any] = orjson.loads(FILES[METADATA])
    types = {one["id"]: one for one in metadata["dataTypes"]}
    types.setdefault(type_id, {"id": type_id, "maxCount": 0, "minCount": 0})
    logic = {**(types[type_id].get("appLogic") or {}), **dict(members.pop("logic", {}))}  # type: ignore[call-overload]  # a mapping
    types[type_id].update(members, **({"appLogic": logic} if logic else {}))
    redeploy({METADATA: {**metadata, "dataTypes": list(types.values())}})


def upload(api: Api, instance: Instance, type_id: str = "vedlegg") -> Any:
    """Add an attachment by the present call."""
    return api.post(
        url_of(instance, f"/data/{type_id}"),
        body=PDF,
        content_type=_PDF_TYPE,
        filename="a.pdf",
    )


def rows() -> list[dict[str, Any]]:
    """Return all data elements, to see that nothing became of a refused call."""
    return list(DataElement.objects.order_by("pk").values())


def test_what_the_server_makes_is_changed_by_nobody(
    app: Api, owner_app: Api, instance: Instance
) -> None:
    """A-078: ref-data-as-pdf, in any case of letters"""
    with_type("ref-data-as-pdf", allowedContentTypes=[_PDF_TYPE])
    made = make_element(
        instance=instance,
        type_id="ref-data-as-pdf",
        content=PDF,
        content_type=_PDF_TYPE,
    )
    before = rows()
    for api in (app, owner_app):
        problem = assert_problem(
            upload(api, instance, "ref-data-as-pdf"), 403, code="data-type-generated"
        )
        assert problem["detail"] == (
            "Data element of type ref-data-as-pdf cannot be modified"
        )
        url = url_of(instance, f"/data/{made.id}")
        refused = [
            api.put(url, body=PDF, content_type=_PDF_TYPE, filename="b.pdf"),
            api.delete(url),
        ]
        for answer in refused:
            assert_problem(answer, 403, code="data-type-generated")
    assert rows() == before


def test_a_type_that_takes_a_right_of_its_own_is_written_by_who_has_it(
    app: Api, instance: Instance
) -> None:
    """A-080: adding, replacing, deleting"""
    element = make_element(
        instance=instance, type_id="vedlegg", content=PDF, content_type=_PDF_TYPE
    )
    assert upload(app, instance).status_code == 200
    with_type("vedlegg", actionRequiredToWrite="hemmelig")
    before = rows()
    url = url_of(instance, f"/data/{element.id}")
    for answer in (
        upload(app, instance),
        app.put(url, body=PDF, content_type=_PDF_TYPE, filename="b.pdf"),
        app.delete(url),
    ):
        problem = assert_problem(answer, 403, code="not-permitted")
        assert (problem["title"], problem["detail"]) == _DENIED
        assert problem["explanation"]["action"] == "hemmelig"
    assert rows() == before
    body, content_type = multipart(instance_part(), _PDF_PART)
    part = app.post(INSTANCES, body=body, content_type=content_type)
    problem = assert_problem(part, 403, code="not-permitted")
    assert (problem["title"], problem["detail"]) == _DENIED
    assert rows() == before


def test_a_type_that_takes_a_right_to_read_is_not_in_the_document_of_others(
    app: Api, instance: Instance
) -> None:
    """A-039, A-109: neither in GET of the instance, nor by its own address"""
    form = make_element(instance=instance)
    hidden = make_element(
        instance=instance, type_id="vedlegg", content=PDF, content_type=_PDF_TYPE
    )

    def shown() -> set[str]:
        document = app.get(url_of(instance)).json()
        return {one["id"] for one in document["data"]}

    assert shown() == {str(form.id), str(hidden.id)}
    with_type("vedlegg", actionRequiredToRead="hemmelig")
    assert shown() == {str(form.id)}
    answer = app.get(url_of(instance, f"/data/{hidden.id}"))
    problem = assert_problem(answer, 403, code="not-permitted")
    assert (problem["title"], problem["detail"]) == _DENIED


@pytest.mark.parametrize(
    ("member", "code", "detail"),
    [
        (
            "disallowUserCreate",
            "user-create-disallowed",
            "Cannot create data element of type vedlegg as it is disallowed by app"
            " logic",
        ),
        (
            "disallowUserDelete",
            "user-delete-disallowed",
            "Cannot delete data element of type vedlegg as it is disallowed by app"
            " logic",
        ),
    ],
)
def test_what_the_application_makes_itself_is_for_its_owner_alone(
    app: Api, instance: Instance, member: str, code: str, detail: str
) -> None:
    """A-084, Z-085"""
    element = make_element(
        instance=instance, type_id="vedlegg", content=PDF, content_type=_PDF_TYPE
    )
    with_type("vedlegg", logic={member: True})
    before = rows()
    if member == "disallowUserCreate":
        answer = upload(app, instance)
    else:
        answer = app.delete(url_of(instance, f"/data/{element.id}"))
    assert assert_problem(answer, 400, code=code)["detail"] == detail
    assert rows() == before
    if member == "disallowUserCreate":
        owner = Api(APP_HOST, cast.OWNER)
        with_type("kvittering", logic={member: True})
        answer = owner.post(
            url_of(instance, "/data/kvittering"),
            body=PDF,
            content_type=_PDF_TYPE,
            filename="k.pdf",
        )
        assert answer.status_code == 200, answer.content


def test_both_addresses_of_adding_are_the_same(app: Api, instance: Instance) -> None:
    """A-089"""
    made = []
    for tail in ("/data/vedlegg", "/data/type/vedlegg"):
        answer = app.post(
            url_of(instance, tail), body=PDF, content_type=_PDF_TYPE, filename="a.pdf"
        )
        assert answer.status_code == 200, answer.content
        made.append(answer.json().keys())
    assert made[0] == made[1]
    assert DataElement.objects.filter(data_type="vedlegg").count() == 2


def test_data_is_added_in_a_task_alone(owner_app: Api) -> None:
    """A-090: an instance whose process nobody began is in none"""
    made = Api(PLATFORM_HOST, cast.SOPHIE).post(
        "/storage/api/v1/instances?appId=nav/app2018",
        json={"instanceOwner": {"partyId": str(ORG_PARTY)}},
    )
    assert made.status_code == 201
    instance = Instance.objects.get()
    assert instance.current_task is None
    problem = assert_problem(upload(owner_app, instance), 409, code="no-current-task")
    assert problem["title"] == "No current task"
    assert rows() == []


@pytest.mark.parametrize(("most", "added"), [(2, 2), (0, 4), (None, 4)])
def test_a_type_without_a_number_has_no_bound(
    app: Api, instance: Instance, most: int | None, added: int
) -> None:
    """A-201: maxCount absent or not above 0"""
    metadata: dict[str, Any] = orjson.loads(FILES[METADATA])
    [attachment] = [one for one in metadata["dataTypes"] if one["id"] == "vedlegg"]
    attachment.pop("maxCount")
    if most is not None:
        attachment["maxCount"] = most
    redeploy({METADATA: metadata})
    answers = [upload(app, instance) for _ in range(4)]
    assert [one.status_code for one in answers] == [200] * added + [409] * (4 - added)
    assert len(rows()) == added


def test_a_size_is_in_mebibytes(app: Api, instance: Instance) -> None:
    """A-201: maxSize 1 takes 1048576 bytes, and not one more"""
    with_type(
        "stor", maxSize=1, allowedContentTypes=["application/octet-stream"], maxCount=0
    )
    for size, status in ((2**20, 200), (2**20 + 1, 400)):
        answer = app.post(
            url_of(instance, "/data/stor"),
            body=b"x" * size,
            content_type="application/octet-stream",
            filename="stor.bin",
        )
        assert answer.status_code == status, answer.content
    assert [row["size"] for row in rows()] == [2**20]


def test_no_request_is_larger_than_the_server_takes(
    app: Api, instance: Instance, settings: LazySettings
) -> None:
    """A-275: 2000 MiB unless it is set, for a type without a size of its own too"""
    assert settings.ALTINN_MAX_UPLOAD_MIB == 2000
    settings.ALTINN_MAX_UPLOAD_MIB = 1
    with_type("stor", allowedContentTypes=["application/octet-stream"])
    answer = app.post(
        url_of(instance, "/data/stor"),
        body=b"x" * (2**20 + 1),
        content_type="application/octet-stream",
        filename="stor.bin",
    )
    assert answer.status_code == 413, answer.content
    assert rows() == []


@pytest.mark.parametrize("made", [{}, {"filled": True}])
def test_links_lead_to_the_organisations_host_and_work(
    app: Api, made: dict[str, bool]
) -> None:
    """A-035: of the instance and of each element; from settings, never from Host"""
    instance = make_instance(**made)
    document = app.get(url_of(instance)).json()
    base = f"http://{APP_HOST}:8000"
    assert document["selfLinks"]["apps"] == base + url_of(instance)
    for one in document["data"]:
        link = one["selfLinks"]["apps"]
        assert link == base + url_of(instance, f"/data/{one['id']}")
        assert app.get(link.removeprefix(base)).status_code == 200
    assert len(document["data"]) == len(made)


def test_users_make_no_instances_where_the_application_makes_them(
    app: Api, owner_app: Api
) -> None:
    """A-057: in every environment; the owner's systems do"""
    metadata = orjson.loads(FILES[METADATA])
    redeploy({METADATA: {**metadata, "disallowUserInstantiation": True}})
    url = "/nav/app2018/instances"
    body = {"instanceOwner": {"partyId": str(ORG_PARTY)}}
    answer = app.post(url, json=body)
    assert_problem(answer, 403, code="user-instantiation-disabled")
    assert not Instance.objects.exists()
    answer = owner_app.post(url, json=body)
    assert answer.json().get("code") != "user-instantiation-disabled"


@pytest.mark.parametrize(
    ("levels", "caller", "needed"),
    [
        ((3, 3), cast.SOPHIE, 3),
        ((4, 4), cast.OWNER, 4),
        ((2, 4), cast.SOPHIE, None),
        ((4, 3), cast.OWNER, None),
    ],
    ids=["user", "org", "user-beside", "org-beside"],
)
def test_the_policys_least_level_is_one_of_users_and_one_of_organisations(
    levels: tuple[int, int], caller: cast.Person, needed: int | None
) -> None:
    """A-025: that of organisations relaxes the other"""
    instance = make_instance()
    policy = FILES[POLICY]
    for old, new in zip((b">2<", b">3<"), levels, strict=True):
        assert policy.count(b'#integer"' + old) == 1
        policy = policy.replace(b'#integer"' + old, b'#integer">%d <' % new)
    redeploy({POLICY: policy})
    answer = Api(APP_HOST, caller).get(url_of(instance))
    if needed is None:
        assert answer.status_code == 200
        return
    problem = assert_problem(answer, 403, code="authentication-level-too-low")
    assert problem["RequiredAuthenticationLevel"] == str(needed)


def test_a_file_is_replaced_with_201_or_refused_with_the_reasons(
    app: Api, instance: Instance
) -> None:
    """A-113: and the old one stays"""
    element = make_element(
        instance=instance, type_id="vedlegg", content=PDF, content_type=_PDF_TYPE
    )
    url = url_of(instance, f"/data/{element.id}")
    new = PDF + b"\n"
    answer = app.put(url, body=new, content_type=_PDF_TYPE, filename="b.pdf")
    assert answer.status_code == 201, answer.content
    assert body_of(app.get(url)) == new
    before = rows()
    answer = app.put(url, body=PDF, content_type=_PDF_TYPE, filename="b.exe")
    problem = assert_problem(answer, 400, code="file-refused")
    [issue] = problem["uploadValidationIssues"]
    assert issue["source"] == "DataRestrictionValidation"
    assert issue["description"].startswith("Invalid data provided. Error: ")
    assert rows() == before
