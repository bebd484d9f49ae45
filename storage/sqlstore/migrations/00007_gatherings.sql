-- Fairs, conferences, dialogues, trainings and study tours, and who comes.

-- +goose Up
CREATE TABLE gatherings (
    id       BIGINT  PRIMARY KEY,
    code     TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL,
    title    TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    starts   BIGINT  NOT NULL,
    ends     BIGINT  NOT NULL,
    deadline BIGINT  NOT NULL,
    seats    BIGINT  NOT NULL,
    stalls   BIGINT  NOT NULL,
    bring    TEXT    NOT NULL,
    contact  TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    rule     TEXT    NOT NULL,
    selects  BOOLEAN NOT NULL,
    quotas   TEXT    NOT NULL,
    chosen   BIGINT  NOT NULL,
    state    TEXT    NOT NULL,
    version  BIGINT  NOT NULL,
    line     BIGINT  NOT NULL, -- the last place in line that was given
    created  BIGINT  NOT NULL,
    actor    BIGINT  REFERENCES persons (id),
    picture  BYTEA
);
CREATE INDEX gatherings_starts ON gatherings (starts);

-- The last number of each series of codes.
CREATE TABLE gathering_codes (
    series TEXT   PRIMARY KEY,
    last   BIGINT NOT NULL
);

CREATE TABLE signups (
    id            BIGINT  PRIMARY KEY,
    gathering     BIGINT  NOT NULL REFERENCES gatherings (id),
    person        BIGINT  NOT NULL REFERENCES persons (id),
    attendee      TEXT    NOT NULL,
    organisation  BIGINT  REFERENCES organisations (id),
    products      TEXT    NOT NULL,
    units         TEXT    NOT NULL,
    product_group TEXT    NOT NULL,
    stars         BIGINT  NOT NULL,
    stall         BOOLEAN NOT NULL,
    power         TEXT    NOT NULL,
    vehicle       TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    place         BIGINT  NOT NULL,
    at            BIGINT  NOT NULL,
    changed       BIGINT  NOT NULL,
    revenue       BIGINT  NOT NULL,
    contracts     BIGINT  NOT NULL,
    buyers        BIGINT  NOT NULL,
    answered      BIGINT  NOT NULL,
    UNIQUE (gathering, person, attendee)
);
CREATE UNIQUE INDEX signups_place ON signups (gathering, place);
CREATE INDEX signups_state ON signups (gathering, state, place);
CREATE INDEX signups_person ON signups (person);

CREATE TABLE signup_ideas (
    signup BIGINT NOT NULL REFERENCES signups (id),
    idea   BIGINT NOT NULL REFERENCES ideas (id),
    PRIMARY KEY (signup, idea)
);
CREATE INDEX signup_ideas_idea ON signup_ideas (idea);

-- Rows are only added.
CREATE TABLE gathering_events (
    id        BIGINT PRIMARY KEY,
    gathering BIGINT NOT NULL REFERENCES gatherings (id),
    signup    BIGINT REFERENCES signups (id),
    at        BIGINT NOT NULL,
    kind      TEXT   NOT NULL,
    actor     BIGINT REFERENCES persons (id),
    role      TEXT   NOT NULL,
    body      TEXT   NOT NULL
);
CREATE INDEX gathering_events_gathering ON gathering_events (gathering, at);

-- What each signup was told: one notice of each thing.
CREATE TABLE gathering_told (
    signup BIGINT NOT NULL REFERENCES signups (id),
    what   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (signup, what)
);
