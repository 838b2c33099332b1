"""`{% load charts %}`: the drawings of `common.charts` as template tags."""

from django import template

from common import charts

register = template.Library()

register.simple_tag(charts.bar_chart)
register.simple_tag(charts.column_chart)
register.simple_tag(charts.line_chart)
register.simple_tag(charts.share_chart)
