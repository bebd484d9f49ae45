-- One person on several channels: how texts go to their phone, the PIN with
-- which an officer acts by SMS, and the codes that tie a chat to a number.

-- +goose Up
ALTER TABLE persons ADD COLUMN accents BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE pins (
    person BIGINT PRIMARY KEY REFERENCES persons (id),
    hash   BYTEA  NOT NULL,
    at     BIGINT NOT NULL
);

-- A code is emptied when it was said back.
CREATE TABLE links (
    id      BIGINT PRIMARY KEY,
    person  BIGINT NOT NULL REFERENCES persons (id),
    addr    TEXT   NOT NULL,
    number  TEXT   NOT NULL,
    code    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX links_person ON links (person);
CREATE INDEX links_addr ON links (addr, at);
CREATE INDEX links_number ON links (number, at);
CREATE INDEX links_at ON links (at);
