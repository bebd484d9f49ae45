-- Written for PostgreSQL 15+ and SQLite alike. Times are Unix milliseconds in
-- UTC, 0 for none; scores are hundredths; fold is a search key.

-- +goose Up
CREATE TABLE persons (
    id      BIGINT PRIMARY KEY,
    name    TEXT   NOT NULL,
    phone   TEXT   NOT NULL,
    lang    TEXT   NOT NULL,
    unit    TEXT   NOT NULL,
    channel TEXT   NOT NULL,
    created BIGINT NOT NULL,
    erased  BIGINT NOT NULL
);

CREATE TABLE routes (
    addr   TEXT   PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES persons (id),
    since  BIGINT NOT NULL,
    used   BIGINT NOT NULL,
    dead   BIGINT NOT NULL,
    why    TEXT   NOT NULL
);
CREATE INDEX routes_person ON routes (person);

CREATE TABLE consents (
    id      BIGINT  PRIMARY KEY,
    person  BIGINT  NOT NULL REFERENCES persons (id),
    purpose TEXT    NOT NULL,
    given   BOOLEAN NOT NULL,
    text    TEXT    NOT NULL,
    at      BIGINT  NOT NULL,
    addr    TEXT    NOT NULL,
    message TEXT    NOT NULL
);
CREATE INDEX consents_person ON consents (person);

