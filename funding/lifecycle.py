"""The states of a request, a committee meeting, an agreement and an instalment (domain.md 3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step


class RequestState(models.TextChoices):
    REQUESTED = "requested", _("Aangevraagd")
    GRANTED = "granted", _("Goedgekeurd")
    REFUSED = "refused", _("Geweigerd")
    POSTPONED = "postponed", _("Uitgesteld")


REQUEST_LIFECYCLE = Lifecycle(
    RequestState,
    [
        step(
            "grant",
            _("Goedkeuren"),
            [RequestState.REQUESTED, RequestState.POSTPONED],
            RequestState.GRANTED,
        ),
        step(
            "refuse",
            _("Weigeren"),
            [RequestState.REQUESTED, RequestState.POSTPONED],
            RequestState.REFUSED,
        ),
        step(
            "postpone",
            _("Uitstellen"),
            [RequestState.REQUESTED, RequestState.POSTPONED],
            RequestState.POSTPONED,
        ),
    ],
)


class CommitteeState(models.TextChoices):
    """Of a meeting of the committee."""

    PLANNED = "planned", _("Gepland")
    AGENDA_CLOSED = "agenda_closed", _("Agenda afgesloten")
    HELD = "held", _("Gehouden")
    CANCELLED = "cancelled", _("Geannuleerd")


COMMITTEE_LIFECYCLE = Lifecycle(
    CommitteeState,
    [
        step(
            "close_agenda",
            _("Agenda afsluiten"),
            [CommitteeState.PLANNED],
            CommitteeState.AGENDA_CLOSED,
        ),
        step(
            "hold", _("Vergadering afronden"), [CommitteeState.AGENDA_CLOSED], CommitteeState.HELD
        ),
        step(
            "cancel",
            _("Annuleren"),
            [CommitteeState.PLANNED, CommitteeState.AGENDA_CLOSED],
            CommitteeState.CANCELLED,
        ),
    ],
)


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("Ontwerp")
    SENT = "sent", _("Verstuurd")
    SIGNED = "signed", _("Ondertekend")


AGREEMENT_LIFECYCLE = Lifecycle(
    AgreementState,
    [
        step("send", _("Versturen"), [AgreementState.DRAFT], AgreementState.SENT),
        step("sign", _("Ondertekenen"), [AgreementState.SENT], AgreementState.SIGNED),
    ],
)


class ChangeState(models.TextChoices):
    """Of a change that was asked for a grant."""

    ASKED = "asked", _("Gevraagd")
    ACCEPTED = "accepted", _("Aanvaard")
    REFUSED = "refused", _("Geweigerd")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


CHANGE_LIFECYCLE = Lifecycle(
    ChangeState,
    [
        step("accept", _("Aanvaarden"), [ChangeState.ASKED], ChangeState.ACCEPTED),
        step("refuse", _("Weigeren"), [ChangeState.ASKED], ChangeState.REFUSED),
        step("withdraw", _("Intrekken"), [ChangeState.ASKED], ChangeState.WITHDRAWN),
    ],
)


class InstalmentState(models.TextChoices):
    PLANNED = "planned", _("Gepland")
    CLAIMABLE = "claimable", _("Opvraagbaar")
    CLAIMED = "claimed", _("Aangevraagd")
    CHECKED = "checked", _("Gecontroleerd")
    APPROVED = "approved", _("Goedgekeurd")
    PAID = "paid", _("Betaald")
    CANCELLED = "cancelled", _("Vervallen")


INSTALMENT_LIFECYCLE = Lifecycle(
    InstalmentState,
    [
        step(
            "open",
            _("Opvraagbaar maken"),
            [InstalmentState.PLANNED],
            InstalmentState.CLAIMABLE,
        ),
        step("claim", _("Aanvragen"), [InstalmentState.CLAIMABLE], InstalmentState.CLAIMED),
        step("check", _("Controleren"), [InstalmentState.CLAIMED], InstalmentState.CHECKED),
        step(
            "reject",
            _("Afwijzen"),
            [InstalmentState.CLAIMED, InstalmentState.CHECKED],
            InstalmentState.CLAIMABLE,
        ),
        step(
            "recheck",
            _("Opnieuw controleren"),
            [InstalmentState.CHECKED, InstalmentState.APPROVED],
            InstalmentState.CLAIMED,
        ),
        step("approve", _("Goedkeuren"), [InstalmentState.CHECKED], InstalmentState.APPROVED),
        step("pay", _("Betalen"), [InstalmentState.APPROVED], InstalmentState.PAID),
        step("return", _("Teruggekeerd"), [InstalmentState.PAID], InstalmentState.APPROVED),
        step(
            "cancel",
            _("Laten vervallen"),
            [InstalmentState.PLANNED, InstalmentState.CLAIMABLE],
            InstalmentState.CANCELLED,
        ),
    ],
)
