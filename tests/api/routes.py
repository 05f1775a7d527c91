"""The routes of the faces, as Django resolves them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

from api.views import FaceViewSet


def routes(resolver: URLResolver) -> Iterator[tuple[type[FaceViewSet], str]]:
    """Yield the view and action of every route of the faces."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if view is not None and issubclass(view, FaceViewSet):
                for action in set(entry.callback.actions.values()):  # type: ignore[attr-defined]  # DRF's
                    yield view, action
