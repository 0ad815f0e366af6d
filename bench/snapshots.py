"""Features of ten million purchase lines: Holdfast beside pandas, in one run.

    python3 bench/snapshots.py ONLINE_RETAIL [--lines N] [--rounds N]

ONLINE_RETAIL is `online_retail.csv.gz` (UCI, CC BY 4.0), or HOLDFAST_ONLINE_RETAIL
in the environment names it; without the file nothing is measured. It is repeated
with new customer ids and invoice numbers until it has N lines, once, under
`target/bench`. Both then make the same table of it: `holdfast-train snapshots`,
and `plain_snapshots.py`. Whole processes, by turns, medians; the last columns are
Holdfast's time and memory as a share of the line's. Wanted: under 30 s and 1 GiB.
"""

import argparse
import csv
import gzip
import os
import pathlib
import sys
import tempfile

from run import HERE, TARGET, TRAINER, by_turns, header, line

AS_OF = "2011-08-31"
HORIZON_DAYS = "90"


def repeated(source, lines):
    """The log, again and again with other customers and invoices, as plain CSV."""
    path = TARGET / "bench" / f"online_retail_{lines}.csv"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(source, "rt", newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    unfinished = path.with_suffix(".unfinished")
    with open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        customer, invoice = head.index("CustomerID"), head.index("InvoiceNo")
        for written in range(lines):
            copy, at = divmod(written, len(rows))
            row = rows[at]
            if copy > 0:
                row = row.copy()
                row[invoice] += f"-{copy}"
                if row[customer]:
                    row[customer] = str(100_000 * copy + int(float(row[customer])))
            writer.writerow(row)
    unfinished.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("log", nargs="?", type=pathlib.Path,
                        default=os.environ.get("HOLDFAST_ONLINE_RETAIL"))
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.log is None or not pathlib.Path(arguments.log).exists():
        print("snapshots: passed over, online_retail.csv.gz is not there")
        return
    if not TRAINER.exists():
        sys.exit("first: cargo build --release")
    path = repeated(arguments.log, arguments.lines)
    with tempfile.TemporaryDirectory() as directory:
        ours = [str(TRAINER), "snapshots", "--data", str(path), "--customer", "CustomerID",
                "--time", "InvoiceDate", "--quantity", "Quantity", "--price", "UnitPrice",
                "--invoice", "InvoiceNo", "--product", "StockCode", "--as-of", AS_OF,
                "--horizon-days", HORIZON_DAYS, "--quiet", "--output", f"{directory}/ours.csv"]
        peer = [sys.executable, str(HERE / "plain_snapshots.py"), str(path), AS_OF,
                HORIZON_DAYS, f"{directory}/peer.csv"]
        found = by_turns({"holdfast": ours, "pandas": peer}, arguments.rounds)
        compare(f"{directory}/ours.csv", f"{directory}/peer.csv")
    header()
    for who, figures in found.items():
        line(f"{arguments.lines} lines", who, figures, found["holdfast"])


def compare(ours, peer):
    """Stops unless both tables tell the same."""
    def table(path):
        with open(path, newline="", encoding="utf-8") as file:
            return {str(int(float(row["customer"]))): row for row in csv.DictReader(file)}
    ours, peer = table(ours), table(peer)
    if ours.keys() != peer.keys():
        sys.exit(f"other customers: {len(ours)} and {len(peer)}")
    for customer, row in ours.items():
        for name, value in peer[customer].items():
            same = name == "customer" or row[name] == value
            if not same and value and row[name] and name != "churned":
                same = abs(float(row[name]) - float(value)) <= 1e-6 * (1 + abs(float(value)))
            if not same:
                sys.exit(f"{customer} {name}: {row[name]!r} and {value!r}")
    print(f"both tables tell the same of {len(ours)} customers")


if __name__ == "__main__":
    main()
