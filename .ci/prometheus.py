"""Runs every query of the dashboard and of the alerts against a real Prometheus.

It scrapes the server that was built last, or that HOLDFAST_SERVER names, while
calls of all kinds go well and go wrong. Then each query must parse, each panel must
have figures, and each selector of a rule must find series; what is empty by nature
is named below. Beside that, metrics are the same in /metrics, docs/metrics.md and
the dashboard, and every alert has its heading in docs/runbook.md.

Needs Debian's package `prometheus`, openssl, grpcio and grpcio-tools.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
from pathlib import Path

from story import ROOT, Server, free_ports, http, process, until

DEPLOY = ROOT / "deploy"
DASHBOARD = DEPLOY / "grafana" / "holdfast.json"
SCRAPING = DEPLOY / "prometheus" / "prometheus.yml"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
METRICS = ROOT / "docs" / "metrics.md"
RUNBOOK = ROOT / "docs" / "runbook.md"

# What a service without faults and without yesterday has no figures of.
EMPTY_BY_NATURE = [
    re.compile(r'code=~"INTERNAL\|UNKNOWN\|DATA_LOSS"'),
    re.compile(r"\[1d\] offset 1h"),
]
GRAFANA_SAYS = {
    "$__rate_interval": "30s",
    "$job": "holdfast",
    "$instance": ".*",
    "$model": ".*",
}
SELECTOR = re.compile(
    r"\b(?:job|job_method):?holdfast_[\w:]+(?:\{[^}]*\})?|\b(?:holdfast|process)_\w+(?:\{[^}]*\})?|\bup\{[^}]*\}"
)
METRIC = re.compile(r"(?<!:)\b(?:holdfast|process)_\w+")
SUFFIX = re.compile(r"_(bucket|sum|count)$")


def main() -> None:
    promtool("check", "config", SCRAPING)
    promtool("test", "rules", ALERTS.with_suffix(".test.yml"))
    with tempfile.TemporaryDirectory() as directory:
        run(Path(directory))


def run(work: Path) -> None:
    server = Server(work)
    faults = []
    with server.running(), prometheus(work, server.admin) as prom:
        server.live()
        # As of then, however long the questions take.
        at = time.time()
        metrics = server.metrics()
        # Callers who go away, too, are no fault of the server.
        faults += [
            f"no call may end so: {line}" for line in metrics.splitlines() if "INTERNAL" in line
        ]
        scraped = set(re.findall(r"^# TYPE (\w+)", metrics, re.MULTILINE))
        rules = [rule for group in prom.get("rules")["groups"] for rule in group["rules"]]
        dashboard = json.loads(DASHBOARD.read_text())
        queries = list(queries_of(dashboard))
        empty = []
        for where, query in queries:
            faults += judge(prom, at, f"{where}: {query}", query, empty)
        for rule in rules:
            if rule["health"] != "ok":
                faults.append(f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}")
            for selector in SELECTOR.findall(rule["query"]):
                faults += judge(prom, at, f"rule {rule['name']}: {selector}", selector, empty)
        expressions = [query for _, query in queries]
        faults += names(scraped, expressions, [rule["query"] for rule in rules])
        faults += headings([rule for rule in rules if rule["type"] == "alerting"])
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        sys.exit(f"{len(faults)} faults")
    for what in sorted(set(empty)):
        print(f"empty by nature: {what}")
    print(f"{len(queries)} queries, {len(rules)} rules, {len(scraped)} metrics: all work together")


def queries_of(dashboard: dict):
    """What Grafana would ask, by where it stands."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], as_grafana(target["expr"])
    for variable in dashboard["templating"]["list"]:
        if found := re.fullmatch(r"label_values\((.+), (\w+)\)", variable.get("definition", "")):
            yield variable["name"], as_grafana(f"group by ({found[2]}) ({found[1]})")


def as_grafana(expression: str) -> str:
    for variable, value in GRAFANA_SAYS.items():
        expression = expression.replace(variable, value)
    return expression


