"""Size and time of the solvers that could divide files over advisers (docs/decisions/0009).

    python3 -m venv /tmp/solver && /tmp/solver/bin/pip install ortools   # or highspy, or scipy
    /tmp/solver/bin/python benchmarks/solvers.py ortools-flow   # ortools-sat, highspy, scipy

400 files of two readers, 60 advisers with work in hand, one pair in ten forbidden: the loads as
even as can be, then as many experts as can be. Prints what importing and solving take.
"""

import random
import resource
import sys
import time
from collections.abc import Callable

FILES, ADVISERS, READERS, CAPACITY = 400, 60, 2, 25
dice = random.Random(1)
LOADS = [dice.randint(0, 6) for _adviser in range(ADVISERS)]
EVERY = [(file, adviser) for file in range(FILES) for adviser in range(ADVISERS)]
EXPERT = {pair: dice.random() < 0.25 for pair in EVERY}
PAIRS = [pair for pair in EVERY if dice.random() > 0.1]
WEIGHT = READERS * FILES + 1
STEPS = [(a, level) for a in range(ADVISERS) for level in range(LOADS[a], CAPACITY)]
COSTS = [0 if EXPERT[pair] else 1 for pair in PAIRS]
STEP_COSTS = [WEIGHT * (2 * level + 1) for _adviser, level in STEPS]


def ortools_flow() -> Callable[[], None]:
    from ortools.graph.python import min_cost_flow

    def solve() -> None:
        flow = min_cost_flow.SimpleMinCostFlow()
        end = 1 + FILES + ADVISERS
        for file in range(FILES):
            flow.add_arc_with_capacity_and_unit_cost(0, 1 + file, READERS, 0)
        for (file, adviser), cost in zip(PAIRS, COSTS, strict=True):
            flow.add_arc_with_capacity_and_unit_cost(1 + file, 1 + FILES + adviser, 1, cost)
        for (adviser, _level), cost in zip(STEPS, STEP_COSTS, strict=True):
            flow.add_arc_with_capacity_and_unit_cost(1 + FILES + adviser, end, 1, cost)
        flow.set_node_supply(0, READERS * FILES)
        flow.set_node_supply(end, -READERS * FILES)
        assert flow.solve() == flow.OPTIMAL

    return solve


def ortools_sat() -> Callable[[], None]:
    from ortools.sat.python import cp_model

    def solve() -> None:
        model = cp_model.CpModel()
        taken = {pair: model.new_bool_var("") for pair in PAIRS}
        steps = {step: model.new_bool_var("") for step in STEPS}
        for file in range(FILES):
            model.add(sum(x for (f, _a), x in taken.items() if f == file) == READERS)
        for adviser in range(ADVISERS):
            model.add(
                sum(x for (_f, a), x in taken.items() if a == adviser)
                == sum(x for (a, _level), x in steps.items() if a == adviser)
            )
        costs = [*COSTS, *STEP_COSTS]
        model.minimize(
            sum(c * x for c, x in zip(costs, [*taken.values(), *steps.values()], strict=True))
        )
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL

    return solve


def highspy() -> Callable[[], None]:
    import highspy

    def solve() -> None:
        model = highspy.Highs()
        model.silent()
        for cost in [*COSTS, *STEP_COSTS]:
            model.addVar(0, 1)
            model.changeColCost(model.getNumCol() - 1, cost)
        for file in range(FILES):
            columns = [n for n, (f, _a) in enumerate(PAIRS) if f == file]
            model.addRow(READERS, READERS, len(columns), columns, [1.0] * len(columns))
        for adviser in range(ADVISERS):
            columns = [n for n, (_f, a) in enumerate(PAIRS) if a == adviser]
            steps = [len(PAIRS) + n for n, (a, _level) in enumerate(STEPS) if a == adviser]
            factors = [1.0] * len(columns) + [-1.0] * len(steps)
            model.addRow(0, 0, len(factors), columns + steps, factors)
        model.run()
        assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal

    return solve


def scipy() -> Callable[[], None]:
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    def solve() -> None:
        entries = [(file, n, 1) for n, (file, _a) in enumerate(PAIRS)]
        entries += [(FILES + adviser, n, 1) for n, (_f, adviser) in enumerate(PAIRS)]
        entries += [(FILES + a, len(PAIRS) + n, -1) for n, (a, _level) in enumerate(STEPS)]
        rows, columns, values = zip(*entries, strict=True)
        size = len(PAIRS) + len(STEPS)
        matrix = csc_array((values, (rows, columns)), shape=(FILES + ADVISERS, size))
        sums = numpy.array([READERS] * FILES + [0] * ADVISERS)
        found = milp(
            numpy.array([*COSTS, *STEP_COSTS]),
            integrality=numpy.ones(size),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, sums, sums),
        )
        assert found.success

    return solve


def main(name: str) -> None:
    def megabytes() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before, began = megabytes(), time.process_time()
    solvers = {
        "ortools-flow": ortools_flow,
        "ortools-sat": ortools_sat,
        "highspy": highspy,
        "scipy": scipy,
    }
    solve = solvers[name]()
    imported, began_solving = megabytes() - before, time.process_time()
    solve()
    print(
        f"{name}: import {began_solving - began:.2f} s and {imported:.0f} MB, "
        f"solve {time.process_time() - began_solving:.2f} s, peak {megabytes():.0f} MB"
    )


if __name__ == "__main__":
    main(sys.argv[1])
