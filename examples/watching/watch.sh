#!/usr/bin/env bash
# Prints what becomes of the operations of a collection, or of one operation until it is done. Needs curl, jq and bash 4.
#
#   ./watch.sh http://localhost:8080/v1/operations
#   ./watch.sh http://localhost:8080/v1/operations/import-7
url=$1 token='' pause=1
declare -A operations # by name, as of the token

events() { # one a line: token, kind, name, version
  # A heartbeat comes every 15 s. After three without one, nobody is there any more.
  curl -sSN --speed-limit 1 --speed-time 45 "$url:watch?alt=ndjson&resumeToken=$token" | jq -r --unbuffered '
    if .changed then [.resumeToken, (if .changed.operation.done then "done" else "running" end),
      .changed.operation.name, .changed.version]
    elif .gone then [.resumeToken, "gone", .gone.name, .gone.version]
    elif .reset then [.resumeToken, "reset"]
    elif .error then ["-", "error", .error.code, .error.message]
    else [.resumeToken, if .bookmark.synced then "synced" else "bookmark" end] end | @tsv'
}

while true; do
  while IFS=$'\t' read -r next kind name version; do
    case $kind in
      running | done) operations[$name]=$version && echo "$name $kind $version" ;;
      gone) unset "operations[$name]" && echo "$name $kind $version" ;;
      synced) echo "synced: ${#operations[@]} operations" ;;
      reset) operations=() ;;
      error) # instead of a stream, or as its last words
        echo "$name $version" >&2
        if [ "$name" -ge 500 ]; then break; fi
        if [ "$name" != 400 ] || [ ! "$token" ]; then exit 1; fi
        next='' operations=() ;; # the token is of another watch
    esac
    if [[ $url != */operations && $kind =~ ^(done|gone)$ ]]; then exit; fi
    token=$next pause=1
  done < <(events)
  sleep "$((pause + RANDOM % (pause + 1)))" # some earlier, some later
  pause=$((pause < 16 ? 2 * pause : 30))
done
