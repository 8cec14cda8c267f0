#!/bin/sh
# Starts workerd so that it dies with the process that asked for it: workerd takes over this very
# process, and a watcher ends it once its parent is gone, however that parent ended.
parent=$PPID
runtime=$$
(
  while kill -0 "$parent" && kill -0 "$runtime"; do sleep 0.5; done
  kill -9 "$runtime"
) </dev/null >/dev/null 2>&1 3>&- &
exec "$NETRA_WORKERD" "$@"
