"""Ciw 3 on w1, with its own reneging, as its documentation shows.

Ciw draws arrivals without end, so the run stops at the time ``n_calls / arrival_rate`` and not at exactly `n_calls`
calls: about that many arrive. Calls in service at that moment count with their drawn service time; the few that
still wait have no outcome yet and are left out of the KPIs.

    python -m benchmarks.ciw_peer w1 --calls 20000 --seed 1
"""

import argparse
import time

import ciw
import numpy as np

from benchmarks.workloads import PeerResult, Workload, load_workload, peak_memory_mb, w1_kpis, workload_id


def run_w1(spec: Workload, n_calls: int, seed: int) -> PeerResult:
    """Simulate w1 (Erlang A) for ``n_calls / arrival_rate`` minutes, in which about `n_calls` calls arrive."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=spec["arrival_rate"])],
        service_distributions=[ciw.dists.Exponential(rate=1.0 / spec["service_mean"])],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1.0 / spec["patience_mean"])],
        number_of_servers=[spec["agents"]],
    )
    began = time.process_time()
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(n_calls / spec["arrival_rate"])
    cpu_seconds = time.process_time() - began

    peak_mb = peak_memory_mb()
    rows = [
        (record.arrival_date, record.waiting_time, record.service_time, record.record_type == "service")
        for record in simulation.get_all_records(only=["service", "renege"])
    ]
    rows += [
        (call.arrival_date, call.service_start_date - call.arrival_date, call.service_time, True)
        for call in simulation.nodes[1].all_individuals
        if call.server
    ]
    arrived_at, wait, service, answered = np.array(sorted(rows)).T
    kpis, errors = w1_kpis(spec, arrived_at, wait, service, answered.astype(bool))
    n_arrived = simulation.nodes[0].number_of_individuals
    return PeerResult("ciw", workload_id(spec), n_arrived, cpu_seconds, peak_mb, kpis, errors)


def main(arguments: list[str] | None = None) -> None:
    """Run w1 and print its `PeerResult` as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ciw_peer", description="Ciw on w1.")
    parser.add_argument("workload", choices=("w1",))
    parser.add_argument("--calls", type=int, help="about how many arrive; default: as many as the workload says")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    spec = load_workload(args.workload)
    print(run_w1(spec, spec["calls"] if args.calls is None else args.calls, args.seed).to_json())


if __name__ == "__main__":
    main()