CREATE TABLE organisations (
    id      BIGINT PRIMARY KEY,
    kind    TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    unit    TEXT   NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE members (
    organisation BIGINT NOT NULL REFERENCES organisations (id),
    person       BIGINT NOT NULL REFERENCES persons (id),
    role         TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    PRIMARY KEY (organisation, person)
);
CREATE INDEX members_person ON members (person);

-- The last number given in each series of form numbers.
CREATE TABLE counters (
    prefix TEXT   NOT NULL,
    year   BIGINT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (prefix, year)
);

CREATE TABLE ideas (
    id            BIGINT PRIMARY KEY,
    prefix        TEXT   NOT NULL,
    year          BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    person        BIGINT NOT NULL REFERENCES persons (id),
    organisation  BIGINT REFERENCES organisations (id),
    unit          TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    fold          TEXT   NOT NULL,
    existing      TEXT   NOT NULL,
    product_group TEXT   NOT NULL,
    key_product   TEXT   NOT NULL,
    fields        TEXT   NOT NULL,
    stage         TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    registered    BIGINT NOT NULL,
    changed       BIGINT NOT NULL,
    waiting_level TEXT   NOT NULL,
    waiting_since BIGINT NOT NULL,
    told          BIGINT NOT NULL,
    session       TEXT   NOT NULL,
    turn          BIGINT NOT NULL,
    UNIQUE (prefix, year, seq)
);
CREATE INDEX ideas_person ON ideas (person);
CREATE INDEX ideas_organisation ON ideas (organisation);
CREATE INDEX ideas_waiting ON ideas (waiting_since) WHERE waiting_level <> '';

-- Rows are only added; erasure empties body. seq is the idea's version after
-- the event.
CREATE TABLE events (
    id       BIGINT PRIMARY KEY,
    idea     BIGINT NOT NULL REFERENCES ideas (id),
    seq      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    actor    BIGINT REFERENCES persons (id),
    role     TEXT   NOT NULL,
    corrects BIGINT REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED,
    body     TEXT   NOT NULL,
    UNIQUE (idea, seq)
);
CREATE INDEX events_actor ON events (actor);

CREATE TABLE rounds (
    id        BIGINT PRIMARY KEY,
    year      BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    level     TEXT   NOT NULL,
    unit      TEXT   NOT NULL,
    published BIGINT NOT NULL,
    UNIQUE (year, seq, level, unit)
);

CREATE TABLE evaluations (
    id       BIGINT PRIMARY KEY,
    idea     BIGINT NOT NULL REFERENCES ideas (id),
    round    BIGINT NOT NULL REFERENCES rounds (id),
    a        BIGINT NOT NULL,
    b        BIGINT NOT NULL,
    c        BIGINT NOT NULL,
    proposed BIGINT NOT NULL,
    stars    BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    remarks  TEXT   NOT NULL,
    decision TEXT   NOT NULL,
    decided  BIGINT NOT NULL,
    signer   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    actor    BIGINT REFERENCES persons (id),
    version  BIGINT NOT NULL,
    UNIQUE (idea, round)
);
CREATE INDEX evaluations_round ON evaluations (round);

-- Files and notices may be stored before the idea they belong to, whose
-- number is taken last.
CREATE TABLE files (
    id       BIGINT PRIMARY KEY,
    idea     BIGINT NOT NULL REFERENCES ideas (id) DEFERRABLE INITIALLY DEFERRED,
    person   BIGINT NOT NULL REFERENCES persons (id),
    channel  TEXT   NOT NULL,
    provider TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    why      TEXT   NOT NULL,
    mime     TEXT   NOT NULL,
    data     BYTEA,
    at       BIGINT NOT NULL
);
CREATE INDEX files_idea ON files (idea);
CREATE INDEX files_person ON files (person);
CREATE INDEX files_wanted ON files (at) WHERE state = 'wanted';

CREATE TABLE requests (
    id     BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES persons (id),
    unit   TEXT   NOT NULL,
    idea   BIGINT REFERENCES ideas (id) DEFERRABLE INITIALLY DEFERRED,
    topic  TEXT   NOT NULL,
    text   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    owner  TEXT   NOT NULL,
    closed BIGINT NOT NULL,
    actor  BIGINT REFERENCES persons (id),
    told   BIGINT NOT NULL
);
CREATE INDEX requests_person ON requests (person);
CREATE INDEX requests_open ON requests (at) WHERE closed = 0;

CREATE TABLE officers (
    id     BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES persons (id),
    unit   TEXT   NOT NULL,
    role   TEXT   NOT NULL,
    name   TEXT   NOT NULL,
    since  BIGINT NOT NULL,
    until  BIGINT NOT NULL
);
CREATE INDEX officers_person ON officers (person);

CREATE TABLE invites (
    hash         BYTEA  PRIMARY KEY,
    purpose      TEXT   NOT NULL,
    unit         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    organisation BIGINT REFERENCES organisations (id),
    author       BIGINT REFERENCES persons (id),
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    used         BIGINT NOT NULL,
    used_by      BIGINT REFERENCES persons (id)
);

-- Wrong one-time codes, by who tried them.
CREATE TABLE codes (
    addr   TEXT   PRIMARY KEY,
    wrong  BIGINT NOT NULL,
    locked BIGINT NOT NULL,
    at     BIGINT NOT NULL
);

-- Who read whose record, and when.
CREATE TABLE readings (
    id     BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    person BIGINT REFERENCES persons (id),
    idea   BIGINT REFERENCES ideas (id),
    what   TEXT   NOT NULL
);
CREATE INDEX readings_idea ON readings (idea);

CREATE TABLE notices (
    id         BIGINT PRIMARY KEY,
    person     BIGINT NOT NULL REFERENCES persons (id),
    kind       TEXT   NOT NULL,
    idea       BIGINT REFERENCES ideas (id) DEFERRABLE INITIALLY DEFERRED,
    event      BIGINT REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED,
    not_before BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    why        TEXT   NOT NULL,
    addr       TEXT   NOT NULL,
    provider   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    done       BIGINT NOT NULL
);
CREATE INDEX notices_person ON notices (person);
CREATE INDEX notices_queued ON notices (at) WHERE state = 'queued';

-- Updates that could not be handled. Their content is not kept.
CREATE TABLE dead (
    id    BIGINT PRIMARY KEY,
    addr  TEXT   NOT NULL,
    kind  BIGINT NOT NULL,
    cause TEXT   NOT NULL,
    at    BIGINT NOT NULL
);

-- Turns that were committed, so that none is twice.
CREATE TABLE commits (
    session TEXT   NOT NULL,
    turn    BIGINT NOT NULL,
    outcome BYTEA,
    person  BIGINT,
    at      BIGINT NOT NULL,
    PRIMARY KEY (session, turn)
);
CREATE INDEX commits_person ON commits (person);
CREATE INDEX commits_at ON commits (at);

CREATE TABLE sessions (
    addr    TEXT    PRIMARY KEY,
    turn    BIGINT  NOT NULL,
    data    BYTEA,
    keep    BIGINT  NOT NULL,
    durable BOOLEAN NOT NULL,
    expires BIGINT  NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires);
