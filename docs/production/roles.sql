-- Once, as the superuser: psql --file=roles.sql. The passwords come from the environment of psql.
\getenv owner OWNER_PASSWORD
\getenv office OFFICE_PASSWORD
\getenv portal PORTAL_PASSWORD
CREATE ROLE meeting_owner LOGIN PASSWORD :'owner';    -- owns the tables; used by flask upgrade and flask restore alone
CREATE ROLE meeting_office LOGIN PASSWORD :'office';  -- the office and the worker
CREATE ROLE meeting_portal LOGIN PASSWORD :'portal';  -- the public pages: reads those, and gets in nowhere else
CREATE DATABASE meeting_office OWNER meeting_owner;
CREATE DATABASE meeting_public OWNER meeting_owner;
REVOKE CONNECT ON DATABASE meeting_office, meeting_public FROM PUBLIC;
GRANT CONNECT ON DATABASE meeting_office, meeting_public TO meeting_office;
