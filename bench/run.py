"""Holdfast beside its Python peers: whole processes, by turns, on the same files.

    python3 bench/run.py [--data DIRECTORY] [--rounds N] [--only plain|search]

bench/README.md says what is compared and how to read it. Only the standard
library is used here, and little memory: a child's peak memory is counted from
what its parent had when it was started.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
TARGET = HERE.parent / "target"
TRAINER = TARGET / "release" / "holdfast-train"
SIZES = [(100_000, 20), (1_000_000, 20)]
SOLVERS = ["lbfgs", "newton-cholesky"]

# Name, file, target, its value for churn, columns that are no features.
SETS = [
    ("telco", "telco/Telco-Customer-Churn.csv", "Churn", "Yes", ["customerID"]),
    ("mlc_churn", "mlc_churn/mlc_churn.csv", "churn", "yes", []),
    ("bank_churn", "bank_churn/Churn_Modelling.csv", "Exited", "1",
     ["RowNumber", "CustomerId", "Surname"]),
    ("eu_direct_lapse", "eu_direct_lapse/eudirectlapse.csv", "lapse", "1", []),
]


def measured(command):
    """Seconds and peak MiB of a whole process; stops everything when it fails."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        if child.returncode != 0:
            output.seek(0)
            sys.exit(f"{command}\n{output.read().decode()}")
    return seconds, usage.ru_maxrss / 1024


def by_turns(commands, rounds):
    """The medians of each command's seconds and MiB, the commands taking turns."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(measured(command))
    return {
        name: tuple(statistics.median(column) for column in zip(*measures))
        for name, measures in runs.items()
    }


def trainer(path, target, positive, models, *options):
    """The whole of a fit; what the peers do not do is switched off where it can be."""
    command = [str(TRAINER), "churn", "--data", str(path), "--target", target,
               "--positive", positive, "--name", "bench", "--models", models,
               "--folds", "0", *options]
    usage = subprocess.run([str(TRAINER), "churn", "--help"], capture_output=True,
                           text=True, check=True).stdout
    for option, value in [("--bootstrap", "0"), ("--calibration", "none")]:
        if f"{option} " in usage:
            command += [option, value]
    return command


def line(name, who, figures, ours):
    seconds, memory = figures
    print(f"{name:<16} {who:<28} {seconds:>9.2f} {memory:>9.0f}"
          f" {ours[0] / seconds:>7.3f} {ours[1] / memory:>7.3f}", flush=True)


def header():
    print(f"{'data':<16} {'what':<28} {'seconds':>9} {'MiB':>9} {'time':>7} {'memory':>7}")


def plain(rounds, models):
    print("Plain fits; time and memory: Holdfast's as a share of the other's")
    header()
    for rows, columns in SIZES:
        path = TARGET / "bench" / f"{rows}x{columns}.csv"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run([sys.executable, str(HERE / "synthesise.py"), str(rows),
                            str(columns), str(path)], check=True)
        ours = trainer(path, "churned", "yes", models,
                       "--shapes", "lines", "--ridge-penalty", "1")
        commands = {"holdfast": ours}
        for solver in SOLVERS:
            commands[f"scikit-learn {solver}"] = [
                sys.executable, str(HERE / "plain_fit.py"), str(path), "churned", "yes", solver]
        found = by_turns(commands, rounds)
        for who, figures in found.items():
            line(f"{rows} x {columns}", who, figures, found["holdfast"])


def search(directory, rounds, models):
    print("Glass-box search beside interpret's EBM; shares as above, wanted: time at most 0.100")
    header()
    for name, file, target, positive, ignored in SETS:
        path = directory / file
        if not path.exists():
            print(f"{name:<16} not there")
            continue
        schema = pathlib.Path(models) / f"{name}.toml"
        schema.write_text("".join(f'[columns.{c}]\nkind = "ignore"\n' for c in ignored))
        ours = trainer(path, target, positive, models, "--schema", str(schema))
        peer = [sys.executable, str(HERE / "ebm.py"), str(path), target, positive, *ignored]
        found = by_turns({"holdfast": ours, "interpret EBM": peer}, rounds)
        for who, figures in found.items():
            line(name, who, figures, found["holdfast"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path,
                        default=HERE.parent.parent / "shared" / "data",
                        help="directory of the four data sets; those missing are passed over")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["plain", "search"])
    arguments = parser.parse_args()
    if not TRAINER.exists():
        sys.exit("first: cargo build --release")
    with tempfile.TemporaryDirectory() as models:
        if arguments.only != "search":
            plain(arguments.rounds, models)
        if arguments.only != "plain":
            search(arguments.data, max(1, arguments.rounds // 2), models)


if __name__ == "__main__":
    main()
