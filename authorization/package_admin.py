"""Access packages in the admin: those that were given, and those passed on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authorization.choices import ClientRole
from authorization.clients import (
    check_agent,
    check_not_agent,
    pass_on,
    register_client,
)
from authorization.given_admin import (
    BY,
    RECIPIENTS,
    TO,
    GivenAdmin,
    GivenForm,
    account,
    refusal,
)
from authorization.models import ClientDelegation, PackageAssignment
from authorization.packages import (
    KNOWN_PACKAGES,
    PACKAGES_OF_CLIENT_ROLES,
    package_code,
)
from common.errors import DomainError


class PackageAssignmentForm(GivenForm):
    """Takes a package, or the role in which a client registered the organisation."""

    class Meta:
        model = PackageAssignment
        fields = [*RECIPIENTS, "from_party", "package", "client_role", "expires"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["package"]
        field.required = False
        field.help_text = (
            "Its code. Empty for all packages of the client role. Known are, among the"
            f" nation's: {', '.join(sorted(KNOWN_PACKAGES))}."
        )

    def clean(self) -> dict[str, Any]:
        """Complete the package, and refuse what cannot be one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text, role = cleaned.get("package") or "", cleaned.get("client_role") or ""
        of_role = PACKAGES_OF_CLIENT_ROLES.get(role, ())
        code = package_code(text) if text or not of_role else of_role[0]
        if code is None:
            self.add_error("package", "Write the package's code, such as jordbruk.")
        elif of_role and code not in of_role:
            self.add_error(
                "package", f"As {role} an organisation has {', '.join(of_role)}."
            )
        else:
            cleaned["package"] = code
        if role and not cleaned.get("to_party"):
            self.add_error("to_party", "A client's role is held by an organisation.")
        try:
            check_not_agent(cleaned.get("system_user"))
        except DomainError as error:
            self.add_error("system_user", refusal(error))
        return cleaned


@admin.register(PackageAssignment)
class PackageAssignmentAdmin(GivenAdmin):
    """Who was given which access package, by the party itself."""

    form = PackageAssignmentForm
    list_display = ["recipient", "from_party", "package", "client_role", "expires"]
    list_filter = [*GivenAdmin.list_filter, "client_role"]
    search_fields = [
        "user__id__exact",
        "to_party__id__exact",
        "from_party__id__exact",
        "package__exact",
    ]
    search_help_text = "A package by user, party or system user, or its code."
    _new = [
        TO,
        ("From", {"fields": ["from_party"]}),
        (
            "What",
            {
                "fields": ["package", "client_role", "expires"],
                "description": "A client that registers its accountant, auditor or"
                " business manager chooses a client role; that organisation can then"
                " pass the packages on, by a client delegation.",
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what was passed on."""
        return super().get_queryset(request).filter(via__isnull=True)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.BaseForm, change: bool
    ) -> None:
        """Give all packages of a client role together."""
        super().save_model(request, obj, form, change)
        if obj.client_role and not change and not form.data.get("package"):
            register_client(
                client=obj.from_party,
                organisation=obj.to_party,
                role=ClientRole(obj.client_role),
                by=obj.performed_by,
            )


class ClientDelegationForm(GivenForm):
    """Takes what a client gave, and the agent that it is passed on to."""

    class Meta:
        model = ClientDelegation
        fields = ["via", "user", "system_user", "expires"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["via"].required = True

    def clean(self) -> dict[str, Any]:
        """Refuse who is no agent of the organisation; take client and package over."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = cleaned.get("via")
        if given is None:
            return cleaned
        try:
            check_agent(
                given=given,
                user=cleaned.get("user"),
                system_user=cleaned.get("system_user"),
                changing=self.instance.pk,
            )
        except DomainError as error:
            raise refusal(error) from None
        self.instance.from_party_id = given.from_party_id
        self.instance.package = given.package
        return cleaned


@admin.register(ClientDelegation)
class ClientDelegationAdmin(GivenAdmin):
    """Which agent may use which package of which client of its organisation."""

    form = ClientDelegationForm
    list_display = ["recipient", "from_party", "package", "organisation", "expires"]
    list_select_related = ["from_party", "via__to_party"]
    readonly_fields = ["from_party", "package", "performed_by"]
    autocomplete_fields = ["via", "user", "system_user"]
    search_fields = [
        "user__id__exact",
        "from_party__id__exact",
        "via__to_party__id__exact",
        "package__exact",
    ]
    search_help_text = "By agent, client or organisation, or the package's code."
    _new = [
        (
            "What",
            {
                "fields": ["via"],
                "description": "A package assignment with a client role, which is"
                " passed on: search for it by the client's or the organisation's"
                " party id, or the package's code.",
            },
        ),
        (
            "To",
            {
                "fields": ["user", "system_user"],
                "description": "Exactly one of these: a user with a role for the"
                " organisation, or a system user of its own of agent kind.",
            },
        ),
        ("Only for", {"fields": ["expires"]}),
    ]
    _known = [("From", {"fields": ["from_party", "package"]}), BY]

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.BaseForm, change: bool
    ) -> None:
        """Pass the package on, as everywhere."""
        if change:
            super().save_model(request, obj, form, change)
            return
        passed_on = pass_on(
            given=obj.via,
            user=obj.user,
            system_user=obj.system_user,
            expires=obj.expires,
            by=account(request),
        )
        obj.pk, obj._state.adding = passed_on.pk, False

    @admin.display(description="organisation")
    def organisation(self, row: ClientDelegation) -> str:
        """Name the organisation that passed it on."""
        return str(row.via and row.via.to_party)
