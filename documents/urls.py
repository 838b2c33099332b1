from django.urls import path

from documents import verification, views

app_name = "documents"
urlpatterns = [
    path("documenten/taak/<uuid:job_id>/", views.job, name="job"),
    path("documenten/taak/<uuid:job_id>/status/", views.job_status, name="job_status"),
    path("documenten/taak/<uuid:job_id>/opnieuw/", views.retry, name="retry"),
    path("documenten/taak/<uuid:job_id>/stopzetten/", views.cancel, name="cancel"),
    path("documenten/<uuid:job_id>/", views.download, name="download"),
    path("beheer/documenten/", views.jobs, name="jobs"),
    path("controle/", verification.find, name="find"),
    path("controle/<slug:number>/<slug:token>/", verification.control, name="control"),
]
