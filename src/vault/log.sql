-- The tables of vault.db. Every box is sealed (XChaCha20-Poly1305, random nonce in front,
-- associated data "spr/row/1" and the row's tag); every tag is a keyed hash of what the row is
-- about. Without the keyfile the tables tell how many rows there are and how long.

PRAGMA application_id = 1397772882; -- "SPRR"

-- The log: one row an event, in order of arrival; only ever added to.
CREATE TABLE ev(
    n INTEGER PRIMARY KEY,     -- position in this replica's log
    tag BLOB NOT NULL UNIQUE,  -- of the event's id
    box BLOB NOT NULL          -- the whole event: header, sealed payload, signature
);

-- Keys sealed to readers, as made or received; deleted when a case is erased or a reader removed.
CREATE TABLE wrap(
    tag BLOB PRIMARY KEY,      -- of compartment, epoch and recipient
    box BLOB NOT NULL          -- the wrap's bytes
) WITHOUT ROWID;

-- Compartment keys, opened once on arrival; and for each compartment its sort and its epochs.
CREATE TABLE ckey(
    tag BLOB PRIMARY KEY,      -- of compartment and epoch; of the compartment alone
    box BLOB NOT NULL          -- compartment, epoch, key; what is known of the compartment
) WITHOUT ROWID;

-- Cache: an epoch as it was announced. Rebuilt from ev when missing.
CREATE TABLE epoch(
    tag BLOB PRIMARY KEY,      -- of compartment and epoch
    box BLOB NOT NULL          -- sort, members, commitment
) WITHOUT ROWID;

-- Cache: a compartment's record, folded. Rebuilt from ev when missing or stale.
CREATE TABLE snap(
    tag BLOB PRIMARY KEY,      -- of the compartment
    box BLOB NOT NULL          -- record, heads covered, rows of its events
) WITHOUT ROWID;

-- Cache: lines of the lists, 256 a page.
CREATE TABLE card(
    page INTEGER PRIMARY KEY,  -- from 0
    box BLOB NOT NULL          -- the page's lines
);

-- What arrived before what it rests on; tried again when something else arrives.
CREATE TABLE held(
    tag BLOB PRIMARY KEY,      -- of the device and its number
    box BLOB NOT NULL          -- the bytes as received
) WITHOUT ROWID;

-- What arrived and failed a check, kept for a person to look at.
CREATE TABLE quar(
    n INTEGER PRIMARY KEY,     -- order of arrival
    reason INTEGER NOT NULL,   -- which check
    row INTEGER,               -- its place in ev, if its chain holds; then the box is empty
    tag BLOB NOT NULL UNIQUE,  -- of row and bytes
    box BLOB NOT NULL          -- the bytes as received
);
CREATE INDEX quar_row ON quar(row) WHERE row IS NOT NULL;

-- Small values that change: the chain's state, certificates, members, zone, notes.
CREATE TABLE meta(
    k BLOB PRIMARY KEY,        -- tag of the value's name
    box BLOB NOT NULL          -- the value
) WITHOUT ROWID;
