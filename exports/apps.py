"""App configuration of this room."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Exports."""

    name = "exports"
    verbose_name = "Exports"

    def ready(self) -> None:
        """Tell the sweep which blobs are parts of exports."""
        from data_elements import holders
        from exports.models import ExportPart

        holders.register(ExportPart.objects.keys_among)
