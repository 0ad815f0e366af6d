"""A plain logistic regression by pandas and scikit-learn, start to end.

    python3 bench/plain_fit.py FILE TARGET POSITIVE SOLVER

Reads the file, holds a fifth of it out, standardises, fits with C = 1, measures.
The last line has the AUC and the log loss on the rows held out.
"""

import sys

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def main():
    path, target, positive, solver = sys.argv[1:]
    frame = pd.read_csv(path)
    churned = (frame.pop(target) == positive).to_numpy()
    x, held_out, y, outcome = train_test_split(
        frame.to_numpy(), churned, test_size=0.2, random_state=42, stratify=churned
    )
    del frame
    # In place: what a careful user does who minds memory.
    scaler = StandardScaler(copy=False)
    x = scaler.fit_transform(x)
    model = LogisticRegression(C=1.0, solver=solver, max_iter=1000).fit(x, y)
    predicted = model.predict_proba(scaler.transform(held_out))[:, 1]
    print(roc_auc_score(outcome, predicted), log_loss(outcome, predicted))


if __name__ == "__main__":
    main()
