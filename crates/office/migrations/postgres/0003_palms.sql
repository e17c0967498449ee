-- People who come in with their palms. The same tables for SQLite stand in ../sqlite.

-- Somebody whose palms are known here, and the card that pays for them.
CREATE TABLE palm_people (
    person      BYTEA NOT NULL PRIMARY KEY, -- 8 random bytes that stand for the palms alone
    store       TEXT NOT NULL,
    instrument  BYTEA NOT NULL, -- the card that was shown when they enrolled
    enrolled_ns BIGINT NOT NULL,
    used_ns     BIGINT NOT NULL, -- when they came in with a palm last, or enrolled
    age_over    BIGINT,          -- years that a paper shown to staff says they have; none if nobody looked
    age_by      TEXT,        -- who looked, by their login
    age_ns      BIGINT           -- when
);
CREATE INDEX palm_people_by_instrument ON palm_people (instrument);
CREATE INDEX palm_people_by_use ON palm_people (store, used_ns);

-- The key that each person's templates are encrypted with, itself encrypted by the store's. Whoever destroys it has destroyed
-- the templates, in every copy: keep this table out of backups that live long.
CREATE TABLE palm_keys (
    person  BYTEA NOT NULL PRIMARY KEY,
    key_id  BYTEA NOT NULL, -- names the key in receipts
    wrapped BYTEA NOT NULL  -- crate palm, seal
);

-- Their palms: protected templates, encrypted. Never a picture.
CREATE TABLE palms (
    person BYTEA NOT NULL,
    side   TEXT NOT NULL, -- left, right
    epoch  BIGINT NOT NULL, -- of the turn that protects the template
    sealed BYTEA NOT NULL, -- crate palm, seal
    PRIMARY KEY (person, side)
);

-- Receipts of deletions as they were given, chained by their hashes, so that none can be taken back. The person leads
-- nowhere any more.
CREATE TABLE palm_deletions (
    store    TEXT NOT NULL,
    sequence BIGINT NOT NULL, -- from 1, without gaps within a store
    person   BYTEA NOT NULL,
    at_ns    BIGINT NOT NULL,
    receipt  TEXT NOT NULL, -- as it was given (crate palm, DeletionReceipt)
    PRIMARY KEY (store, sequence)
);
CREATE INDEX palm_deletions_by_person ON palm_deletions (person);

-- Where a consent was given, and the office's signature over it: ed25519; consents to palms have one.
ALTER TABLE consents ADD COLUMN how TEXT NOT NULL DEFAULT 'app';
ALTER TABLE consents ADD COLUMN signature BYTEA;

-- Palms of a foreign system had a place here, and nothing ever put one there.
DROP TABLE identities;
DROP TABLE palms_to_forget;
