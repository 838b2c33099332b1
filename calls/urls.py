from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from calls.views import (
    closing,
    documents,
    feeds,
    followers,
    form_versions,
    parts,
    public,
    questions,
    self_test,
    setup,
    staff,
)

register_converter(parts.PartConverter, "call_part")

app_name = "calls"
urlpatterns = [
    path("oproepen/", public.call_list, name="list"),
    path("oproepen/<slug:slug>/", public.call_detail, name="detail"),
    path("oproepen/<slug:slug>/formulier/", public.blank_form, name="blank_form"),
    path("oproepen/<slug:slug>/formulier/pdf/", public.blank_form_pdf, name="blank_form_pdf"),
    path("oproepen.atom", require_safe(feeds.CallsFeed()), name="feed"),
    path("oproepen.ics", feeds.calls_calendar, name="calendar"),
    path("oproepen/<slug:slug>/nieuws.atom", require_safe(feeds.NewsFeed()), name="news_feed"),
    path("oproepen/<slug:slug>/agenda.ics", feeds.call_calendar, name="call_calendar"),
    path("oproepen/<slug:slug>/zelftest/", self_test.self_test, name="self_test"),
    path("oproepen/<slug:slug>/vragen/", questions.questions, name="questions"),
    path("oproepen/<slug:slug>/vragen/stellen/", questions.ask, name="ask_question"),
    path("oproepen/<slug:slug>/volgen/", followers.follow, name="follow"),
    path("volgen/", followers.follow, name="follow_all"),
    path("volgen/<slug:token>/bevestigen/", followers.confirm, name="confirm_following"),
    path("volgen/<slug:token>/stoppen/", followers.stop, name="stop_following"),
    path("oproepen/<slug:slug>/documenten/<int:pk>/", public.document, name="document"),
    path("beheer/oproepen/", staff.call_list, name="staff_list"),
    path("beheer/oproepen/nieuw/", staff.new_call, name="new"),
    path("beheer/oproepen/<slug:slug>/", staff.call_detail, name="staff_detail"),
    path("beheer/oproepen/<slug:slug>/teksten/", staff.edit_texts, name="edit_texts"),
    path(
        "beheer/oproepen/<slug:slug>/instellingen/<slug:part>/",
        setup.edit_settings,
        name="edit_settings",
    ),
    path("beheer/oproepen/<slug:slug>/criteria/", setup.edit_criteria, name="edit_criteria"),
    path("beheer/oproepen/<slug:slug>/uitleg/<slug:item>/", setup.explain, name="explain"),
    path(
        "beheer/oproepen/<slug:slug>/uitleg/<slug:item>/schrappen/",
        setup.unexplain,
        name="unexplain",
    ),
    path("beheer/oproepen/<slug:slug>/documenten/nieuw/", documents.add, name="document_add"),
    path("beheer/oproepen/<slug:slug>/documenten/<int:pk>/", documents.edit, name="document_edit"),
    path(
        "beheer/oproepen/<slug:slug>/documenten/<int:pk>/schrappen/",
        documents.remove,
        name="document_remove",
    ),
    path(
        "beheer/oproepen/<slug:slug>/documenten/<int:pk>/verplaatsen/",
        documents.move,
        name="document_move",
    ),
    path(
        "beheer/oproepen/<slug:slug>/rondes/<int:pk>/sluiting/",
        closing.move_closing,
        name="move_closing",
    ),
    path("beheer/oproepen/<slug:slug>/formulier/", form_versions.form_builder, name="form_builder"),
    path(
        "beheer/oproepen/<slug:slug>/formulier/wijziging/",
        form_versions.form_change,
        name="form_change",
    ),
    path(
        "beheer/oproepen/<slug:slug>/formulier/wijziging/publiceren/",
        form_versions.publish_form_change,
        name="form_change_publish",
    ),
    path(
        "beheer/oproepen/<slug:slug>/formulier/wijziging/verwerpen/",
        form_versions.discard_form_change,
        name="form_change_discard",
    ),
    path("beheer/oproepen/<slug:slug>/stap/<slug:step>/", staff.take_step, name="step"),
    path(
        "beheer/oproepen/<slug:slug>/mijlpalen/voorstel/",
        staff.suggest_milestones,
        name="suggest_milestones",
    ),
    path(
        "beheer/oproepen/<slug:slug>/zelftest/", self_test.self_test_setup, name="self_test_setup"
    ),
    path(
        "beheer/oproepen/<slug:slug>/zelftest/voorstel/",
        self_test.suggest_self_test,
        name="suggest_self_test",
    ),
    path(
        "beheer/oproepen/<slug:slug>/gestelde-vragen/",
        questions.staff_questions,
        name="staff_questions",
    ),
    path("beheer/oproepen/<slug:slug>/gestelde-vragen/<int:pk>/", questions.answer, name="answer"),
    path("beheer/oproepen/<slug:slug>/<call_part:kind>/nieuw/", parts.add, name="part_add"),
    path("beheer/oproepen/<slug:slug>/<call_part:kind>/<int:pk>/", parts.edit, name="part_edit"),
    path(
        "beheer/oproepen/<slug:slug>/<call_part:kind>/<int:pk>/schrappen/",
        parts.delete,
        name="part_delete",
    ),
    path(
        "beheer/oproepen/<slug:slug>/<call_part:kind>/<int:pk>/verplaatsen/",
        parts.move,
        name="part_move",
    ),
]
