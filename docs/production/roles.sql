-- Once, as the superuser: psql --file=roles.sql. The passwords come from the environment of psql.
\getenv owner OWNER_PASSWORD
\getenv office OFFICE_PASSWORD
\getenv public PUBLIC_PASSWORD
CREATE ROLE meeting_owner LOGIN PASSWORD :'owner';    -- owns the tables; used by flask upgrade and flask restore alone
CREATE ROLE meeting_office LOGIN PASSWORD :'office';  -- the office and the worker
CREATE ROLE meeting_public LOGIN PASSWORD :'public';  -- the public pages; has no way into the office database
CREATE DATABASE meeting_office OWNER meeting_owner;
CREATE DATABASE meeting_public OWNER meeting_owner;
REVOKE CONNECT ON DATABASE meeting_office, meeting_public FROM PUBLIC;
GRANT CONNECT ON DATABASE meeting_office TO meeting_office;
GRANT CONNECT ON DATABASE meeting_public TO meeting_public;
