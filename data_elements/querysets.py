"""Reads of data elements."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from common.wire_rows import IsOneOf
from data_elements.choices import FileScanResult

if TYPE_CHECKING:
    from data_elements.models import DataElement


class DataElementQuerySet(models.QuerySet["DataElement"]):
    """Data elements."""

    def of(self, instance_ids: Collection[UUID]) -> "DataElementQuerySet":
        """Those of the instances, in the order they were made."""
        return self.filter(instance_id__in=instance_ids).order_by("created", "id")

    def of_guids(self, instance_guids: Collection[str]) -> "DataElementQuerySet":
        """The same; one text of SQL however many they are."""
        found = self.filter(IsOneOf("instance_id", instance_guids))
        return found.order_by("created", "id")

    def for_the_owner(
        self, restricted: Mapping[str, Collection[str]]
    ) -> "DataElementQuerySet":
        """Keep those that the app owner is to fetch (seed-api.md §3).

        An element counts if, and only if, it is not deleted, was not made by the owner
        org, and is of a type that demands no read right of its own. ``restricted`` maps
        app ids to the types that do.
        """
        counted = self.filter(deleted_at__isnull=True, created_by_owner=False)
        for app_id, types in restricted.items():
            if types:
                counted = counted.exclude(
                    Q(instance__app_id=app_id, data_type__in=sorted(types))
                )
        return counted

    def scan_pending(self) -> "DataElementQuerySet":
        """Keep what waits for a malware scan."""
        return self.filter(scan_result=FileScanResult.PENDING)

    def not_downloaded(self) -> "DataElementQuerySet":
        """Keep what the owner has never fetched."""
        return self.filter(first_downloaded_at__isnull=True)

    def not_confirmed(self) -> "DataElementQuerySet":
        """Keep what the owner has not confirmed."""
        return self.filter(owner_confirmed_at__isnull=True)
