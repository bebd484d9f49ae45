-- Short messages: what came in until it is handled (a gateway does not send
-- it again), and what became of what went out.

-- +goose Up
CREATE TABLE inbound (
    id      TEXT   PRIMARY KEY,
    addr    TEXT   NOT NULL,
    via     TEXT   NOT NULL,
    message TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    arrived BIGINT NOT NULL, -- in nanoseconds: gateways tell whole seconds, in which people write twice
    claimed BIGINT NOT NULL,
    done    BIGINT NOT NULL
);
CREATE INDEX inbound_waiting ON inbound (addr, arrived) WHERE done = 0;
CREATE INDEX inbound_addr ON inbound (addr, arrived);
CREATE INDEX inbound_done ON inbound (done);

CREATE TABLE outbound (
    id       TEXT   PRIMARY KEY,
    gateway  TEXT   NOT NULL,
    provider TEXT   NOT NULL,
    addr     TEXT   NOT NULL,
    segments BIGINT NOT NULL,
    encoding TEXT   NOT NULL,
    state    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    changed  BIGINT NOT NULL
);
CREATE INDEX outbound_provider ON outbound (gateway, provider) WHERE provider <> '';
CREATE INDEX outbound_addr ON outbound (addr);
CREATE INDEX outbound_at ON outbound (at);
