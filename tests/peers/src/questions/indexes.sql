-- After the COPY, as one does: an index for each question, none besides.
ALTER TABLE action ADD PRIMARY KEY (area, reference);
-- The page: in the order in which it is shown, of what is open.
CREATE INDEX action_open ON action (area, due_on, reference_order) WHERE open;
-- The counts: an index-only scan.
CREATE INDEX action_counts ON action (area, status) INCLUDE (owed, paused, due_on) WHERE open;
-- The text, as a part of what is written, in any case.
CREATE INDEX action_search ON action USING gin (search gin_trgm_ops) WHERE open;
-- How many a group has.
CREATE INDEX action_holder ON action (area, delegated_to) WHERE open;
-- What was open on a day.
CREATE INDEX version_open ON version USING gist (area, valid) WHERE open;
ALTER TABLE story ADD PRIMARY KEY (area, reference, position);
ALTER TABLE expected ADD PRIMARY KEY (quarter, grp);
ALTER TABLE quarterly_return ADD PRIMARY KEY (quarter, grp);
CREATE INDEX said_of ON said (quarter, grp, reference);
VACUUM ANALYZE;
