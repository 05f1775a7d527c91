"""Types of events as calls name them."""

from typing import Final

from api.parameters import Parameters
from common.errors import Phrase
from events.cloudevents import OF_EVERY_APP, is_of_an_app, moved_to

# Which tasks there are is for no list: events tell of those of earlier deployments too.
_KNOWN: Final = ", ".join((*OF_EVERY_APP, moved_to("{task}")))


def event_types(query: Parameters) -> tuple[str, ...]:
    """Return the types that ``type`` names, none for all.

    Raises ParameterInvalid for one that no event can have.
    """
    given = query.texts("type")
    for event_type in given:
        if not is_of_an_app(event_type):
            expected = Phrase("a type of event; those are: {known}", known=_KNOWN)
            raise query.refused("type", event_type, expected)
    return given
