-- What a language model may do for a school, what it was asked, and how a class
-- is to be spoken to.

-- +goose Up

-- A turn that a model was asked for keeps the message it was asked with: the
-- next prompt of the session repeats it.
alter table turns add column prompt text not null default '';
alter table turns add column words  text not null default '';

alter table scores add column agreement      text not null default '';
alter table scores add column prompt_version text not null default '';

create or replace view current_scores with (security_invoker = true) as
    select s.* from scores s
    where not exists (
        select from scores n where n.school_id = s.school_id and n.id = s.id and n.version > s.version);

alter table classes add column reading_level text not null default '' check (reading_level in ('', 'simple', 'standard', 'advanced'));
alter table class_courses add column instructions text not null default '' check (length(instructions) <= 1000);

-- Tokens a day, null for no bound. Without a row an external model is off.
create table model_settings (
    school_id   uuid    not null primary key references schools,
    external    boolean not null default false,
    learner_cap bigint check (learner_cap >= 0),
    class_cap   bigint check (class_cap >= 0),
    school_cap  bigint check (school_cap >= 0)
);

-- Every call that leaves for a model: what kind, where to, when, the hash of
-- what was sent. Never the text, and nobody's name or id.
create table model_calls (
    school_id uuid        not null references schools,
    id        uuid        not null,
    at        timestamptz not null default clock_timestamp(),
    purpose   text        not null check (purpose in ('voice', 'grade', 'embed', 'probe')),
    host      text        not null,
    model     text        not null,
    external  boolean     not null,
    hash      bytea       not null check (length(hash) = 32), -- SHA-256
    reserved  bigint      not null check (reserved >= 0),     -- tokens
    primary key (id, school_id)
);
create index model_calls_newest on model_calls (school_id, at desc, id desc);

create table model_results (
    school_id     uuid        not null,
    call_id       uuid        not null,
    at            timestamptz not null default clock_timestamp(),
    outcome       text        not null,
    prompt_tokens bigint      not null check (prompt_tokens >= 0),
    cached_tokens bigint      not null check (cached_tokens >= 0),
    output_tokens bigint      not null check (output_tokens >= 0),
    micros        bigint      not null check (micros >= 0), -- millionths of the currency of the price list
    took          interval    not null,
    primary key (call_id, school_id),
    foreign key (call_id, school_id) references model_calls (id, school_id)
);

-- What was spent, for the caps. It holds who spent it and stays apart from the
-- ledger. "refused" counts, under the school, calls that a budget did not allow.
create table model_spend (
    school_id uuid   not null references schools,
    day       date   not null,
    scope     text   not null check (scope in ('school', 'class', 'learner', 'refused')),
    subject   uuid   not null,
    tokens    bigint not null,
    primary key (subject, scope, day, school_id)
);

select maieutic_append_only('model_calls');
select maieutic_append_only('model_results');
select maieutic_protect('model_settings');
select maieutic_protect('model_calls');
select maieutic_protect('model_results');
select maieutic_protect('model_spend');

-- +goose StatementBegin
-- Adds tokens to what a school, a learner and the learner's classes have spent
-- on a day. The rows are taken in one order, so that two calls never wait for
-- each other in a ring. A class that the learner has joined since gets nothing
-- back.
create function spend_tokens(school uuid, learner uuid, amount bigint, spent_on date) returns void
language sql as $$
    insert into model_spend (school_id, day, scope, subject, tokens)
    select school, spent_on, x.scope, x.subject, greatest(amount, 0)
    from (select 'class' as scope, e.class_id as subject from enrolments e where e.school_id = school and e.learner_id = learner
          union all select 'learner', learner where learner is not null
          union all select 'school', school
          order by scope, subject) x
    on conflict (subject, scope, day, school_id) do update set tokens = model_spend.tokens + amount
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Notes a call before it leaves and returns 'ok', or why it may not: 'off', or
-- the scope whose budget is spent.
create function admit_call(
    school uuid, learner uuid, call uuid, call_purpose text, call_host text, call_model text,
    is_external boolean, call_hash bytea, reserve bigint
) returns text
language plpgsql as $$
declare
    s model_settings;
    today date := (now() at time zone 'utc')::date;
    spent text;
begin
    select * into s from model_settings x where x.school_id = school;
    if is_external and not coalesce(s.external, false) then
        return 'off';
    end if;
    -- What leaves the school is on disk before it does. A call that stays inside
    -- need not wait for that: a crash of the database may cost its last lines.
    if not is_external then
        perform set_config('synchronous_commit', 'off', true);
    end if;
    -- Spending first takes the rows, so that of two calls at once one waits and
    -- sees what the other has left.
    perform spend_tokens(school, learner, reserve, today);
    select x.scope into spent from model_spend x
    where x.school_id = school and x.day = today
      and (x.scope = 'school' and x.subject = school and x.tokens > s.school_cap
           or x.scope = 'learner' and x.subject = learner and x.tokens > s.learner_cap
           or x.scope = 'class' and x.tokens > s.class_cap and x.subject in (
               select e.class_id from enrolments e where e.school_id = school and e.learner_id = learner))
    order by x.scope desc limit 1;
    if spent is not null then
        perform spend_tokens(school, learner, -reserve, today);
        insert into model_spend (school_id, day, scope, subject, tokens) values (school, today, 'refused', school, 1)
        on conflict (subject, scope, day, school_id) do update set tokens = model_spend.tokens + 1;
        return spent;
    end if;
    -- At now(), whatever was waited for: what the call did not cost is given back
    -- to the day that it was taken from.
    insert into model_calls (school_id, id, at, purpose, host, model, external, hash, reserved)
    values (school, call, now(), call_purpose, call_host, call_model, is_external, call_hash, reserve);
    return 'ok';
end
$$;
-- +goose StatementEnd
