-- The record view: what the events of the log mean, in memory, rebuilt from the log at any time.
-- Times are milliseconds since 1970-01-01 UTC by the event's clock. Ids are lower-case hex.

-- Form definitions as they were when a record asked.
CREATE TABLE definition (
    hash TEXT PRIMARY KEY,       -- BLAKE2b-256 of the canonical YAML, hex
    form TEXT NOT NULL,          -- form id
    version TEXT NOT NULL,
    yaml TEXT NOT NULL           -- canonical YAML
) WITHOUT ROWID;

-- Settings of the organisation; the last one in clock order holds.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    event TEXT NOT NULL
) WITHOUT ROWID;

-- Cases; one episode of help to one person.
CREATE TABLE kase (
    id TEXT PRIMARY KEY,         -- the compartment, hex
    code TEXT NOT NULL,          -- K-XXXXC
    person TEXT NOT NULL,        -- person id, hex
    opened_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    words TEXT NOT NULL          -- folded words of code, names and aliases: ' k 7m2q sevciuc '
) WITHOUT ROWID;

-- Facts about a person or case, one row for each place that said it; the newest holds.
CREATE TABLE fact (
    kase TEXT NOT NULL,
    fact TEXT NOT NULL,          -- person.surname
    source TEXT NOT NULL,        -- '' = said when the case was opened, else record/key
    value TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (kase, fact, source)
) WITHOUT ROWID;

-- Records: filled forms.
CREATE TABLE rec (
    id TEXT PRIMARY KEY,
    kase TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,          -- of the definition that asks
    opened_ms INTEGER NOT NULL,
    changes INTEGER NOT NULL,    -- events applied to it, for noticing news
    answered INTEGER NOT NULL,   -- questions, as of the last answer
    asked INTEGER NOT NULL,
    paused_key TEXT NOT NULL,    -- '' = never paused
    finished_ms INTEGER NOT NULL -- 0 = not signed off
) WITHOUT ROWID;
CREATE INDEX rec_kase ON rec (kase, form);

-- Standing answers: those that no later event replaced. Two rows of one address are a conflict.
CREATE TABLE answer (
    rec TEXT NOT NULL,
    at TEXT NOT NULL,            -- ids of the enclosing repeat instances, '/'-joined; '' = none
    key TEXT NOT NULL,           -- question key
    event TEXT NOT NULL,         -- id of the event that gave it, hex
    state TEXT NOT NULL,         -- value, later, declined, unknown, none
    value TEXT NOT NULL,         -- canonical text; '' unless state = value
    is_prefilled INTEGER NOT NULL, -- 1: taken over from a fact, not yet confirmed
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (rec, at, key, event)
) WITHOUT ROWID;
