"""Evaluator packs and scores from a spreadsheet."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
