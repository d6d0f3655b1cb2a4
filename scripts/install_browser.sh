#!/usr/bin/env bash
# Chromium and Chinese fonts for the browser tests; nothing else needs them. Silent when they are there.
set -u
browser() {
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    command -v "$name" >/dev/null 2>&1 && "$name" --version </dev/null >/dev/null 2>&1 && return 0
  done
  return 1
}
chinese_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }
browser && chinese_font && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "${as_root[0]:-}" != false ]; then
  echo "[set-up] installing chromium and fonts-noto-cjk for the browser tests"
  log=$(mktemp)
  {
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
      chromium fonts-noto-cjk fontconfig
  } </dev/null >"$log" 2>&1 || tail -5 "$log" >&2
  rm -f "$log"
fi
browser && chinese_font && exit 0
cat >&2 <<'EOF_HELP'
[set-up] Chromium or a Chinese font is missing and could not be installed here.
The browser tests will fail; every other test runs. What to do, as administrator:
  Debian, Ubuntu:  apt-get install chromium fonts-noto-cjk fontconfig
  Fedora:          dnf install chromium google-noto-sans-cjk-fonts
EOF_HELP
exit 1
