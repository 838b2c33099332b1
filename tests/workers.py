"""Which worker of `make test` does what: long work first, and all browser tests by one worker."""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser"

SECONDS = {
    BROWSER: 400.0,
    "tests/portal/test_leaks.py": 220.0,
    "tests/portal/test_urls.py": 140.0,
    "tests/rehearsals/test_play.py": 110.0,
    "tests/concurrency/test_chaos.py": 110.0,
    "tests/evaluations/test_state_machine.py": 75.0,
    "tests/funding/test_money_machine.py": 70.0,
    "tests/portal/test_hostile.py": 50.0,
    "tests/rehearsals/test_sandbox.py": 40.0,
    "tests/projects/test_information.py": 35.0,
    "tests/portal/test_bad_input.py": 35.0,
    "tests/evaluations/test_visibility.py": 30.0,
    "tests/evaluations/test_consensus.py": 30.0,
    "tests/projects/test_round_trip.py": 30.0,
    "tests/concurrency/test_jobs.py": 30.0,
    "tests/portal/test_forms.py": 30.0,
    "tests/devtools/test_launcher.py": 25.0,
    "tests/demo/test_any_day.py": 21.0,
    "tests/evaluations/test_lists.py": 20.0,
    "tests/evaluations/test_views.py": 20.0,
    "tests/reporting/test_demo_years.py": 20.0,
    "tests/concurrency/test_ledger.py": 20.0,
    "tests/concurrency/test_pgbouncer.py": 15.0,
    "tests/concurrency/test_standby.py": 15.0,
    "tests/reporting/test_steering.py": 12.0,
    "tests/reporting/test_openapi.py": 11.0,
    "tests/demo/test_load_demo.py": 10.0,
}
"""About how long the longest take on a quiet machine; the order is what matters."""

PER_TEST = 0.1
"""The same of a test of any other file."""


class LongestFirst(LoadFileScheduling):
    """Hands out files as a whole, so that what a file makes once is made once.

    xdist itself begins with the files of most tests. Those with a few very long ones then come at
    the end, when the other workers have nothing left to do.

    The browser tests are one piece of work: whoever does them starts a portal of its own, with its
    demo data, and mostly waits for it. Meanwhile the other workers use the processors.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return BROWSER if file.startswith(f"{BROWSER}/") else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(max(self.workqueue, key=self._seconds), last=False)
        super()._assign_work_unit(node)

    def _seconds(self, scope: str) -> float:
        return SECONDS.get(scope, PER_TEST * len(self.workqueue[scope]))
