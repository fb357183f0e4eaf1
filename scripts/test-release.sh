#!/usr/bin/env bash
# Builds a release in two clones, compares the releases, and runs the smoke tests with the executable.
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=$(realpath "${CORPUS_DIR:-../shared/corpus}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Copies the files if the checkout belongs to another user or is not a git repository.
copy() {
  git clone --quiet . "$1" 2>/dev/null || {
    mkdir -p "$1"
    tar --exclude=./node_modules --exclude=./dist --exclude=./release --exclude=./.git -cf - . | tar -xf - -C "$1"
    git -C "$1" init --quiet
    git -C "$1" add --all
    git -C "$1" -c user.name=nobody -c user.email=nobody@example.com commit --quiet --message release
  }
}

for name in one other; do
  copy "$folder/$name"
  (cd "$folder/$name" && npm ci && npm run release) >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
done
# Executables are not compared, because they contain compiled code that is not reproducible.
for sums in one other; do grep -v linux "$folder/$sums/release/SHA256SUMS"; done | sort | uniq -u >"$folder/unlike"
if [ -s "$folder/unlike" ]; then
  printf 'two releases differ:\n%s\n' "$(cat "$folder/unlike")"
  exit 1
fi

cd "$folder/one"
(cd release && sha256sum --check SHA256SUMS)
release=$folder/one/release
executable=$release/stream-snapshot-linux-x64
env -i PATH=/nonexistent "$executable" check
node release/stream-snapshot.mjs check
libraries=/usr/aarch64-linux-gnu
if command -v qemu-aarch64 >/dev/null && [ -d "$libraries" ]; then
  qemu-aarch64 -L "$libraries" "$release/stream-snapshot-linux-arm64" --version
fi
EXECUTABLE=$executable npm run --silent test:smoke
RELEASE=$release CORPUS_DIR=$corpus npx vitest run --project corpus test/corpus/ci-page.test.ts
