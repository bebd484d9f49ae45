-- Who signs for the head of a unit; documents beside pictures; what was asked
-- for ad hoc and withdrawn, and why.

-- +goose Up
ALTER TABLE reports ADD COLUMN deputy BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE files ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE demands ADD COLUMN why TEXT NOT NULL DEFAULT '';
