"""A row of the churn data as one call sends it."""

from __future__ import annotations

import pandas as pd

from holdfast_client.values import FeatureInput

FLAGS = {"Partner", "Dependents", "PhoneService", "PaperlessBilling", "SeniorCitizen"}


def features(row: pd.Series) -> dict[str, FeatureInput]:
    return {
        name: None if pd.isna(value) else value in ("Yes", 1) if name in FLAGS else value
        for name, value in row.items()
        if name != "customerID"
    }
