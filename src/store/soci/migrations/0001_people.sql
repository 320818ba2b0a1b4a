-- People, their contact lists, and trusted peers.
-- Portable SQL: SQLite now, PostgreSQL later. No semicolon inside a literal.

CREATE TABLE users (
    aor TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    login TEXT NOT NULL,
    domain TEXT NOT NULL,
    domain_key TEXT NOT NULL,
    line_uri TEXT NOT NULL,
    mail TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    secret TEXT NOT NULL
);

-- domain_key is the domain in lower case: no two people have the same login of the same domain.
CREATE UNIQUE INDEX users_by_login ON users (login, domain_key);

-- A list may belong to somebody whom another directory knows, so its owner need not be in users.
CREATE TABLE contact_lists (
    owner TEXT NOT NULL PRIMARY KEY,
    delta_num BIGINT NOT NULL
);

CREATE TABLE contact_groups (
    owner TEXT NOT NULL REFERENCES contact_lists (owner) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    external_uri TEXT NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE contacts (
    owner TEXT NOT NULL REFERENCES contact_lists (owner) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    name TEXT NOT NULL,
    subscribed INTEGER NOT NULL,
    external_uri TEXT NOT NULL,
    extension TEXT NOT NULL,
    PRIMARY KEY (owner, uri)
);

CREATE TABLE contact_memberships (
    owner TEXT NOT NULL,
    uri TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    PRIMARY KEY (owner, uri, group_id),
    FOREIGN KEY (owner, uri) REFERENCES contacts (owner, uri) ON DELETE CASCADE,
    FOREIGN KEY (owner, group_id) REFERENCES contact_groups (owner, id) ON DELETE CASCADE
);

CREATE TABLE trusted_peers (
    host TEXT NOT NULL,
    transport TEXT NOT NULL,
    may_register INTEGER NOT NULL,
    domains TEXT NOT NULL,
    PRIMARY KEY (host, transport)
);
