-- The record view: what the events of the log mean, in memory, rebuilt from the log at any time.
-- Of the cases, those are in it that are being worked on.
-- Times (_ms) are milliseconds since 1970-01-01 UTC by the event's clock; `clock` is the whole
-- hybrid clock, ms * 65536 + counter, and orders. Ids are lower-case hex.

-- Form definitions as they were when a record asked.
CREATE TABLE definition (
    hash TEXT PRIMARY KEY,       -- BLAKE2b-256 of the canonical YAML, hex
    form TEXT NOT NULL,          -- form id
    version TEXT NOT NULL,
    yaml TEXT NOT NULL,          -- canonical YAML
    files TEXT NOT NULL,         -- files beside it as a JSON object {name: text}; '' = none
    row INTEGER NOT NULL         -- of the log, to read it again
) WITHOUT ROWID;

-- Settings of the organisation; the last one in clock order holds.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    clock INTEGER NOT NULL,
    event TEXT NOT NULL,
    row INTEGER NOT NULL
) WITHOUT ROWID;

-- Cases; one episode of help to one person.
CREATE TABLE kase (
    id TEXT PRIMARY KEY,         -- the compartment, hex
    code TEXT NOT NULL,          -- K-XXXXC
    person TEXT NOT NULL,        -- person id, hex
    opener TEXT NOT NULL,        -- member who opened it, hex
    opened_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    words TEXT NOT NULL          -- folded words of code, names and aliases: ' k 7m2q sevciuc '
) WITHOUT ROWID;

