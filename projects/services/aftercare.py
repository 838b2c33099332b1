"""Noting what became of a project after it was finished."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common.constraints import readable_constraints
from common.moments import today
from projects.lifecycle import ProjectState
from projects.models import FollowUp, Project
from projects.policies import may_guide_project


@transaction.atomic
def note_follow_up(
    *,
    project: Project,
    noted_on: date,
    in_use: bool,
    by: User,
    scaled_to: str = "",
    lessons_url: str = "",
) -> FollowUp:
    """Note how a finished project stands on a day; earlier notes stay.

    Source: domain.md 6.7 (taken into use, scaled to others, lessons published).

    Raises:
        PermissionDenied: when `by` may not guide projects.
        ValidationError: the project is not finished, the day is to come or before its end, or it is
            scaled without being in use.
    """
    may_guide_project.check(by, project)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.state != ProjectState.FINISHED:
        raise ValidationError(_("Nazorg noteert u pas als het project afgerond is."))
    if noted_on > today():
        raise ValidationError({"noted_on": _("Deze dag ligt in de toekomst.")})
    if project.ended_on and noted_on < project.ended_on:
        raise ValidationError({"noted_on": _("Toen was het project nog niet afgerond.")})
    follow_up = FollowUp(
        project=project,
        noted_on=noted_on,
        in_use=in_use,
        scaled_to=scaled_to.strip(),
        lessons_url=lessons_url,
        noted_by=by,
    )
    with readable_constraints(fields={"projects_follow_up_scaled_is_used": "scaled_to"}):
        follow_up.save()
    record(
        actor=by,
        action="project.follow_up_noted",
        label=_("Nazorg genoteerd: in gebruik")
        if in_use
        else _("Nazorg genoteerd: niet in gebruik"),
        about=project,
        comment=follow_up.scaled_to,
    )
    return follow_up
