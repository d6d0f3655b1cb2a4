#!/usr/bin/env bash
# Removes the runtime data below the home folder, after asking. The settings folder outside it stays.
set -u
home=${BAOKUAN_HOME:?BAOKUAN_HOME is not set; run this as make clean}
folders=(landing bronze quarantine archive warehouse published reports state config home.mk)
present=()
for name in "${folders[@]}"; do [ -e "$home/$name" ] && present+=("$home/$name"); done
if [ ${#present[@]} = 0 ]; then
  echo "Nothing to remove in $home"
  exit 0
fi
du -shc "${present[@]}" 2>/dev/null
printf 'Remove all of this, landed and archived exports included? There is no way back. Type yes: '
read -r answer || answer=""
if [ "$answer" != yes ]; then
  echo "Nothing was removed."
  exit 1
fi
rm -rf -- "${present[@]}"
echo "Removed."
