"""Code of an application that makes lists, and asks another server."""

from typing import Any, ClassVar

from process.hooks import (
    AppHooks,
    DataList,
    HookRefused,
    ListQuery,
    Option,
    OptionList,
    RefusalKind,
)
from tests.hooks.app_code import SECRET, Boom


class Lists(AppHooks):
    """Makes lists, and asks another server, as the parameters say."""

    option_lists = ("Cities", "months", "odd")
    instance_option_lists = ("own", "cities")
    data_lists = ("People",)
    instance_data_lists = ("people",)
    external_apis = ("Weather",)
    odd: ClassVar[Any] = None

    def provide_options(self, query: ListQuery) -> OptionList | None:
        """Say in the list what was asked."""
        self._refuse_or_fail(query)
        if query.id == "odd":
            return self.odd  # type: ignore[no-any-return]  # wrong on purpose
        if query.id == "months" or query.parameters.get("none"):
            return None
        about = "nobody" if query.instance is None else query.instance.owner.party_id
        return OptionList(
            [
                Option("oslo", f"{query.id} of {about} for {query.caller.kind}"),
                Option(None, str(query.language), "described", "helped", {"a": "b"}),
                Option(1.5, "a number"),
                Option(True, "a truth"),
            ],
            {"k a": "v,æ", "n": None},
        )

    def provide_data_list(self, query: ListQuery) -> DataList | None:
        """Return the page that was asked for."""
        self._refuse_or_fail(query)
        if query.parameters.get("none"):
            return None
        page = int(query.parameters.get("page", "0"))
        about = "nobody" if query.instance is None else query.instance.owner.party_id
        return DataList([{"name": "Ola", "of": about}], page, 3, 1, 3, ["next"])

    def call_external_api(self, query: ListQuery) -> object:
        """Return what the parameters say, or nothing."""
        self._refuse_or_fail(query)
        if query.parameters.get("none"):
            return None
        return {"id": query.id, "given": dict(query.parameters)}

    def _refuse_or_fail(self, query: ListQuery) -> None:
        if kind := query.parameters.get("refuse"):
            raise HookRefused("no-list", "No list.", kind=RefusalKind(kind))
        if query.parameters.get("fail"):
            raise Boom(SECRET)
