-- What units report. A file is of an idea or of a report from here on.

-- +goose Up
CREATE TABLE reports (
    id          BIGINT PRIMARY KEY,
    obligation  TEXT   NOT NULL,
    period      TEXT   NOT NULL,
    unit        TEXT   NOT NULL,
    edition     BIGINT NOT NULL,
    form        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    since       BIGINT NOT NULL,
    until       BIGINT NOT NULL,
    due         BIGINT NOT NULL,
    prefix      TEXT   NOT NULL,
    year        BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    filed       BIGINT NOT NULL,
    counted     BIGINT NOT NULL,
    approved_by TEXT   NOT NULL,
    sign_number TEXT   NOT NULL,
    sign_date   BIGINT NOT NULL,
    signer      TEXT   NOT NULL,
    again       BIGINT NOT NULL,
    opened      BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    UNIQUE (obligation, period, unit, edition)
);
CREATE UNIQUE INDEX reports_number ON reports (prefix, year, seq, edition) WHERE seq > 0;
CREATE INDEX reports_unit ON reports (unit);

-- Rows are only added. seq is the report's version after the event.
CREATE TABLE report_events (
    id     BIGINT PRIMARY KEY,
    report BIGINT NOT NULL REFERENCES reports (id),
    seq    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    kind   TEXT   NOT NULL,
    actor  BIGINT REFERENCES persons (id),
    role   TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    UNIQUE (report, seq)
);
CREATE INDEX report_events_actor ON report_events (actor);

-- -1 stands for a figure that is not known.
CREATE TABLE report_figures (
    report    BIGINT NOT NULL REFERENCES reports (id),
    figure    TEXT   NOT NULL,
    prefilled BIGINT NOT NULL,
    value     BIGINT NOT NULL,
    reason    TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    actor     BIGINT REFERENCES persons (id),
    at        BIGINT NOT NULL,
    PRIMARY KEY (report, figure)
);

CREATE TABLE report_texts (
    report  BIGINT NOT NULL REFERENCES reports (id),
    item    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    actor   BIGINT REFERENCES persons (id),
    at      BIGINT NOT NULL,
    PRIMARY KEY (report, item)
);

DROP INDEX files_idea;
DROP INDEX files_person;
DROP INDEX files_wanted;
ALTER TABLE files RENAME TO files_before;
CREATE TABLE files (
    id       BIGINT PRIMARY KEY,
    idea     BIGINT REFERENCES ideas (id) DEFERRABLE INITIALLY DEFERRED,
    report   BIGINT REFERENCES reports (id),
    purpose  TEXT   NOT NULL,
    person   BIGINT NOT NULL REFERENCES persons (id),
    channel  TEXT   NOT NULL,
    provider TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    why      TEXT   NOT NULL,
    mime     TEXT   NOT NULL,
    data     BYTEA,
    at       BIGINT NOT NULL
);
CREATE INDEX files_idea ON files (idea);
CREATE INDEX files_report ON files (report);
CREATE INDEX files_person ON files (person);
CREATE INDEX files_wanted ON files (at) WHERE state = 'wanted';
INSERT INTO files (id, idea, report, purpose, person, channel, provider, state, why, mime, data, at)
    SELECT id, idea, NULL, '', person, channel, provider, state, why, mime, data, at FROM files_before;
DROP TABLE files_before;
