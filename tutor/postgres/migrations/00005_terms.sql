-- What ranks passages by their words: postings with counts and lengths, so that
-- BM25 is computed in the search's statement, and document frequencies are those
-- of the passages searched.

-- +goose Up

-- Not filled any more: ts_rank knows no document frequency, and behind row-level
-- security the planner may not use an index for @@, which is not leakproof.
alter table passages alter column words set default '';
drop index passages_words;

-- Names a passage in the postings. Null until its words have been posted.
alter table passages add column number int;
create unique index passages_number on passages (school_id, course_id, number);
create index passages_waiting on passages (school_id, course_id) where number is null;

-- Passages are posted by segments of consecutive numbers: a change rewrites the
-- postings of its segment alone.
create table passage_segments (
    school_id  uuid   not null,
    course_id  text   not null,
    segment    int    not null,
    language   text   not null,
    dictionary text   not null, -- that stemmed its words, see maieutic_term
    passages   int    not null,
    words      bigint not null, -- of all its passages together
    primary key (school_id, course_id, segment)
);

create table passage_terms (
    school_id uuid     not null,
    course_id text     not null,
    term      text     not null, -- a stem, or ~ and a run of letters
    segment   int      not null,
    passages  int      not null, -- how many postings
    postings  bigint[] not null, -- number of the passage << 32 | its length in words << 16 | count of the term
    primary key (school_id, course_id, term, segment)
);

-- Long lists are read far more often than written: not compressed, they cost half
-- the time.
alter table passage_terms alter column postings set storage external;

-- Nor are embeddings compressed, which an exact search would undo for each one.
alter table embeddings set (toast_tuple_target = 8160);

select maieutic_protect('passage_segments');
select maieutic_protect('passage_terms');

-- +goose StatementBegin
-- The term of a lower-case word: its stem by a dictionary of Postgres, without
-- accents and other marks that writers leave out; '' for a stop word. Dictionary
-- '' does not stem, 'exact' leaves the word as it is.
create function maieutic_term(dictionary text, word text) returns text
language sql stable parallel safe as $$
    select case when dictionary = 'exact' then word else
        normalize(translate(
            regexp_replace(
                normalize(case when dictionary = '' then word else coalesce((ts_lexize(dictionary::regdictionary, word))[1], '') end, nfkd),
                '[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c]', '', 'g'),
            U&'\00f8\0142\0111\0131\03c2\0649\0629\06a9\06cc\0671', U&'old\0069\03c3\064a\0647\0643\064a\0627'), nfc)
    end
$$;
-- +goose StatementEnd
