-- A notice may be about any record: a report that is due, an event, an
-- announcement. Its kind says which table subject is of; 0 for none.

-- +goose Up
ALTER TABLE notices ADD COLUMN subject BIGINT NOT NULL DEFAULT 0;
