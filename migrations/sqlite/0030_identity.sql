-- Who a person is to an identity provider (OpenID Connect): known by the provider's id from the first sign-in on.
create table identity (
    -- The provider's address.
    issuer text not null,
    -- What the provider calls the person: unique there, and never given to another.
    subject text not null,
    person_id blob not null references person (id) on delete cascade,
    created_at bigint not null,
    primary key (issuer, subject),
    unique (person_id, issuer)
);
