"""Two who order the same export at once."""

import pytest

from exports import services
from exports.models import Export
from tests.cast import OWNER_PRINCIPAL
from tests.rivals import rival

APP = "nav/app2018"
pytestmark = pytest.mark.usefixtures("sandbox")


def order() -> Export:
    """Order the same export as the others here."""
    return services.order(
        OWNER_PRINCIPAL, app_ids=[APP], query={"appId": [APP]}, with_content=False
    )


def cancel_all() -> None:
    """Cancel what waits."""
    for export in Export.objects.unfinished():
        services.cancel(export=export)


def test_who_comes_second_is_answered_with_the_export_of_the_first() -> None:
    with rival(beside='"digest" =', before=lambda: None, after=order):
        export = order()
    assert export == Export.objects.get()
    assert export.state == "waiting"


def test_one_that_is_over_by_the_time_it_is_read_is_the_answer_all_the_same() -> None:
    with rival(beside='"digest" =', before=cancel_all, after=order):
        export = order()
    assert export.state == "cancelled"
