"""Addresses of projects: portfolio, a project's pages, procurement. Filled by that room."""

from django.urls import URLPattern

project_urls: list[URLPattern] = []
