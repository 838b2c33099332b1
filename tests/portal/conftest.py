"""The world that the walks over all addresses look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.portal.walk import Walk
from tests.portal.world import World


@pytest.fixture(scope="module")
def files_of_the_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all tests of a module, so that what the world holds can be fetched."""
    folder = tmp_path_factory.mktemp("files")
    with override_settings(MEDIA_ROOT=folder):
        yield folder


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, files_of_the_world: Path
) -> Iterator[World]:
    """Made once: each test looks at it inside its own transaction, a savepoint of this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def walk(world: World) -> Iterator[Walk]:
    """What everybody met in this world; what was looked at once is known."""
    with pytest.MonkeyPatch.context() as patch:
        # Nobody asks here which templates were drawn with what: no copies of that.
        patch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
        yield Walk(world)


@pytest.fixture(autouse=True)
def _demo_pages_too(settings: Any, _isolated: None, files_of_the_world: Path) -> None:
    """The walks visit the pages of the demo as well; one test turns them off."""
    settings.DEMO_LOGIN = True
    settings.MEDIA_ROOT = files_of_the_world
