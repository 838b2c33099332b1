from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("documenten/taak/<uuid:job_id>/", views.job, name="job"),
    path("documenten/taak/<uuid:job_id>/status/", views.job_status, name="job_status"),
    path("documenten/<uuid:job_id>/", views.download, name="download"),
    path("beheer/documenten/", views.jobs, name="jobs"),
    path("beheer/documenten/<uuid:job_id>/opnieuw/", views.retry, name="retry"),
]
