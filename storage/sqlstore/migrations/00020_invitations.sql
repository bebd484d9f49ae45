-- Announcements that invite to a gathering, and a producer's gatherings.

-- +goose Up
ALTER TABLE announcements ADD COLUMN invites TEXT NOT NULL DEFAULT ''; -- a gathering's code
CREATE INDEX signups_organisation ON signups (organisation);