def judge(prom: "Prometheus", at: float, where: str, query: str, empty: list[str]) -> list[str]:
    """What is wrong with a query that must have figures."""
    try:
        samples = prom.query(query, at)
    except ValueError as error:
        return [f"{where}: {error}"]
    if any(sample["value"][1] != "NaN" for sample in samples):
        return []
    if any(nature.search(query) for nature in EMPTY_BY_NATURE):
        empty.append(where)
        return []
    return [f"{where}: has no figures"]


def names(scraped: set[str], panels: list[str], rules: list[str]) -> list[str]:
    """Where /metrics, its documentation and its readers differ."""
    table = METRICS.read_text()
    listed = set(re.findall(r"`((?:holdfast|process)_\w+)`", table[: table.index("\n## ")]))
    shown = {base(name, scraped) for query in panels for name in METRIC.findall(query)}
    judged = {base(name, scraped) for query in rules for name in METRIC.findall(query)}
    differences = {
        "in /metrics, not in docs/metrics.md": scraped - listed,
        "in docs/metrics.md, not in /metrics": listed - scraped,
        "on the dashboard, not in docs/metrics.md": shown - listed,
        "in a rule, not in docs/metrics.md": judged - listed,
    }
    if listed - shown:
        print(f"on no panel: {sorted(listed - shown)}")
    return [f"{what}: {sorted(names)}" for what, names in differences.items() if names]


def base(name: str, scraped: set[str]) -> str:
    return name if name in scraped else SUFFIX.sub("", name)


def headings(alerts: list[dict]) -> list[str]:
    """Alerts without a heading, and headings without an alert."""
    faults = []
    runbook = set(re.findall(r"^## (Holdfast\w+)$", RUNBOOK.read_text(), re.MULTILINE))
    for alert in alerts:
        name, notes = alert["name"], alert["annotations"]
        if notes.get("runbook_url") != f"docs/runbook.md#{name.lower()}":
            faults.append(f"{name}: runbook_url is not its heading")
        if not {"summary", "description"} <= notes.keys():
            faults.append(f"{name}: wants summary and description")
        if alert["labels"].get("severity") not in {"critical", "warning", "info"}:
            faults.append(f"{name}: wants a severity")
    known = {alert["name"] for alert in alerts}
    faults += [f"{name}: has no heading in docs/runbook.md" for name in sorted(known - runbook)]
    faults += [
        f"{name}: a heading of docs/runbook.md without an alert" for name in sorted(runbook - known)
    ]
    return faults


class Prometheus:
    def __init__(self, address: str) -> None:
        self.api = f"http://{address}/api/v1"

    def get(self, path: str, **parameters: str):
        try:
            answer = http(f"{self.api}/{path}?{urllib.parse.urlencode(parameters)}")
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None
        return json.loads(answer)["data"]

    def query(self, query: str, at: float | None = None) -> list[dict]:
        result = self.get("query", query=query, time=str(at or time.time()))
        return (
            result["result"] if result["resultType"] == "vector" else [{"value": result["result"]}]
        )


@contextlib.contextmanager
def prometheus(work: Path, target: str):
    """Debian's, with the project's configuration in a hurry."""
    scraping = SCRAPING.read_text()
    for ours, hasty in {"15s": "1s", "holdfast:9090": target}.items():
        if ours not in scraping:
            sys.exit(f"{SCRAPING.name} does not hold {ours!r}")
        scraping = scraping.replace(ours, hasty)
    (work / SCRAPING.name).write_text(scraping)
    shutil.copy(ALERTS, work)
    address = f"127.0.0.1:{free_ports(1)[0]}"
    options = {
        "config.file": SCRAPING.name,
        "storage.tsdb.path": "tsdb",
        "web.listen-address": address,
        "log.level": "warn",
    }
    with process(["prometheus", *(f"--{name}={value}" for name, value in options.items())], work):
        prom = Prometheus(address)
        until(lambda: prom.query('up{job="holdfast"} == 1'), "Prometheus")
        yield prom


def promtool(*arguments) -> None:
    subprocess.run(["promtool", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
