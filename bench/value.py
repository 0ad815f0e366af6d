"""Value models beside the Python package lifetimes: fits and scores, by turns.

    python3 bench/value.py [--rounds N]

Needs what bench/requirements.txt names; the CDNOW purchases come with lifetimes.
Both sides get the same summaries (weeks, until 1997-09-30) in memory, and are
timed without start-up and reading. Last, the whole command `holdfast-train
value` turns the log of all 23,570 customers into a published model.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import lifetimes
import pandas
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value
from lifetimes.utils import summary_data_from_transaction_data

from run import TRAINER, measured

ROOT = pathlib.Path(__file__).parent.parent
LOG = pathlib.Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
END = "1997-09-30"
HORIZON = 39
WANTED = {"fit BG/NBD": 20, "fit Pareto/NBD": 50}
WANTED_OF_SCORES = 20


def all_customers():
    log = pandas.read_csv(LOG, sep=r"\s+")
    log.columns = ["customer", "date", "discs", "money"]
    log["date"] = pandas.to_datetime(log["date"], format="%Y%m%d")
    summary = summary_data_from_transaction_data(
        log, "customer", "date", "money", observation_period_end=END)
    summary[["recency", "T"]] /= 7
    return summary


def sample():
    return load_cdnow_summary_data_with_monetary_value()


class Python:
    """lifetimes, at its defaults."""

    def __init__(self, everyone, some):
        self.everyone, self.some = everyone, some
        self.repeaters = everyone[everyone.monetary_value > 0]
        self.bg_nbd = self.fit_bg_nbd()
        self.pareto_nbd = self.fit_pareto_nbd()
        self.spend = self.fit_gamma_gamma()

    def fit_bg_nbd(self):
        return BetaGeoFitter().fit(
            self.everyone.frequency, self.everyone.recency, self.everyone["T"])

    def fit_pareto_nbd(self):
        return ParetoNBDFitter().fit(self.some.frequency, self.some.recency, self.some["T"])

    def fit_gamma_gamma(self):
        return GammaGammaFitter().fit(self.repeaters.frequency, self.repeaters.monetary_value)

    def clv(self):
        return self.spend.customer_lifetime_value(
            self.bg_nbd, self.everyone.frequency, self.everyone.recency, self.everyone["T"],
            self.everyone.monetary_value, time=12, discount_rate=0.01, freq="W")

    def expected(self, model, customers):
        return model.conditional_expected_number_of_purchases_up_to_time(
            HORIZON, customers.frequency, customers.recency, customers["T"])

    def seconds(self):
        """Each thing done once, by name."""
        return {name: timed(work) for name, work in {
            "fit BG/NBD": self.fit_bg_nbd,
            "fit Pareto/NBD": self.fit_pareto_nbd,
            "fit Gamma-Gamma": self.fit_gamma_gamma,
            "BG/NBD P(alive)": lambda: self.bg_nbd.conditional_probability_alive(
                self.everyone.frequency, self.everyone.recency, self.everyone["T"]),
            "BG/NBD expected purchases": lambda: self.expected(self.bg_nbd, self.everyone),
            "Pareto/NBD expected purchases": lambda: self.expected(self.pareto_nbd, self.some),
            "12-month CLV": self.clv,
        }.items()}


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ours(everyone, some):
    """The same by benches/value.rs, on files of the same numbers."""
    output = subprocess.run(
        ["cargo", "bench", "--quiet", "--bench", "value", "--", str(everyone), str(some)],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def write(customers, path):
    columns = ["frequency", "recency", "T", "monetary_value"]
    customers[columns].to_csv(path, index=False)
    return path


def main():
    parser = argparse.ArgumentParser(description="value models beside lifetimes")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    warnings.filterwarnings("ignore")
    everyone, some = all_customers(), sample()
    python = Python(everyone, some)
    with tempfile.TemporaryDirectory() as directory:
        files = [write(everyone, pathlib.Path(directory, "all.csv")),
                 write(some, pathlib.Path(directory, "sample.csv"))]
        runs = [(python.seconds(), ours(*files)) for _ in range(rounds)]
        print(f"{'':<32} {'lifetimes':>11} {'Holdfast':>11} {'times':>8} {'wanted':>8}")
        for name in runs[0][0]:
            theirs = statistics.median(their[name] for their, _ in runs)
            mine = statistics.median(our[name] for _, our in runs)
            wanted = WANTED.get(name, 0 if name.startswith("fit") else WANTED_OF_SCORES)
            print(f"{name:<32} {theirs * 1e3:>8.2f} ms {mine * 1e3:>8.2f} ms"
                  f" {theirs / mine:>8.1f} {wanted or '':>8}")
        command = [str(TRAINER), "value", "--data", str(LOG), "--customer", "customer_id",
                   "--time", "date", "--amount", "dollar_value", "--currency", "USD",
                   "--name", "bench", "--models", directory]
        whole = [measured(command)[0] for _ in range(rounds)]
        print(f"log → fitted, validated, published: {statistics.median(whole):.2f} s (wanted: 2)")


if __name__ == "__main__":
    sys.exit(main())
