-- What units owe, and who was reminded of it. A duty is (obligation, period,
-- unit); the obligation is one of the programme's, or "adhoc/" and a demand.
-- Days (due, day) are their first moment in Vietnam.

-- +goose Up
CREATE TABLE demands (
    id        BIGINT PRIMARY KEY,
    title     TEXT   NOT NULL,
    questions TEXT   NOT NULL,
    units     TEXT   NOT NULL,
    due       BIGINT NOT NULL,
    unit      TEXT   NOT NULL,
    actor     BIGINT REFERENCES persons (id),
    at        BIGINT NOT NULL,
    cancelled BIGINT NOT NULL
);
CREATE INDEX demands_due ON demands (due);

CREATE TABLE extensions (
    id         BIGINT PRIMARY KEY,
    obligation TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    due        BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    actor      BIGINT REFERENCES persons (id),
    at         BIGINT NOT NULL
);
CREATE INDEX extensions_duty ON extensions (obligation, period, unit);

CREATE TABLE acks (
    obligation TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    officer    BIGINT NOT NULL REFERENCES persons (id),
    step       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (obligation, period, unit, officer, step)
);
CREATE INDEX acks_officer ON acks (officer);

-- Duties that are no reports, and are closed by saying so.
CREATE TABLE tasks_done (
    obligation TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    day        BIGINT NOT NULL,
    note       TEXT   NOT NULL,
    actor      BIGINT REFERENCES persons (id),
    at         BIGINT NOT NULL,
    PRIMARY KEY (obligation, period, unit)
);

-- What was told to whom. recipient and notice are 0 where a unit had nobody.
CREATE TABLE reminder_sent (
    id         BIGINT PRIMARY KEY,
    obligation TEXT   NOT NULL,
    period     TEXT   NOT NULL,
    due        BIGINT NOT NULL,
    unit       TEXT   NOT NULL,
    step       TEXT   NOT NULL,
    recipient  BIGINT NOT NULL,
    notice     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (obligation, period, due, step, unit, recipient)
);
CREATE INDEX reminder_sent_at ON reminder_sent (at);
CREATE INDEX reminder_sent_recipient ON reminder_sent (recipient, at);

-- The assignment that ends when the code of a hand-over is used.
ALTER TABLE invites ADD COLUMN officer BIGINT NOT NULL DEFAULT 0;

-- The only channel a notice may go by; empty: the person's choice.
ALTER TABLE notices ADD COLUMN channel TEXT NOT NULL DEFAULT '';
