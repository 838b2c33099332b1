"""The ranking board, meetings and the decision."""

from django.urls import path

from evaluations import views
from evaluations.urls.parts import FILE
from evaluations.views import board, meetings, room

CALL = "beheer/oproepen/<slug:slug>/"
MEETING = "beheer/vergaderingen/<int:pk>/"
ITEM = f"{MEETING}punten/<int:item>/"

urlpatterns = [
    path(f"{CALL}rangschikking/", board.board, name="board"),
    path(f"{CALL}rangschikking/volgende/", board.undecided, name="next_undecided"),
    path(f"{CALL}rangschikking/lijn/", board.line, name="draw_line"),
    path(
        f"{CALL}rangschikking/rangschikking.<str:extension>",
        board.board_export,
        name="board_export",
    ),
    path(f"{CALL}vergaderingen/", meetings.meetings, name="meetings"),
    path(f"{CALL}vergaderingen/nieuw/", meetings.meeting_new, name="meeting_new"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}wijzigen/", meetings.meeting_edit, name="meeting_edit"),
    path(f"{MEETING}verslag/", meetings.meeting_minutes, name="meeting_minutes"),
    path(f"{MEETING}stap/<slug:step>/", meetings.meeting_step, name="meeting_step"),
    path(f"{MEETING}deelnemers/<int:attendee>/", meetings.attendee_change, name="meeting_attendee"),
    path(ITEM, room.room, name="room"),
    path(f"{ITEM}bespreken/", room.item_open, name="item_open"),
    path(f"{ITEM}vertrek/", room.item_depart, name="item_depart"),
    path(f"{ITEM}verplaatsen/", meetings.item_move, name="item_move"),
    path(f"{ITEM}schrappen/", meetings.item_remove, name="item_remove"),
    path(f"{FILE}beslissing/", views.decide_view, name="decide"),
    path(f"{FILE}beslissing/terugnemen/", views.undo, name="withdraw_decision"),
]
