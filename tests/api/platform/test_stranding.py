"""Deployments that would leave running instances behind."""

from typing import Any

import pytest

from instances.models import Instance
from tests import cast
from tests.api.platform.test_deployments import (
    SECOND,
    URL,
    owner,
    stored,
    upload,
    with_other_task,
    without_type,
)
from tests.client import APP_HOST, Api, assert_problem, body_of
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")


def storage_url(instance: Instance) -> str:
    return f"/storage/api/v1/instances/{instance.instance_id}"


def test_an_activation_that_strands_instances_is_refused() -> None:
    """Their task is gone: the list, the count, and nothing changes"""
    standing = [make_instance() for _ in range(3)]
    make_instance(submitted=True)
    make_instance(hard_deleted=True)
    upload(with_other_task(), query="?activate=false")
    before = stored()
    document = assert_problem(
        owner().post(f"{URL}/2/activate"), 409, code="instances-stranded"
    )
    assert document["strandedCount"] == 3
    assert document["strandedInstances"] == [i.instance_id for i in standing]
    assert "formfilling" in document["detail"]
    assert stored() == before
    assert_problem(
        upload({**with_other_task(), "options/a.json": b"[]"}),
        409,
        code="instances-stranded",
    )
    assert stored() == before


def test_the_list_of_stranded_instances_is_cut_and_the_count_is_not() -> None:
    """However many there are"""
    first = make_instance()
    Instance.objects.bulk_create(
        Instance(
            org="nav",
            app_id="nav/app2018",
            owner_party_id=first.owner_party_id,
            current_task="formfilling",
            created=first.created,
            last_changed=first.last_changed,
        )
        for _ in range(150)
    )
    document = assert_problem(upload(with_other_task()), 409, code="instances-stranded")
    assert document["strandedCount"] == 151
    assert len(document["strandedInstances"]) == 100


def test_forced_ones_stay_readable_and_cannot_move_on() -> None:
    """409 task-not-in-deployment; going back mends it"""
    instance = make_instance(filled=True)
    answer = upload(with_other_task(), query="?force=true")
    assert answer.status_code == 201
    url = f"/nav/app2018/instances/{instance.instance_id}"
    app = Api(APP_HOST, cast.OWNER)
    assert owner().get(storage_url(instance)).status_code == 200
    user = Api(APP_HOST, cast.SOPHIE)
    assert_problem(user.put(f"{url}/process/next"), 409, code="task-not-in-deployment")
    assert Instance.objects.get(pk=instance.pk).current_task == "formfilling"
    for path in ("", "/process", "/process/history"):
        assert app.get(f"{url}{path}").status_code == 200
        assert user.get(f"{url}{path}").status_code == 200
    assert owner().post(f"{URL}/1/activate").json()["served"] is True
    assert user.put(f"{url}/process/next").status_code == 200


def test_an_instance_whose_data_type_is_gone_is_stranded_too() -> None:
    """It stays readable, content included, and cannot move on"""
    instance = make_instance(filled=True)
    extra = make_element(
        instance=instance,
        type_id="vedlegg",
        content=b"%PDF-",
        content_type="application/pdf",
    )
    untouched = make_instance(filled=True)
    files = without_type("vedlegg")
    document = assert_problem(upload(files), 409, code="instances-stranded")
    assert document["strandedInstances"] == [instance.instance_id]
    assert "vedlegg" in document["detail"]
    assert upload(files, query="?force=true").status_code == 201
    user = Api(APP_HOST, cast.SOPHIE)
    url = f"/nav/app2018/instances/{instance.instance_id}"
    assert_problem(user.put(f"{url}/process/next"), 409, code="task-not-in-deployment")
    assert body_of(user.get(f"{url}/data/{extra.id}")) == b"%PDF-"
    content = owner().get(f"{storage_url(instance)}/data/{extra.id}")
    assert body_of(content) == b"%PDF-"
    other = f"/nav/app2018/instances/{untouched.instance_id}"
    assert user.put(f"{other}/process/next").status_code == 200


def test_a_deployment_that_loses_nothing_looks_at_no_instance(
    django_assert_max_num_queries: Any,
) -> None:
    """However many there are"""
    make_instance()
    with django_assert_max_num_queries(30) as seen:
        assert upload(SECOND).status_code == 201
    assert not [q for q in seen.captured_queries if "instances_instance" in q["sql"]]
