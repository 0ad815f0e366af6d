"""Checks the bill of materials that deploy/sbom.py makes: against CycloneDX's own
schema, and that nothing in it lacks a licence, an archive's digest or its place among
the dependencies.

Needs cyclonedx-python-lib[json-validation].
"""

import json
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

MAKE = Path(__file__).resolve().parent.parent / "deploy" / "sbom.py"
TARGETS = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]


def main() -> None:
    for target in TARGETS:
        text = subprocess.run(
            [sys.executable, MAKE, "--target", target], check=True, capture_output=True, text=True
        ).stdout
        if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
            sys.exit(f"{target}: {error}")
        bill = json.loads(text)
        components = bill["components"]
        known = {component["bom-ref"] for component in components}
        listed = {entry["ref"] for entry in bill["dependencies"]}
        root = bill["metadata"]["component"]["bom-ref"]
        if listed != known | {root}:
            sys.exit(f"{target}: no place among the dependencies: {listed ^ (known | {root})}")
        shipped = [c for c in components if c["scope"] == "required"]
        names = {component["name"] for component in shipped}
        if not {"rustls", "tonic", "tokio"} <= names or {"criterion", "syn", "protox"} & names:
            sys.exit(f"{target}: these are not what the binaries are made of: {sorted(names)}")
        print(f"{target}: {len(shipped)} crates in the binaries, {len(components)} with the build")


if __name__ == "__main__":
    main()
