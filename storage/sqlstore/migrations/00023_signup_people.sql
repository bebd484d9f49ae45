-- How many come under one signup, each with a seat.

-- +goose Up
ALTER TABLE signups ADD COLUMN people BIGINT NOT NULL DEFAULT 1;
