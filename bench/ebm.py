"""interpret's explainable boosting machine with its defaults, start to end.

    python3 bench/ebm.py FILE TARGET POSITIVE [COLUMN TO LEAVE OUT ...]

Reads the file, holds a fifth of it out, fits, measures. The last line has the
AUC and the log loss on the rows held out, and the seconds that `fit` alone took.
"""

import sys
import time

import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split


def main():
    path, target, positive, *ignored = sys.argv[1:]
    frame = pd.read_csv(path).drop(columns=ignored)
    churned = (frame.pop(target).astype(str) == positive).to_numpy()
    x, held_out, y, outcome = train_test_split(
        frame, churned, test_size=0.2, random_state=42, stratify=churned
    )
    model = ExplainableBoostingClassifier(random_state=42)
    begun = time.perf_counter()
    model.fit(x, y)
    seconds = time.perf_counter() - begun
    predicted = model.predict_proba(held_out)[:, 1]
    print(roc_auc_score(outcome, predicted), log_loss(outcome, predicted), seconds)


if __name__ == "__main__":
    main()
