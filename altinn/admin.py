"""The admin site of application owners; each room registers its own furniture."""

from django.contrib.admin import AdminSite


class AltinnAdminSite(AdminSite):
    """The admin under ``/admin/`` of the base host."""

    site_header = "Open Altinn"
    site_title = "Open Altinn"
    index_title = "Applications and what was sent in"
    site_url = None
    enable_nav_sidebar = False  # ids are long, and lists need the width
    final_catch_all_view = False  # what is no page of the admin is a plain 404
