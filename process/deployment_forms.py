"""What the pages of deployments are sent, read by forms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps_registry.choices import APP_PATTERN, MAX_APP, MAX_LABEL
from parties.numbers import LARGEST_ID

_NAME = RegexValidator(
    rf"^{APP_PATTERN}\Z", "Write the name as addresses have it: app2018, in lower case."
)


class DeploymentForm(forms.Form):
    """A new deployment; the file comes last, after all that must be known first."""

    label = forms.CharField(
        max_length=MAX_LABEL,
        required=False,
        help_text="A note that is kept with the deployment: why, or for what.",
    )
    serve = forms.BooleanField(
        label="Serve it at once",
        required=False,
        initial=True,
        help_text="If not, it is stored and can be compared first.",
    )
    archive = forms.FileField(
        label="Zip file",
        help_text="The application's folder: what holds config/, or App/config/.",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={"required": "Choose a zip file."},
    )


class FirstDeploymentForm(DeploymentForm):
    """The first deployment of an application."""

    org = forms.ChoiceField(label="Organisation")
    app = forms.CharField(
        label="Name",
        max_length=MAX_APP,
        validators=[_NAME],
        help_text="The application's name in addresses, as its metadata have it.",
    )
    field_order = ("org", "app", "label", "serve", "archive")

    def __init__(self, orgs: Sequence[str], *args: Any, **kwargs: Any) -> None:
        """Offer organisations."""
        super().__init__(*args, **kwargs)
        field = self.fields["org"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(org, org) for org in orgs]


class ComparisonForm(forms.Form):
    """Two deployments by their numbers."""

    before = forms.IntegerField(label="From", min_value=1, max_value=LARGEST_ID)
    after = forms.IntegerField(label="to", min_value=1, max_value=LARGEST_ID)
