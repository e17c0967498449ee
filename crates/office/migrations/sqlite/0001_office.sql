-- The office's tables, SQLite. The same tables for PostgreSQL stand in ../postgres.
-- Times are UTC nanoseconds, money is whole minor units, ids are UUIDs (version 7) of 16 bytes.

-- What happened, in order, never changed. Each entry's hash covers the one before it, so that a changed,
-- missing or added entry shows (`saunter doctor --audit`). Everything else can be made again from it.
CREATE TABLE journal (
    store    TEXT    NOT NULL, -- which store's chain
    sequence INTEGER NOT NULL, -- from 1, without gaps within a store
    trip     BLOB    NOT NULL, -- the trip it is about
    at_ns    INTEGER NOT NULL, -- when it was written down
    event    TEXT    NOT NULL, -- what, as JSON (crate office, TripEvent)
    hash     BLOB    NOT NULL, -- SHA-256 over the entry before and this one
    PRIMARY KEY (store, sequence)
);
CREATE INDEX journal_by_trip ON journal (trip, sequence);

-- How each trip stands now: what pages and gates look up. Made from the journal.
CREATE TABLE trips (
    trip       BLOB    NOT NULL PRIMARY KEY,
    store      TEXT    NOT NULL,
    state      TEXT    NOT NULL, -- entered, shopping, exited, in_review, settled, paid, empty, declined, owed, refunded
    opened_ns  INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    instrument BLOB,             -- who pays; none for staff
    account    BLOB,             -- the shopper's account, if they have one
    owed_minor INTEGER NOT NULL DEFAULT 0 -- what is still to be paid of a debt
);
CREATE INDEX trips_by_state ON trips (store, state, opened_ns);
CREATE INDEX trips_by_instrument ON trips (instrument, opened_ns);
CREATE INDEX trips_by_account ON trips (account, opened_ns);

-- What people pay and come in with: a card's token, a palm's opaque identity. Never a card number.
-- Deleting a shopper blanks token and fingerprint; brand and last four stay as long as the receipt must.
CREATE TABLE instruments (
    instrument  BLOB NOT NULL PRIMARY KEY,
    store       TEXT NOT NULL,
    kind        TEXT NOT NULL, -- card, palm
    fingerprint TEXT,          -- names it again at the next visit
    token       TEXT,          -- what the processor charges
    brand       TEXT NOT NULL,
    last_four   TEXT NOT NULL,
    account     BLOB,          -- the shopper's account, if linked
    added_ns    INTEGER NOT NULL
);
CREATE UNIQUE INDEX instruments_by_fingerprint ON instruments (store, kind, fingerprint);

-- What is still to be done outside: written in the same transaction as the events that ask for it.
CREATE TABLE outbox (
    store    TEXT    NOT NULL,
    sequence INTEGER NOT NULL, -- of the journal entry that asks for it, and says what
    trip     BLOB    NOT NULL,
    due_ns   INTEGER NOT NULL, -- not before
    attempts INTEGER NOT NULL, -- how often it was tried
    PRIMARY KEY (store, sequence)
);
CREATE INDEX outbox_by_due ON outbox (due_ns);

-- Double-entry books: each row takes an amount from one account and gives it to another, so they always balance.
CREATE TABLE ledger (
    store    TEXT    NOT NULL,
    sequence INTEGER NOT NULL, -- of the journal entry that moved it
    part     INTEGER NOT NULL, -- from 0 within the entry
    trip     BLOB    NOT NULL,
    debit    TEXT    NOT NULL, -- account that is owed more or owns more: shopper, processor
    credit   TEXT    NOT NULL, -- account that gave it: sales, tax, deposits
    minor    INTEGER NOT NULL, -- more than 0
    currency TEXT    NOT NULL, -- ISO 4217
    PRIMARY KEY (store, sequence, part)
);
CREATE INDEX ledger_by_trip ON ledger (trip);

-- Receipts as they were made, and what they are looked up by.
CREATE TABLE receipts (
    trip        BLOB    NOT NULL PRIMARY KEY,
    store       TEXT    NOT NULL,
    serial      INTEGER NOT NULL, -- the store's receipts are numbered without gaps, as tax law asks in many places
    number      TEXT    NOT NULL, -- as printed
    local_date  TEXT    NOT NULL, -- day of the exit in the store's time zone, 2026-11-24
    last_four   TEXT    NOT NULL, -- of the card; empty for staff
    total_minor INTEGER NOT NULL,
    receipt     TEXT    NOT NULL  -- the priced receipt, as JSON (crate pricing)
);
CREATE UNIQUE INDEX receipts_by_serial ON receipts (store, serial);
CREATE INDEX receipts_by_card ON receipts (store, local_date, last_four, total_minor);

-- Codes shown at gates: each counts once. Rows older than a code's life are dropped.
CREATE TABLE used_codes (
    store   TEXT    NOT NULL,
    device  BLOB    NOT NULL, -- the phone's public key
    slot    INTEGER NOT NULL, -- the 20 s slot it was made for
    trip    BLOB    NOT NULL,
    PRIMARY KEY (store, device, slot)
);

-- Where receipts of an instrument or an account go. Personal: deleted with the shopper.
CREATE TABLE contacts (
    owner    BLOB NOT NULL, -- an instrument or an account
    address  TEXT NOT NULL, -- an e-mail address
    language TEXT NOT NULL,
    added_ns INTEGER NOT NULL,
    PRIMARY KEY (owner)
);

-- Requests that carry a key of their own (`Idempotency-Key`), and what was answered: asked again, the same answer
-- comes. Rows older than a day are dropped.
CREATE TABLE answered_requests (
    store       TEXT NOT NULL,
    sender      TEXT NOT NULL, -- the name of the API key that asked
    request_key TEXT NOT NULL, -- the sender's name of the request
    hash        BLOB NOT NULL, -- SHA-256 of what was asked
    at_ns       INTEGER NOT NULL, -- when
    answer      TEXT,          -- what was answered; none while it is worked on
    PRIMARY KEY (store, sender, request_key)
);
CREATE INDEX answered_requests_by_age ON answered_requests (at_ns);

-- Events that the payment processor sent by itself: each counts once. Rows older than 30 days are dropped.
CREATE TABLE webhook_events (
    store TEXT    NOT NULL,
    event TEXT    NOT NULL, -- the processor's name of it
    at_ns INTEGER NOT NULL, -- when it came first
    PRIMARY KEY (store, event)
);
CREATE INDEX webhook_events_by_age ON webhook_events (at_ns);
