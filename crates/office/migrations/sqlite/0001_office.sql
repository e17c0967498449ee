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

-- What people pay with: a card's token. Never a card number.
-- Deleting a shopper blanks token and fingerprint; brand and last four stay as long as the receipt must.
CREATE TABLE instruments (
    instrument  BLOB NOT NULL PRIMARY KEY,
    store       TEXT NOT NULL,
    kind        TEXT NOT NULL, -- card
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

-- Codes shown at gates: each counts once, in whatever stores share these tables. Rows older than a code's life
-- are dropped.
CREATE TABLE used_codes (
    device  BLOB NOT NULL, -- the phone's public key
    slot    INTEGER NOT NULL, -- the 20 s slot it was made for
    guest   INTEGER NOT NULL, -- 0 for the shopper, from 1 for who comes along
    PRIMARY KEY (device, slot, guest)
);

-- Where receipts of an instrument or an account go. Personal: deleted with the shopper.
CREATE TABLE contacts (
    owner     BLOB NOT NULL, -- an instrument or an account
    address   TEXT NOT NULL, -- an e-mail address
    language  TEXT NOT NULL,
    added_ns  INTEGER NOT NULL,
    proven_ns INTEGER,          -- when its owner answered a mail; none if it was only typed at a kiosk
    PRIMARY KEY (owner)
);
CREATE INDEX contacts_by_address ON contacts (address);

-- Who came to a trip on a credential of their own, beside the payer. Made from the journal.
CREATE TABLE joined (
    trip  BLOB NOT NULL,
    owner BLOB NOT NULL, -- an instrument or an account
    PRIMARY KEY (trip, owner)
);
CREATE INDEX joined_by_owner ON joined (owner, trip);

-- Shoppers with the app. What is known of them hangs on the key, which says nothing by itself.
CREATE TABLE accounts (
    account      BLOB NOT NULL PRIMARY KEY,
    language     TEXT NOT NULL, -- BCP 47, such as de; empty once closed
    default_card BLOB,          -- the instrument that pays where the account is shown
    created_ns   INTEGER NOT NULL,
    closed_ns    INTEGER           -- when everything about the person was deleted
);

-- Phones that may show codes: each has a pass of the office for its own key.
CREATE TABLE devices (
    device    BLOB NOT NULL PRIMARY KEY, -- its ed25519 public key
    account   BLOB NOT NULL,
    added_ns  INTEGER NOT NULL,
    until_day INTEGER NOT NULL -- the last day its pass counts, days since 1970-01-01 UTC
);
CREATE INDEX devices_by_account ON devices (account);

-- Phones whose pass still reads as good and must not count: what a gate keeps when it is alone. Names nobody.
CREATE TABLE removed_devices (
    device    BLOB NOT NULL PRIMARY KEY,
    until_day INTEGER NOT NULL -- dropped after this day: the pass has run out by itself
);

-- What stands for a card or an account without being one: a palm, by the opaque name its own system gives it.
-- Exactly one of instrument and account is set.
CREATE TABLE identities (
    kind       TEXT NOT NULL, -- palm
    identity   TEXT NOT NULL,
    instrument BLOB,          -- the card it pays with
    account    BLOB,          -- or the account, whose default card pays
    added_ns   INTEGER NOT NULL,
    PRIMARY KEY (kind, identity)
);
CREATE INDEX identities_by_instrument ON identities (instrument);
CREATE INDEX identities_by_account ON identities (account);

-- Palms that stand for nobody any more and whose templates are still to be deleted, by the system that has them.
CREATE TABLE palms_to_forget (
    identity TEXT NOT NULL PRIMARY KEY,
    since_ns INTEGER NOT NULL
);

-- Badges of staff, by a hash of what the reader says.
CREATE TABLE badges (
    store    TEXT NOT NULL,
    badge    BLOB NOT NULL, -- SHA-256
    name     TEXT NOT NULL, -- the login of whoever wears it
    added_ns INTEGER NOT NULL,
    PRIMARY KEY (store, badge)
);

-- Links that were mailed to prove an address. Only a hash stands here: who reads the table can't use them.
CREATE TABLE mail_proofs (
    token    BLOB NOT NULL PRIMARY KEY, -- SHA-256
    purpose  TEXT NOT NULL, -- contact, sign_in, come_in
    account  BLOB NOT NULL,
    address  TEXT NOT NULL,
    until_ns INTEGER NOT NULL
);
CREATE INDEX mail_proofs_by_address ON mail_proofs (address);

-- What people agreed to, and took back. Only added to. Stays when the person is deleted, as the proof that
-- they were asked: the key then leads nowhere.
CREATE TABLE consents (
    owner     BLOB NOT NULL, -- an account or an instrument
    number    INTEGER NOT NULL, -- from 1 within the owner
    purpose   TEXT NOT NULL, -- palm, receipt_mail, offers, improvement
    given     INTEGER NOT NULL, -- 1 given, 0 taken back
    version   TEXT NOT NULL, -- of the text they read
    text_hash BLOB NOT NULL, -- SHA-256 of that text
    language  TEXT NOT NULL,
    at_ns     INTEGER NOT NULL,
    PRIMARY KEY (owner, number)
);

-- Receipts that were looked up and not found, to slow down whoever guesses. Rows older than a day are dropped.
CREATE TABLE look_up_misses (
    bucket BLOB NOT NULL, -- hash of who asked, or of the day and card that was asked for
    at_ns  INTEGER NOT NULL
);
CREATE INDEX look_up_misses_by_bucket ON look_up_misses (bucket, at_ns);

-- Why a line stands on a receipt, or does not: what the engine said of it.
CREATE TABLE evidence (
    trip  BLOB NOT NULL,
    kind  TEXT NOT NULL, -- sure, doubtful
    line  INTEGER NOT NULL, -- from 0 within the kind
    body  TEXT NOT NULL, -- JSON: weight curve, hands, alternatives
    at_ns INTEGER NOT NULL,
    PRIMARY KEY (trip, kind, line)
);
CREATE INDEX evidence_by_time ON evidence (at_ns);

-- What a shopper wrote about a dispute. Personal: deleted with the shopper.
CREATE TABLE dispute_texts (
    trip    BLOB NOT NULL,
    dispute INTEGER NOT NULL, -- from 0 within the trip
    words   TEXT NOT NULL,
    at_ns   INTEGER NOT NULL,
    PRIMARY KEY (trip, dispute)
);

-- People who want to be deleted and can't be yet.
CREATE TABLE erasures_wanted (
    owner    BLOB NOT NULL PRIMARY KEY, -- an account or an instrument
    kind     TEXT NOT NULL, -- account, instrument
    asked_ns INTEGER NOT NULL
);

-- Proof that somebody was deleted: how many rows of what. The owner's key leads nowhere any more.
CREATE TABLE erasures (
    erasure BLOB NOT NULL PRIMARY KEY, -- the number that the person was given
    owner   BLOB NOT NULL,
    kind    TEXT NOT NULL, -- account, instrument
    deleted TEXT NOT NULL, -- JSON: table to number of rows
    at_ns   INTEGER NOT NULL
);

-- What was done to what is known of people, and by whom. Only added to; keys, never names or addresses of shoppers.
CREATE TABLE people_log (
    store    TEXT NOT NULL,
    sequence INTEGER NOT NULL, -- from 1, without gaps within a store
    at_ns    INTEGER NOT NULL,
    subject  BLOB,          -- an account, instrument or trip; none for a badge
    event    TEXT NOT NULL, -- what
    actor    TEXT NOT NULL, -- who, as JSON (crate office, Actor)
    PRIMARY KEY (store, sequence)
);
CREATE INDEX people_log_by_subject ON people_log (subject, sequence);

-- Catalogues that were sent, and what became of them: an id counts once.
CREATE TABLE catalogue_uploads (
    store   TEXT    NOT NULL,
    upload  TEXT    NOT NULL, -- its id, chosen by whoever sends it
    at_ns   INTEGER NOT NULL,
    digest  BLOB    NOT NULL, -- SHA-256 of what was sent
    outcome TEXT    NOT NULL, -- as JSON (crate office, UploadOutcome)
    PRIMARY KEY (store, upload)
);

-- What is sold, as it is now.
CREATE TABLE products (
    store      TEXT    NOT NULL,
    sku        TEXT    NOT NULL, -- the retailer's key
    name       TEXT    NOT NULL, -- as on receipts
    sold_by    TEXT    NOT NULL, -- unit, kilogram
    mass_g     TEXT,            -- mean mass of a unit, grams, a decimal number; none if unknown
    mass_sd_g  TEXT,            -- its standard deviation
    age_limit  INTEGER NOT NULL, -- years; 0 for none
    changed_ns INTEGER NOT NULL,
    PRIMARY KEY (store, sku)
);

-- The bar codes of products: each belongs to one.
CREATE TABLE product_barcodes (
    store  TEXT    NOT NULL,
    number TEXT    NOT NULL, -- its GTIN in 14 digits, or plu and the digits
    sku    TEXT    NOT NULL,
    place  INTEGER NOT NULL, -- from 0 among the product's
    kind   TEXT    NOT NULL, -- upc, ean8, ean13, gtin14, isbn10, plu
    digits TEXT    NOT NULL, -- as printed
    PRIMARY KEY (store, number)
);
CREATE INDEX product_barcodes_by_sku ON product_barcodes (store, sku);

-- The price list: each row holds until the product's next one. Rows of the past are never changed.
CREATE TABLE prices (
    store          TEXT    NOT NULL,
    sku            TEXT    NOT NULL,
    from_ns        INTEGER NOT NULL, -- when it begins to hold
    name           TEXT    NOT NULL, -- the product's name then, as on receipts
    sold_by        TEXT    NOT NULL, -- what the price is for then: unit, kilogram
    minor          INTEGER NOT NULL, -- the price
    tax_millionths INTEGER NOT NULL, -- 190000 is 19 %
    deposit_minor  INTEGER NOT NULL, -- on one unit
    upload         TEXT    NOT NULL, -- which brought it
    PRIMARY KEY (store, sku, from_ns)
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
