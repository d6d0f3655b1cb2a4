#!/usr/bin/env bash
# Prints a Python 3.11 or 3.12 that really runs and can make environments.
# A name on PATH proves nothing: pyenv leaves shims for versions that aren't installed.
set -u
works() {
  "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
    </dev/null >/dev/null 2>&1
}
for candidate in ${BAOKUAN_PYTHON:-} python3.11 python3.12 python3 python \
  /usr/bin/python3.11 /usr/bin/python3.12 "$HOME"/.pyenv/versions/3.1[12].*/bin/python; do
  path=$(command -v "$candidate" 2>/dev/null) || continue
  if works "$path"; then
    # The interpreter itself, not the shim: a shim answers differently in another folder.
    "$path" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done
cat >&2 <<'EOF_HELP'
No working Python 3.11 or 3.12 with the venv module was found.
What to do: install one (Debian or Ubuntu: sudo apt-get install python3.11 python3.11-venv; or uv python
install 3.11; or pyenv install 3.11), then run the same make target again.
Python lies elsewhere? BAOKUAN_PYTHON=/path/to/python3.11 make …
EOF_HELP
exit 1
