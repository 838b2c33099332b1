"""Addresses of projects: the public portfolio, a project's pages, procurements."""

from django.urls import URLPattern, path

from projects.views import obligations, projects

_staff = "beheer/projecten/<str:reference>/"

project_urls: list[URLPattern] = [
    path("projecten/", projects.portfolio, name="portfolio"),
    path("projecten/<str:reference>/", projects.public_project, name="public_project"),
    path("mijn/projecten/<str:reference>/", projects.project, name="project"),
    path("beheer/projecten/", projects.staff_projects, name="staff_projects"),
    path(_staff, projects.staff_project, name="staff_project"),
    path(f"{_staff}begeleider/", projects.guide, name="project_guide"),
    path(f"{_staff}fasen/nieuw/", projects.phase, name="phase_add"),
    path(f"{_staff}fasen/<int:pk>/", projects.phase, name="phase_edit"),
    path(f"{_staff}opdrachten/nieuw/", projects.procurement_add, name="procurement_add"),
    path(f"{_staff}opdrachten/<int:number>/", projects.procurement, name="procurement"),
    path(f"{_staff}nazorg/", projects.follow_up, name="follow_up"),
    path(f"{_staff}stap/<slug:step>/", projects.take_step, name="project_step"),
    path("beheer/verplichtingen/", obligations.obligation_calendar, name="obligation_calendar"),
    path(
        "beheer/verplichtingen/<int:pk>/<slug:act>/",
        obligations.change,
        name="obligation_change",
    ),
    path(f"{_staff}verplichtingen/", obligations.staff_obligations, name="staff_obligations"),
    path(f"{_staff}verplichtingen/plannen/", obligations.plan, name="obligations_plan"),
    path(f"{_staff}verplichtingen/nieuw/", obligations.add, name="obligation_add"),
    path(
        "mijn/projecten/<str:reference>/verplichtingen/",
        obligations.member_obligations,
        name="obligations",
    ),
    path("mijn/verplichtingen/<int:pk>/leveren/", obligations.deliver, name="obligation_deliver"),
    path("mijn/verplichtingen/<int:pk>/bestand/", obligations.file, name="obligation_file"),
]
