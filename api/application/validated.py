"""What views share that tell of validation: what is ignored, and what is found."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from api.application.base import AppViewSet
from api.languages import language_of
from data_elements.models import DataElement
from instances.models import Instance
from process import engine
from process.form_data import Form
from process.positions import state_of
from process.validation.issues import SourceIssues
from process.validation.run import validate_changes
from process.validation.subjects import subject_of
from process.validation.validators import Changes


class ValidatedViewSet(AppViewSet):
    """A view that changes what a task holds, and tells what is amiss after it."""

    def ignored_in_query(self) -> list[str] | None:
        """Return the sources that the query ignores, None where it does not say.

        Saying so, if only with nothing, is what asks for validation.
        """
        given = self.query.texts("ignoredValidators")
        if not given:
            return None
        names = (name.strip() for text in given for name in text.split(","))
        return [name for name in names if name]

    def issues_after(
        self,
        instance: Instance,
        changes: Changes,
        *,
        ignored: Iterable[str] | None = (),
        known: Mapping[UUID, Form] | None = None,
        elements: Sequence[DataElement] | None = None,
    ) -> list[SourceIssues]:
        """Validate what the changes matter to, in the transaction that made them.

        ``known`` are the forms as they are now, as far as they are at hand.
        """
        subject = subject_of(
            self.roles,
            definition=self.app,
            instance=instance,
            task=engine.current_task(self.app.process, state_of(instance)),
            elements=self.elements_of(instance) if elements is None else elements,
            language=language_of(self.request, self.app),
            known=known,
            is_after_change=True,
        )
        return validate_changes(subject, changes, ignored=ignored or ())
