-- +goose Up

create table passages (
    school_id uuid not null references schools (id),
    course_id text not null,
    id        uuid not null, -- from the words and their place, so that ingest is idempotent
    lesson_id text not null,
    lesson    text not null,
    heading   text not null,
    anchor    text not null,
    start_at  int  not null check (start_at >= 0), -- code points of the lesson's body
    end_at    int  not null check (end_at > start_at),
    body      text not null,
    language  text not null,
    words     tsvector not null,
    primary key (school_id, course_id, id)
);

create index passages_words on passages using gin (words);

-- Narrow on purpose: a course of thousands of passages is searched exactly, by
-- reading this table alone. The model is part of the key, so that another model
-- can be filled in beside the one in use.
create table embeddings (
    school_id  uuid not null,
    course_id  text not null,
    model      text not null,
    passage_id uuid not null,
    vector     halfvec not null,
    primary key (school_id, course_id, model, passage_id),
    foreign key (school_id, course_id, passage_id) references passages (school_id, course_id, id) on delete cascade
);

-- A vector of 2 KB would be moved out of line, and every search would fetch each
-- one apart.
alter table embeddings alter column vector set storage main;

alter table passages enable row level security;
alter table passages force row level security;
create policy school on passages
    using (school_id::text = current_setting('maieutic.school', true) or current_setting('maieutic.school', true) = '*');

alter table embeddings enable row level security;
alter table embeddings force row level security;
create policy school on embeddings
    using (school_id::text = current_setting('maieutic.school', true) or current_setting('maieutic.school', true) = '*');
