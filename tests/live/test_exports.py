"""An export whose workers are killed one after the other ends all the same."""

import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import orjson
import pytest
from django.utils import timezone

from bench.lease_queue import fill
from exports.models import Export, ExportPart
from instances.models import Instance
from tests.live.calls import Caller, path_of
from tests.live.slow_tables import slow_down, speed_up
from tests.servers import ROOT, Inside, LiveServer, Template, wait_until

INSTANCES = 3600  # more parts than are written until the last is killed
KILLS = 3


@pytest.fixture
def house(template: Template) -> Iterator[LiveServer]:
    """A server whose data the workers of the test share."""
    with template.server() as running:
        yield running


@pytest.mark.slow
def test_an_export_survives_workers_that_are_killed_in_the_middle(
    house: LiveServer, inside: Inside
) -> None:
    """kill -9 at any moment: no instance is lost, none is written twice"""
    rng = random.Random(11)
    owner = Caller.owner(house)
    with inside(house) as alias:
        fill("nav/app2018", INSTANCES, using=alias)
        there = set(Instance.objects.using(alias).values_list("pk", flat=True))
    answer = owner.call("POST", "/storage/api/v1/exports?org=nav")
    assert answer.status == 202, answer.text
    link = path_of(answer.json()["selfLink"])
    with inside(house) as alias:
        # Written last, before the commit: eighteen of them, so that a pause ends none.
        slow_down(alias, ExportPart, seconds=1)
        exports = Export.objects.using(alias)
        for _ in range(KILLS):
            following = exports.filter(parts_written__gt=exports.get().parts_written)
            with _worker(house) as victim:
                wait_until(following.exists)
                time.sleep(rng.uniform(0, 1.2))
                victim.kill()
            past = timezone.now() - timedelta(seconds=1)
            exports.update(due_at=past)  # as if the lease had ended
        assert exports.get().state != "completed"
        speed_up(alias, ExportPart)
        house.manage("worker", "--once", "--rooms", "exports")
        parts = ExportPart.objects.using(alias)
        numbers = list(parts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        kept = {
            key.rpartition("/")[2] for key in parts.values_list("blob_key", flat=True)
        }
    assert owner.call("GET", link).json()["state"] == "completed"
    result = owner.call("GET", f"{link}/result")
    assert result.status == 200
    with zipfile.ZipFile(BytesIO(result.body)) as archive:
        assert archive.testzip() is None
        found = [
            orjson.loads(line)["id"].partition("/")[2]
            for name in archive.namelist()
            if name.startswith("instances-")
            for line in archive.read(name).splitlines()
        ]
    assert len(found) == INSTANCES
    assert set(found) == {str(pk) for pk in there}
    # What the killed ones had half written, the sweep finds.
    house.manage("sweep_blobs", "--older-than", "0", "--execute")
    assert set(house.blobs()) == kept


def _worker(server: LiveServer) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--poll", "0.05", "--rooms", "exports"],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
