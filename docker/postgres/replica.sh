#!/bin/bash
# A hot standby: copies the primary once, then follows it.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=$(cat /run/secrets/replication_password)
  : "${password:?set REPLICATION_PASSWORD}"
  # Copied beside its place: a copy that was interrupted is begun again.
  copy="$PGDATA.copy"
  rm -rf "$copy"
  mkdir -p "$(dirname "$PGDATA")"
  PGPASSWORD="$password" pg_basebackup --host="$PRIMARY_HOST" --username=replicator --no-password \
    --pgdata="$copy" --slot=replica --wal-method=stream --write-recovery-conf --checkpoint=fast
  chmod 0700 "$copy"
  # Left by the image, empty.
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$copy" "$PGDATA"
fi

# hot_standby_feedback stays off: a long query here must not keep the primary from cleaning up.
exec postgres -D "$PGDATA" -c hot_standby=on -c listen_addresses='*'
