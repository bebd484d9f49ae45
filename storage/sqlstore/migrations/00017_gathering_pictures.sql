-- A picture of a gathering that a provider still holds: it is fetched later.

-- +goose Up
ALTER TABLE gatherings ADD COLUMN picture_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE gatherings ADD COLUMN picture_file TEXT NOT NULL DEFAULT '';
