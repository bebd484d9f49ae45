-- Several gateways: what each sent on which day, parts of long messages until
-- they are all there, and what admins have to be told.

-- +goose Up
ALTER TABLE inbound ADD COLUMN what TEXT NOT NULL DEFAULT '';   -- 'part' of another message, or 'flood'
ALTER TABLE inbound ADD COLUMN print BIGINT NOT NULL DEFAULT 0; -- a hash of the words, for a day
ALTER TABLE outbound ADD COLUMN print BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbound ADD COLUMN dong BIGINT NOT NULL DEFAULT 0;

CREATE TABLE sms_parts (
    gateway TEXT   NOT NULL,
    addr    TEXT   NOT NULL,
    ref     BIGINT NOT NULL,
    total   BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    id      TEXT   NOT NULL,
    message TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    arrived BIGINT NOT NULL, -- in milliseconds
    PRIMARY KEY (gateway, addr, ref, total, seq)
);
CREATE INDEX sms_parts_addr ON sms_parts (addr);

CREATE TABLE sms_days (
    gateway  TEXT   NOT NULL,
    day      TEXT   NOT NULL, -- 2026-06-15, in Vietnam
    messages BIGINT NOT NULL,
    segments BIGINT NOT NULL,
    failed   BIGINT NOT NULL,
    dong     BIGINT NOT NULL,
    PRIMARY KEY (gateway, day)
);
CREATE INDEX sms_days_day ON sms_days (day);

CREATE TABLE alerts (
    id      BIGINT PRIMARY KEY,
    kind    TEXT   NOT NULL,
    gateway TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    number  TEXT   NOT NULL, -- masked
    used    BIGINT NOT NULL,
    most    BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    told    BIGINT NOT NULL,
    UNIQUE (kind, gateway, day, number)
);
CREATE INDEX alerts_untold ON alerts (at) WHERE told = 0;

CREATE INDEX notices_provider ON notices (provider) WHERE provider <> '';
