-- One's own account: the list of sessions, two-factor sign-in and passkeys.

-- What names a session on the Account page. (Its token's hash stays with the server.)
alter table session add column id uuid not null default gen_random_uuid();
-- When it was last used, to within some minutes; 0 for one from before this was known.
alter table session add column used_at bigint not null default 0;
-- The browser and its system in words, such as Firefox on Linux; empty where it is not known.
alter table session add column browser text not null default '';
create unique index session_by_id on session (id);

-- Codes of an authenticator app (RFC 6238).
create table totp (
    person_id uuid primary key references person (id) on delete cascade,
    -- Encrypted (src/server/delivery/seal.rs).
    secret bytea not null,
    created_at bigint not null,
    -- Null until a code of the app has shown that it works: it is asked for only from then on.
    confirmed_at bigint,
    -- The 30 s step of the last code that was accepted: each is accepted once.
    last_step bigint not null default 0
);

-- Codes for who has lost the app: SHA-256 of the person's id and 80 random bits. Each is deleted when it is used.
create table recovery_code (
    person_id uuid not null references person (id) on delete cascade,
    code_hash bytea not null,
    primary key (person_id, code_hash)
);

-- Who has given the password, or used a link, and still owes a code. SHA-256 of a token that the browser keeps in a cookie.
create table half_sign_in (
    token_hash bytea primary key,
    person_id uuid not null references person (id) on delete cascade,
    -- Where signing in leads to; empty for the project last used.
    next text not null,
    expires_at bigint not null
);

create table passkey (
    id uuid primary key,
    person_id uuid not null references person (id) on delete cascade,
    credential_id bytea not null unique,
    name text not null,
    -- JSON: the public key, its counter and its flags.
    passkey text not null,
    created_at bigint not null,
    used_at bigint
);
create index passkey_of_person on passkey (person_id);
