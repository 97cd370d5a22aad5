-- After each upgrade and each restore, as meeting_owner and in both databases: psql --dbname=… --set=role=meeting_office --file=rights.sql
-- New tables need rights, and nobody but the owner may touch the log.
GRANT USAGE ON SCHEMA public TO :role;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :role;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :role;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM :role;
SELECT format('REVOKE UPDATE, DELETE ON %I FROM %I', relname, :'role') FROM pg_class WHERE relname IN ('audit_entry', 'audit_link') \gexec
