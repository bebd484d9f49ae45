-- Who did what about an announcement: ordered it, agreed, sent it back and why,
-- paused it.

-- +goose Up
CREATE TABLE announcement_events (
    id           BIGINT PRIMARY KEY,
    announcement BIGINT NOT NULL REFERENCES announcements (id),
    at           BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    actor        BIGINT REFERENCES persons (id), -- null: the command line
    role         TEXT   NOT NULL,
    text         TEXT   NOT NULL -- why
);
CREATE INDEX announcement_events_announcement ON announcement_events (announcement);
