from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Overzicht"

    def ready(self) -> None:
        from audit import readings  # its models are loaded only now

        readings.declare({"record": _("logboek, als bestand")})
