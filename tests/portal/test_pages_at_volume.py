"""The pages that `make bench-pages` measures take as many queries for 300 files as for 20.

Not for 3: the files of the benchmark stand at each step of the evaluation from 20 on, and a list
without anything to decide asks less. The benchmark holds it for 50 and 5,000.
"""

import pytest
from django.test import Client

from benchmarks.pages.world import grow
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db

FEW, MANY = 20, 300
PAGES = {"work list", "list of files", "ranking board", "file page", "score form"}


def queries_at(size: int) -> dict[str, int]:
    found = {}
    for page in grow(size)["pages"]:
        if page["name"] in PAGES:
            client = Client()
            client.cookies["sessionid"] = page["session"]
            cost_of(client, page["url"])  # what is kept per process
            found[page["name"]] = cost_of(client, page["url"]).queries
    return found


def test_a_page_takes_the_same_queries_whatever_the_number_of_files() -> None:
    few, many = queries_at(FEW), queries_at(MANY)
    assert set(few) == PAGES
    assert few == many
