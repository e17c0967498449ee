-- Who works here, who is signed in, and what they did. The same tables for PostgreSQL stand in ../postgres.

-- Somebody who works for a store. Rows stay, so that a name in a log is always the same person's.
CREATE TABLE staff (
    staff       BLOB NOT NULL PRIMARY KEY,
    store       TEXT NOT NULL,
    name        TEXT NOT NULL, -- of their login
    folded      TEXT NOT NULL, -- the name in lower case
    role        TEXT NOT NULL, -- owner, operator, reviewer, support, viewer
    password    TEXT NOT NULL, -- Argon2id, in the PHC string format
    added_ns    INTEGER NOT NULL,
    disabled_ns INTEGER        -- since when they may not sign in
);
CREATE UNIQUE INDEX staff_by_name ON staff (store, folded);

-- Wrong passwords in a row, by a hash of store and name: a name that is typed may be anything.
CREATE TABLE sign_in_failures (
    name     BLOB    NOT NULL PRIMARY KEY, -- SHA-256
    failures INTEGER NOT NULL,
    last_ns  INTEGER NOT NULL
);

-- Who is signed in. The token itself is only in the browser.
CREATE TABLE sessions (
    token     BLOB    NOT NULL PRIMARY KEY, -- SHA-256
    kind      TEXT    NOT NULL, -- staff, shopper
    visitor   BLOB    NOT NULL, -- a staff member or an account
    opened_ns INTEGER NOT NULL,
    seen_ns   INTEGER NOT NULL, -- when it was used last, to the minute
    until_ns  INTEGER NOT NULL  -- when it ends unless it is used
);
CREATE INDEX sessions_by_visitor ON sessions (visitor);
CREATE INDEX sessions_by_end ON sessions (until_ns);

-- Keys with which staff sign in without a password.
CREATE TABLE passkeys (
    credential BLOB NOT NULL PRIMARY KEY, -- the authenticator's name of it
    staff      BLOB NOT NULL,
    public_key BLOB NOT NULL, -- a point on P-256: 4, x, y
    counter    INTEGER NOT NULL, -- how often it signed by its own count; 0 if it does not count
    label      TEXT NOT NULL, -- what its owner calls it
    added_ns   INTEGER NOT NULL,
    used_ns    INTEGER           -- when somebody signed in with it last
);
CREATE INDEX passkeys_by_staff ON passkeys (staff);

-- What authenticators are asked to sign. Used once.
CREATE TABLE passkey_challenges (
    challenge BLOB NOT NULL PRIMARY KEY, -- 32 random bytes
    staff     BLOB,          -- who wants a new passkey; none to sign in
    until_ns  INTEGER NOT NULL
);

-- What was done about those who work here, and who signed in. Only added to.
CREATE TABLE staff_log (
    store    TEXT    NOT NULL,
    sequence INTEGER NOT NULL, -- from 1, without gaps within a store
    at_ns    INTEGER NOT NULL,
    staff    BLOB,             -- whom it is about; none for a name that nobody has
    event    TEXT    NOT NULL, -- what, as JSON (crate office, StaffEvent)
    actor    TEXT    NOT NULL, -- who, as JSON (crate office, Actor)
    PRIMARY KEY (store, sequence)
);

-- Finds the newest views of trips.
CREATE INDEX people_log_by_event ON people_log (store, event, sequence);
