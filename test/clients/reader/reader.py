"""Reads a YAML manifest from stdin and prints it as JSON."""

import json
import sys

import yaml

json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)