-- When something was last said in a case, also before it is known what its code is.
CREATE TABLE touched (
    kase TEXT PRIMARY KEY,
    ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Facts about a person or case, one row for each place that said it; the newest holds.
CREATE TABLE fact (
    kase TEXT NOT NULL,
    fact TEXT NOT NULL,          -- person.surname
    source TEXT NOT NULL,        -- '' = said when the case was opened, else record/key
    value TEXT NOT NULL,
    clock INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (kase, fact, source)
) WITHOUT ROWID;

-- Records: filled forms.
CREATE TABLE rec (
    id TEXT PRIMARY KEY,         -- case/id; in a part of the case, case+part/id
    kase TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,          -- of the definition that asks
    place TEXT NOT NULL,         -- the compartment it is in, hex: the case's or a part's
    opened_ms INTEGER NOT NULL,
    opened TEXT NOT NULL,        -- as said: of several openings the first holds
    changes INTEGER NOT NULL,    -- events applied to it, for noticing news
    answered INTEGER NOT NULL,   -- questions, as of the last answer
    asked INTEGER NOT NULL,
    said TEXT NOT NULL,          -- clock (16 hex digits) and id of the event that told this
    paused_key TEXT NOT NULL,    -- '' = never paused
    paused_at TEXT NOT NULL,
    paused TEXT NOT NULL,        -- as said: the last event in clock order holds, whichever came first
    moved_ms INTEGER NOT NULL,   -- of the move that set version and hash, 0 = none
    moved_event TEXT NOT NULL,
    finished_ms INTEGER NOT NULL, -- 0 = not signed off
    signed TEXT NOT NULL,        -- as said: signed off or reopened
    signer TEXT NOT NULL,        -- device that signed, hex
    seen TEXT NOT NULL,          -- events of answers it knew, 16 digits each: ' id id '; '' = not said
    author TEXT NOT NULL,        -- member that began it, hex
    finisher TEXT NOT NULL,      -- member that signed it off, hex; '' = not signed off
    changed_ms INTEGER NOT NULL  -- of the newest event that says something of it
) WITHOUT ROWID;
CREATE INDEX rec_kase ON rec (kase, form);

-- What forms calculated, as of the moment when the record was signed off; outside repeats.
CREATE TABLE calculated (
    rec TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    said TEXT NOT NULL,          -- as said when it was signed off
    PRIMARY KEY (rec, key)
) WITHOUT ROWID;

-- Tasks that somebody said were done.
CREATE TABLE task_done (
    kase TEXT NOT NULL,
    task TEXT NOT NULL,
    event TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,        -- member, hex
    done_ms INTEGER NOT NULL,
    PRIMARY KEY (kase, task, event)
) WITHOUT ROWID;

-- Standing answers: those that no later event replaced. Two rows of one address are a conflict.
-- With a repeat's key: the order of its rows (their ids, blanks between).
CREATE TABLE answer (
    rec TEXT NOT NULL,
    at TEXT NOT NULL,            -- ids of the enclosing repeat instances, '/'-joined; '' = none
    key TEXT NOT NULL,           -- question key
    event TEXT NOT NULL,         -- id of the event that gave it, hex
    state TEXT NOT NULL,         -- value, later, declined, unknown, none
    value TEXT NOT NULL,         -- canonical text; '' unless state = value
    is_prefilled INTEGER NOT NULL, -- 1: taken over from a fact, not yet confirmed
    clock INTEGER NOT NULL,
    device TEXT NOT NULL,        -- that wrote it, hex
    PRIMARY KEY (rec, at, key, event)
) WITHOUT ROWID;

-- What was replaced before it came: an event of another device may arrive after the one over it.
CREATE TABLE replaced (
    rec TEXT NOT NULL,
    at TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,            -- row of a repeat; '' = an answer
    event TEXT NOT NULL,         -- id of the event that shall change nothing
    PRIMARY KEY (rec, at, key, id, event)
) WITHOUT ROWID;

-- Rows of repeats that somebody added. The first row of a repeat is there without.
CREATE TABLE added (
    rec TEXT NOT NULL,
    at TEXT NOT NULL,            -- of the repeat: ids of the rows around it
    key TEXT NOT NULL,           -- of the repeat
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    n INTEGER NOT NULL,          -- place in its event
    clock INTEGER NOT NULL,
    PRIMARY KEY (rec, at, key, id)
) WITHOUT ROWID;

-- Rows of repeats that somebody deleted. Their answers stay.
CREATE TABLE gone (
    rec TEXT NOT NULL,
    at TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    path TEXT NOT NULL,          -- at of what is inside: at/id
    keys TEXT NOT NULL,          -- questions inside: ' name age '
    seen TEXT NOT NULL,          -- events of the answers that went with it: ' id id '
    PRIMARY KEY (rec, at, key, id, event)
) WITHOUT ROWID;

-- Contested: an answer inside that who deleted the row had not seen.
CREATE VIEW deleted AS
SELECT rec, at, key, id, max(news) AS is_contested FROM (
    SELECT g.rec, g.at, g.key, g.id, EXISTS (
        SELECT 1 FROM answer a WHERE a.rec = g.rec
        AND (a.at = g.path OR a.at LIKE g.path || '/%') AND instr(g.keys, ' ' || a.key || ' ')
        AND NOT EXISTS (SELECT 1 FROM gone h WHERE h.rec = g.rec AND h.at = g.at
            AND h.key = g.key AND h.id = g.id AND instr(h.seen, ' ' || a.event || ' '))) AS news
    FROM gone g) GROUP BY rec, at, key, id;

-- Standing answers outside deleted rows.
CREATE VIEW standing AS
SELECT a.rec, a.at, a.key, a.event, a.state, a.value, a.is_prefilled, a.clock, a.device
FROM answer a
WHERE a.at = '' OR NOT EXISTS (
    SELECT 1 FROM gone g WHERE g.rec = a.rec
    AND (a.at = g.path OR a.at LIKE g.path || '/%') AND instr(g.keys, ' ' || a.key || ' '));

-- Keys that a move to a newer form replaced: who did not know of it still writes the old ones.
CREATE TABLE renamed (
    rec TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    PRIMARY KEY (rec, old)
) WITHOUT ROWID;

-- Handovers asked for, and what was answered; by whom it may be is asked when they are read.
CREATE TABLE handover (
    id TEXT PRIMARY KEY,
    kase TEXT NOT NULL,          -- compartment, hex
    sender TEXT NOT NULL,        -- member who asks, hex: author of the event
    receiver TEXT NOT NULL,
    ends INTEGER NOT NULL,       -- 1: the sender's access ends with the acceptance
    had INTEGER NOT NULL,        -- 1: the receiver could read the case before
    clock INTEGER NOT NULL,
    event TEXT NOT NULL,
    row INTEGER NOT NULL         -- of the log, to read it again
) WITHOUT ROWID;
CREATE TABLE handover_said (
    id TEXT NOT NULL,
    answer TEXT NOT NULL,        -- accepted, refused, withdrawn
    author TEXT NOT NULL,
    clock INTEGER NOT NULL,
    event TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (id, event)
) WITHOUT ROWID;

-- The words of a handover, in its case; answer '' = why it was asked.
CREATE TABLE handover_words (
    kase TEXT NOT NULL,
    id TEXT NOT NULL,
    answer TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    clock INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (kase, id, event)
) WITHOUT ROWID;

-- Cases that somebody said to be of the same person.
CREATE TABLE link (
    kase TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (kase, other)
) WITHOUT ROWID;

-- Answers that somebody wrote without knowing that the record was signed.
CREATE VIEW late AS
SELECT a.rec, a.at, a.key, a.event FROM standing a JOIN rec r ON r.id = a.rec
WHERE r.finished_ms <> 0 AND r.seen <> ''
AND (a.device <> r.signer OR printf('%016x', a.clock) > substr(r.signed, 1, 16))
AND instr(r.seen, ' ' || substr(a.event, 1, 16) || ' ') = 0;
