"""Reads a manifest from stdin as a program in Python would, and prints what it says as JSON."""

import json
import sys

import yaml

json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)
