CREATE SCHEMA lms_async;
CREATE TABLE lms_async.version (version integer NOT NULL);
INSERT INTO lms_async.version VALUES (1);
CREATE TABLE lms_async.journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    lease bigint NOT NULL DEFAULT 1,
    about json NOT NULL DEFAULT '{}'
);
CREATE TABLE lms_async.note (
    journal bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    at double precision NOT NULL,
    chunks bytea NOT NULL,
    tags bytea NOT NULL,
    PRIMARY KEY (journal, number)
);
CREATE TABLE lms_async.noted_row (
    journal bigint NOT NULL,
    tag bytea NOT NULL,
    nth integer NOT NULL,
    status text NOT NULL,
    id text,
    code text,
    at double precision NOT NULL,
    reason text,
    PRIMARY KEY (journal, tag, nth)
);
INSERT INTO lms_async.journal (name, lease, about)
VALUES ('people', 3, '{"begun": 1795757284.5, "operation": "create"}');
INSERT INTO lms_async.noted_row
VALUES (1, 'l.......a...............', 1, 'done', '7', NULL, 1795757285, NULL);
INSERT INTO lms_async.note (journal, at, chunks, tags)
VALUES (1, 1795757286, '[[1,24]]', 'k.......b...............')
