"""Accounts and memberships, and the register, which is read only: it is imported."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from common.admin import LongListAdmin, OrgFilter
from common.owner_admin import OwnerScoped
from parties.memberships import update_staff
from parties.models import IssuerKeySet, LookUpAttempt, Membership, Party, Profile, User
from parties.numbers import mask_ssn


@admin.register(User)
class AccountAdmin(OwnerScoped, UserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Accounts: with a password of their own, or known to an OpenID provider."""

    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("OpenID Connect", {"fields": ("oidc_issuer", "oidc_subject")}),
    )
    readonly_fields = ("oidc_issuer", "oidc_subject")  # a sign-in states them

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Change a password together with the entry that says so."""
        return super().user_change_password(request, id, form_url)


class NewMembershipForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What an administrator of an organisation fills in: he is shown no accounts.

    By the name alone: an address could be anybody's at another provider.
    """

    account = forms.CharField(
        label="User name", max_length=150, help_text="The account's, in full."
    )

    class Meta:
        model = Membership
        fields = ["org", "role"]

    def clean(self) -> dict[str, Any]:
        """Find the account; refuse a membership that is there already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        user = User.objects.filter(username=cleaned.get("account", "")).first()
        if user is None:
            self.add_error("account", "There is no account of this name.")
            return cleaned
        self.instance.user = user
        given = {name: cleaned.get(name) for name in ("org", "role")}
        if user.memberships.filter(**given).exists():
            raise forms.ValidationError("The person has this role there already.")
        return cleaned


@admin.register(Membership)
class MembershipAdmin(OwnerScoped):
    """Who does what for an organisation; who has a membership may enter the admin.

    An administrator of an organisation gives and takes those of that one.
    """

    org_path = "org"
    seen_by = "managed"
    changed_by = "managed"
    list_display = ["user", "org", "role", "from_claims"]
    list_filter = [OrgFilter, "role", "from_claims"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email", "org__exact"]
    search_help_text = "A user name, an address, or an organisation's code."
    autocomplete_fields = ["user"]
    readonly_fields = ["from_claims"]

    def get_form(
        self,
        request: HttpRequest,
        obj: Membership | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Let nobody but superusers choose among all accounts."""
        if obj is None and not self.reach(request).everywhere:
            kwargs["form"], kwargs["fields"] = NewMembershipForm, None
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer the organisations that are known, an administrator his own alone."""
        if db_field.name == "org":
            reach = self.reach(request)
            known = self.site.orgs_offered(request)
            offered = known if reach.everywhere else sorted(reach.managed)
            return forms.ChoiceField(
                choices=[(org, org) for org in offered], help_text=db_field.help_text
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> list[str]:
        """Leave a membership with its person; another one gets another."""
        return ["from_claims", *(["user"] if obj else [])]

    def save_model(
        self, request: HttpRequest, obj: Membership, form: Any, change: bool
    ) -> None:
        """Store it, and let the person in."""
        super().save_model(request, obj, form, change)
        update_staff(obj.user)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Take it away, and with the last one the way in."""
        super().delete_model(request, obj)
        update_staff(obj.user)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Membership]
    ) -> None:
        """Take several away."""
        users = list(User.objects.filter(memberships__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        for user in users:
            update_staff(user)


class _FromTheRegister(LongListAdmin):
    """Rows that only an import writes; there can be millions."""

    personal = True
    ordering = ["id"]


@admin.register(Party)
class PartyAdmin(_FromTheRegister):
    """Persons and organisations; a national identity number is never shown in full."""

    list_display = ["id", "name", "type", "org_number", "unit_type", "is_deleted"]
    list_filter = ["type", "is_deleted"]
    # Not by national identity number: a search stands in the address, and that in logs.
    search_fields = ["id__exact", "name", "org_number__exact"]
    search_help_text = "A party id, an organisation number, or a part of the name."
    fields = [
        "id",
        "uuid",
        "type",
        "name",
        "org_number",
        "masked_ssn",
        "unit_type",
        "parent",
        "is_deleted",
        "external_urn",
    ]

    @admin.display(description="national identity number")
    def masked_ssn(self, party: Party) -> str:
        """Show the first six digits."""
        return mask_ssn(party.ssn)


@admin.register(Profile)
class ProfileAdmin(_FromTheRegister):
    """Users of the register."""

    list_display = ["id", "user_name", "user_type", "party", "language"]
    list_filter = ["user_type"]
    list_select_related = ["party"]
    search_fields = ["id__exact", "user_name", "party__name"]
    search_help_text = "A user id, or a part of the user's name."


@admin.register(IssuerKeySet)
class IssuerKeySetAdmin(LongListAdmin):
    """What is known of the keys of other issuers; only fetching writes it."""

    ordering = ["iss"]
    list_display = ["iss", "fetched_at", "attempted_at", "failure"]
    fields = [
        "iss",
        "source",
        "fetched_at",
        "attempted_at",
        "is_pending",
        "failure",
        "document",
    ]


@admin.register(LookUpAttempt)
class LookUpAttemptAdmin(LongListAdmin):
    """Look-ups of the last hour that found nobody: who is near the limit."""

    list_display = ["subject", "at"]
    search_fields = ["subject__exact"]
    search_help_text = "A subject in full: user:1337."
