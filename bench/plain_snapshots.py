"""Features of a purchase log by pandas, start to end: what `holdfast-train snapshots` does.

    python3 bench/plain_snapshots.py LOG AS_OF HORIZON_DAYS OUTPUT

LOG has the columns of Online Retail. The same cleaning (lines without a customer
left out, refunds netted, one purchase for each customer and day) and the same
features as of the same day, of the customers active in the 180 days before.
"""

import sys

import numpy as np
import pandas as pd

WINDOWS = [30, 90, 180, 365]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def purchase_days(path):
    """What each customer bought and returned on each day, and first bought products."""
    frame = pd.read_csv(
        path,
        usecols=["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"],
        dtype={"InvoiceNo": "category", "StockCode": "category", "Quantity": "int32",
               "InvoiceDate": "category", "UnitPrice": "float64", "CustomerID": "float64"},
    )
    frame = frame[frame["CustomerID"].notna() & (frame["UnitPrice"] >= 0)]
    times = pd.to_datetime(frame["InvoiceDate"].cat.categories).normalize()
    day = (times.asi8 // {"ns": 86_400 * 10**9, "us": 86_400 * 10**6, "s": 86_400}[times.unit])
    money = frame["Quantity"] * frame["UnitPrice"]
    lines = pd.DataFrame({
        "customer": frame["CustomerID"].astype("int64"),
        "day": day.astype("int32")[frame["InvoiceDate"].cat.codes],
        "spend": money.clip(lower=0.0),
        "returned": (-money).clip(lower=0.0),
        "bought": frame["Quantity"] > 0,
        "product": frame["StockCode"].cat.codes,
    })
    del frame, money
    bought = lines[lines["bought"]]
    products = bought.groupby(["customer", "product"], observed=True)["day"].min().reset_index()
    days = lines.groupby(["customer", "day"]).agg(
        spend=("spend", "sum"), returned=("returned", "sum"), bought=("bought", "max"))
    days = days.reset_index()
    days["money"] = days["spend"] - days["returned"]
    cancelled = (days["returned"] > 0) & (days["returned"] >= days["spend"] * (1 - 1e-9))
    days["purchases"] = (days["bought"] & ~cancelled).astype("int64")
    return days, products


def features(days, products, as_of, active_days=180):
    """One row for each active customer."""
    known = days[days["day"] <= as_of]
    bought = known[known["purchases"] > 0]
    by_customer = bought.groupby("customer")["day"]
    table = pd.DataFrame({"first": by_customer.min(), "last": by_customer.max()})
    table = table[as_of - table["last"] < active_days]
    for window in WINDOWS:
        within = known[known["day"] > as_of - window].groupby("customer")
        table[f"purchases_{window}_days"] = within["purchases"].sum()
        table[f"spend_{window}_days"] = within["money"].sum()
        table[f"bought_{window}"] = within["spend"].sum()
    table = table.fillna(0)
    for of, name in [("purchases", "purchases_{}_days"), ("spend", "bought_{}")]:
        for short, long in zip(WINDOWS, WINDOWS[1:]):
            longer = table[name.format(long)].where(lambda column: column > 0)
            table[f"{of}_trend_{short}_{long}_days"] = (
                table[name.format(short)] * (long / short) / longer)
    table["days_since_last_purchase"] = as_of - table["last"]
    table["tenure_days"] = as_of - table["first"]
    gap = by_customer.diff()
    gaps = gap.groupby(bought["customer"])
    count = gaps.count()
    table["mean_gap_days"] = gaps.mean()
    table["gap_deviation_days"] = gaps.std()
    table["last_gap_to_mean"] = (gaps.last() / gaps.mean()).where(count > 1)
    table["days_since_last_to_mean_gap"] = (
        table["days_since_last_purchase"] / table["mean_gap_days"])
    ever = known.groupby("customer")
    table["purchases"] = ever["purchases"].sum()
    table["total_spend"] = ever["money"].sum()
    table["mean_spend"] = table["total_spend"] / table["purchases"]
    spend = ever["spend"].sum()
    table["returns_share"] = (ever["returned"].sum() / spend.where(spend > 0)).clip(upper=1.0)
    told = products[products["day"] <= as_of]
    table["distinct_products"] = told.groupby("customer").size()
    weekday = (bought["day"] + 3) % 7
    shares = pd.crosstab(bought["customer"], weekday, normalize="index")
    for number, name in enumerate(WEEKDAYS):
        table[f"share_on_{name}"] = shares.get(number, pd.Series(0.0, index=shares.index))
    return table.drop(columns=["first", "last"] + [f"bought_{window}" for window in WINDOWS])


def main():
    path, as_of, horizon, output = sys.argv[1:]
    as_of = int(np.datetime64(as_of, "D").astype("int64"))
    days, products = purchase_days(path)
    table = features(days, products, as_of)
    ahead = days[(days["day"] > as_of) & (days["day"] <= as_of + int(horizon))]
    stayed = ahead.groupby("customer")["purchases"].sum().reindex(table.index).fillna(0) > 0
    table["churned"] = np.where(stayed, "no", "yes")
    table.to_csv(output)
    print(len(table), "rows")


if __name__ == "__main__":
    main()
