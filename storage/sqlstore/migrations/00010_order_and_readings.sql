-- Whose name and number were read where it was not on an idea's card, as in the
-- list of those who asked to be called; 0: the idea's. The place of a notice among
-- those of its transaction, for they are told in order. And a row that is written
-- to see whether there is room.

-- +goose Up
ALTER TABLE readings ADD COLUMN subject BIGINT NOT NULL DEFAULT 0;
CREATE INDEX readings_subject ON readings (subject) WHERE subject <> 0;

ALTER TABLE notices ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;

CREATE TABLE probes (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL
);
