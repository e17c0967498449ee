-- People who come in with their palms. The same tables for PostgreSQL stand in ../postgres.

-- Somebody whose palms are known here, and the card that pays for them.
CREATE TABLE palm_people (
    person      BLOB NOT NULL PRIMARY KEY, -- 8 random bytes that stand for the palms alone
    store       TEXT NOT NULL,
    instrument  BLOB NOT NULL, -- the card that was shown when they enrolled
    enrolled_ns INTEGER NOT NULL,
    used_ns     INTEGER NOT NULL, -- when they came in with a palm last, or enrolled
    age_over    INTEGER,          -- years that a paper shown to staff says they have; none if nobody looked
    age_by      TEXT,        -- who looked, by their login
    age_ns      INTEGER           -- when
);
CREATE INDEX palm_people_by_instrument ON palm_people (instrument);
CREATE INDEX palm_people_by_use ON palm_people (store, used_ns);

-- The key that each person's templates are encrypted with, itself encrypted by the store's. Whoever destroys it has destroyed
-- the templates, in every copy: keep this table out of backups that live long.
CREATE TABLE palm_keys (
    person  BLOB NOT NULL PRIMARY KEY,
    key_id  BLOB NOT NULL, -- names the key in receipts
    wrapped BLOB NOT NULL  -- crate palm, seal
);

-- Their palms: protected templates, encrypted. Never a picture.
CREATE TABLE palms (
    person BLOB NOT NULL,
    side   TEXT NOT NULL, -- left, right
    epoch  INTEGER NOT NULL, -- of the turn that protects the template
    sealed BLOB NOT NULL, -- crate palm, seal
    PRIMARY KEY (person, side)
);

-- Receipts of deletions as they were given, chained by their hashes, so that none can be taken back. The person leads
-- nowhere any more.
CREATE TABLE palm_deletions (
    store    TEXT NOT NULL,
    sequence INTEGER NOT NULL, -- from 1, without gaps within a store
    person   BLOB NOT NULL,
    at_ns    INTEGER NOT NULL,
    receipt  TEXT NOT NULL, -- as it was given (crate palm, DeletionReceipt)
    PRIMARY KEY (store, sequence)
);
CREATE INDEX palm_deletions_by_person ON palm_deletions (person);

-- Where a consent was given, and the office's signature over it: ed25519; consents to palms have one.
ALTER TABLE consents ADD COLUMN how TEXT NOT NULL DEFAULT 'app';
ALTER TABLE consents ADD COLUMN signature BLOB;

-- Palms of a foreign system had a place here, and nothing ever put one there.
DROP TABLE identities;
DROP TABLE palms_to_forget;
