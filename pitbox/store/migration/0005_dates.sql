-- When a session was, by the wall clock of whoever recorded it: for people to read; it orders nothing.

ALTER TABLE runs ADD COLUMN zero_utc_s DOUBLE;
COMMENT ON COLUMN runs.zero_utc_s IS 'Wall clock at sim time 0, in seconds since 1970; null where nobody knows.';
