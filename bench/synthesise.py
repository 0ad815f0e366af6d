"""Writes a CSV of made-up customers: numbers that tell of churn, some more than others.

    python3 bench/synthesise.py ROWS COLUMNS FILE

Seeded: the same arguments and numpy give the same file.
"""

import sys

import numpy as np
import pandas as pd
from scipy.special import expit


def main():
    rows, columns, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    random = np.random.default_rng(rows + columns)
    # Correlated, on scales from 0.01 to 1000, as columns of real tables are.
    mixing = random.normal(size=(columns, columns)) / np.sqrt(columns) + np.eye(columns)
    x = random.normal(size=(rows, columns)) @ mixing
    log_odds = x @ random.normal(0.0, 0.4, columns) - 1.5
    scales = 10.0 ** random.integers(-2, 4, columns)
    frame = pd.DataFrame(
        {f"x{column}": x[:, column] * scales[column] for column in range(columns)}
    )
    frame["churned"] = np.where(random.random(rows) < expit(log_odds), "yes", "no")
    frame.to_csv(path, index=False, float_format="%.7g")


if __name__ == "__main__":
    main()
