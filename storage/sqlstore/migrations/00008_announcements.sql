-- Announcements to many people, who was told what, and what the law has one
-- keep of advertising (NĐ 91/2020/NĐ-CP).

-- +goose Up
CREATE TABLE announcements (
    id               BIGINT PRIMARY KEY,
    author           BIGINT REFERENCES persons (id), -- null: the command line
    role             TEXT   NOT NULL,
    unit             TEXT   NOT NULL,
    class            TEXT   NOT NULL,
    reason           TEXT   NOT NULL, -- why it is of that class
    audience         TEXT   NOT NULL, -- JSON
    text             TEXT   NOT NULL,
    english          TEXT   NOT NULL,
    picture_channel  TEXT   NOT NULL, -- whose provider holds the picture
    picture_provider TEXT   NOT NULL,
    picture          BYTEA,
    not_before       BIGINT NOT NULL,
    state            TEXT   NOT NULL,
    epoch            BIGINT NOT NULL, -- grows whenever its jobs are made anew
    size             BIGINT NOT NULL, -- people it was counted for when it was handed in
    approver         BIGINT REFERENCES persons (id),
    approved         BIGINT NOT NULL,
    reached          BIGINT NOT NULL, -- last person planned
    planned          BIGINT NOT NULL,
    replaces         BIGINT REFERENCES announcements (id),
    watch            TEXT   NOT NULL, -- where the progress is shown
    watch_message    TEXT   NOT NULL,
    watch_hash       TEXT   NOT NULL,
    created          BIGINT NOT NULL,
    began            BIGINT NOT NULL,
    ended            BIGINT NOT NULL,
    version          BIGINT NOT NULL
);
CREATE INDEX announcements_created ON announcements (created);

CREATE TABLE recipients (
    announcement BIGINT NOT NULL REFERENCES announcements (id),
    person       BIGINT NOT NULL REFERENCES persons (id),
    epoch        BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    why          TEXT   NOT NULL,
    addr         TEXT   NOT NULL,
    provider     TEXT   NOT NULL,
    doubts       BIGINT NOT NULL, -- sends of which it is not known whether they arrived
    at           BIGINT NOT NULL,
    PRIMARY KEY (announcement, person)
);
CREATE INDEX recipients_person ON recipients (person);

-- Every advertising message that went, or is going, to an address.
CREATE TABLE adverts (
    id           BIGINT PRIMARY KEY,
    addr         TEXT   NOT NULL,
    announcement BIGINT NOT NULL REFERENCES announcements (id),
    person       BIGINT NOT NULL REFERENCES persons (id),
    at           BIGINT NOT NULL
);
CREATE INDEX adverts_addr ON adverts (addr, at);
CREATE INDEX adverts_person ON adverts (person);
CREATE INDEX adverts_at ON adverts (at);

-- The numbers nobody may advertise to, as the authority's list has them.
CREATE TABLE do_not_call (
    addr TEXT   PRIMARY KEY,
    at   BIGINT NOT NULL
);
