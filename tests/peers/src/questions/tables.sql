-- What a DBA would make of the same rows for the questions in asking.rs. Filled by COPY.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;

CREATE TABLE action (
    area text NOT NULL DEFAULT 'cambridgeshire-peterborough',
    reference text NOT NULL,
    reference_order bigint NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    open boolean NOT NULL,
    owed boolean NOT NULL,
    text text NOT NULL,
    topic text,
    theme text,
    meeting text,
    asked_of text NOT NULL,
    raised_by text NOT NULL,
    raised_on date NOT NULL,
    first_due_on date,
    due_on date,
    due_moves integer NOT NULL,
    paused boolean NOT NULL,
    delegated_to text,
    remit text,
    coverage text NOT NULL,
    rag text,
    restricted boolean NOT NULL,
    answered_on date,
    last_change_on date NOT NULL,
    position bigint NOT NULL,
    search text NOT NULL,
    rest jsonb NOT NULL
);
CREATE TABLE version (
    area text NOT NULL DEFAULT 'cambridgeshire-peterborough',
    reference text NOT NULL,
    reference_order bigint NOT NULL,
    valid daterange NOT NULL,
    open boolean NOT NULL,
    status text NOT NULL,
    due_on date,
    delegated_to text,
    rag text,
    coverage text NOT NULL
);
CREATE TABLE story (
    area text NOT NULL DEFAULT 'cambridgeshire-peterborough',
    reference text NOT NULL,
    position bigint NOT NULL,
    kind text NOT NULL,
    on_day date NOT NULL,
    recorded_at timestamptz NOT NULL,
    by_name text NOT NULL,
    role text NOT NULL,
    rule text NOT NULL,
    events jsonb NOT NULL
);
CREATE TABLE grp (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE expected (grp text NOT NULL, quarter date NOT NULL, due_on date NOT NULL);
CREATE TABLE quarterly_return (
    grp text NOT NULL,
    quarter date NOT NULL,
    submitted_on date NOT NULL,
    due_on date NOT NULL,
    overall text,
    corrections integer NOT NULL
);
CREATE TABLE said (grp text NOT NULL, quarter date NOT NULL, reference text NOT NULL);
