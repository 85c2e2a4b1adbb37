#!/bin/bash
# Runs once, when the primary's volume is empty: the owner of Sub30's schema, its database, and what a
# streaming replica needs.
set -euo pipefail

db_password=$(cat /run/secrets/db_password)
replication_password=$(cat /run/secrets/replication_password)
: "${db_password:?set DB_PASSWORD}" "${replication_password:?set REPLICATION_PASSWORD}"
export db_password replication_password
# The local socket asks for a password too.
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD

# \getenv: a command line would show the passwords.
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv db_password db_password
\getenv replication_password replication_password
-- Not a superuser: row-level security binds it. It creates the roles the lanes switch to.
CREATE ROLE sub30 LOGIN CREATEROLE PASSWORD :'db_password';
ALTER ROLE sub30 SET createrole_self_grant = 'set, inherit';
CREATE DATABASE sub30 OWNER sub30;
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
SELECT pg_create_physical_replication_slot('replica');
SQL

echo 'host replication replicator samenet scram-sha-256' >> "$PGDATA/pg_hba.conf"
