-- Figures of the plan that the chat does not produce: entered by an officer,
-- with the day they are of and where they come from. Entries are only added.

-- +goose Up
CREATE TABLE plan_figures (
    id     BIGINT PRIMARY KEY,
    target TEXT   NOT NULL, -- id of a target of the programme
    value  BIGINT NOT NULL,
    day    BIGINT NOT NULL, -- its first moment in Vietnam
    source TEXT   NOT NULL,
    actor  BIGINT REFERENCES persons (id),
    at     BIGINT NOT NULL
);
CREATE INDEX plan_figures_target ON plan_figures (target, day);
