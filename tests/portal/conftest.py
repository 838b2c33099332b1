"""The world that the walks over all addresses look at."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.portal.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: each test looks at it inside its own transaction, a savepoint of this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _demo_pages_too(settings: Any) -> None:
    """The walks visit the pages of the demo as well; one test turns them off."""
    settings.DEMO_LOGIN = True
