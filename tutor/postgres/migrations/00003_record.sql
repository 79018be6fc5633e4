-- The record: sessions with their turns, the scores of turns, what the scores
-- say of skills, and who did what.

-- +goose Up

create table sessions (
    school_id        uuid        not null,
    id               uuid        not null,
    learner_id       uuid        not null,
    activity_id      text        not null,
    activity_version text        not null,
    skills           text[]      not null, -- of that version
    course_id        text        not null,
    language         text        not null,
    epoch            text        not null check (epoch <> ''),
    seq              bigint      not null, -- of the latest turn; taken under the lock of this row
    status           text        not null check (status in ('open', 'mastered', 'ended')),
    why              text        not null,
    state            jsonb       not null, -- of the dialogue, after the latest finished turn
    started_at       timestamptz not null,
    updated_at       timestamptz not null, -- of the latest finished turn
    -- The turn being worked on. Who holds the latest fence may finish it; after
    -- lease_until another may take it over with a higher one.
    active_turn      uuid,
    lease_until      timestamptz,
    fence            bigint      not null default 0,
    turn_overrides   bigint      not null default 0, -- accounts.overrides when the turn read the skill states
    primary key (id, school_id),
    foreign key (school_id, learner_id) references accounts (school_id, id),
    foreign key (school_id, activity_id, activity_version) references activity_versions,
    check ((active_turn is null) = (lease_until is null))
) with (fillfactor = 70);
create index sessions_learner on sessions (learner_id, updated_at desc, id desc);
create index sessions_newest on sessions (school_id, updated_at desc, id desc);
create index sessions_leased on sessions (lease_until) where active_turn is not null;

create table turns (
    school_id      uuid        not null,
    id             uuid        not null,
    session_id     uuid        not null,
    seq            bigint      not null check (seq > 0),
    author         text        not null check (author in ('student', 'tutor', 'teacher')),
    kind           text        not null check (kind in ('say', 'hint')),
    text           text        not null,
    reply_to       uuid,                         -- the student turn that a tutor turn answers
    taken_for      text        not null default '', -- contribution that turn was taken for
    move           text        not null default '',
    target         text        not null default '',
    target_title   text        not null default '',
    reason         text        not null default '',
    hint_level     integer     not null default 0,
    citations      jsonb       not null default '[]',
    engine         text        not null default '',
    model          text        not null default '',
    prompt_version text        not null default '',
    prompt_tokens  integer     not null default 0,
    output_tokens  integer     not null default 0,
    at             timestamptz not null,
    primary key (id, school_id),
    unique (session_id, seq, school_id),
    foreign key (school_id, session_id) references sessions (school_id, id),
    foreign key (school_id, reply_to) references turns (school_id, id)
);
create unique index turns_reply on turns (reply_to, school_id) where reply_to is not null;

-- Version 1 is the machine's score; an override and its undo are further
-- versions of the same id. The highest version holds.
create table scores (
    school_id      uuid             not null,
    id             uuid             not null,
    version        integer          not null check (version > 0),
    session_id     uuid             not null,
    learner_id     uuid             not null,
    turn_id        uuid             not null,
    position       integer          not null, -- among the scores of the turn
    criterion      jsonb            not null,
    level          text             not null,
    value          double precision not null check (value between 0 and 1),
    grader         text             not null check (grader in ('builtin', 'model', 'teacher')),
    confidence     double precision not null,
    quotes         jsonb            not null,
    rubric_version text             not null,
    overrides      boolean          not null default false,
    by             uuid,                          -- who overrode or undid
    reason         text             not null default '',
    note           text             not null default '' check (length(note) <= 2000),
    at             timestamptz      not null default now(),
    primary key (id, version, school_id),
    foreign key (school_id, turn_id) references turns (school_id, id),
    foreign key (school_id, session_id) references sessions (school_id, id),
    foreign key (school_id, learner_id) references accounts (school_id, id),
    foreign key (school_id, by) references accounts (school_id, id)
);
create index scores_turn on scores (turn_id);

create view current_scores with (security_invoker = true) as
    select s.* from scores s
    where not exists (
        select from scores n where n.school_id = s.school_id and n.id = s.id and n.version > s.version);

-- What a score says of a skill when it was given. Each learner and skill has a
-- chain, numbered without gaps; two writers of one number collide. The evidence
-- of an overridden score stays: a fold takes the override's value in its place.
create table evidence (
    school_id      uuid             not null,
    learner_id     uuid             not null,
    skill_id       text             not null,
    seq            bigint           not null check (seq > 0),
    score_id       uuid             not null,
    score_version  integer          not null default 1 check (score_version = 1),
    session_id     uuid             not null,
    turn_seq       bigint           not null,
    item_id        text             not null, -- "activity/step/expectation"
    y              double precision not null check (y between 0 and 1),
    reliability    double precision not null check (reliability between 0 and 1),
    hints          integer          not null check (hints >= 0),
    hint_levels    integer          not null check (hint_levels >= hints),
    grader         text             not null check (grader in ('builtin', 'model', 'teacher')),
    rubric_version text             not null,
    at             timestamptz      not null,
    primary key (learner_id, skill_id, seq, school_id),
    unique (score_id, skill_id, school_id),
    foreign key (score_id, score_version, school_id) references scores (id, version, school_id),
    foreign key (school_id, skill_id) references skills
);

-- The fold of a chain of evidence; it can be computed again at any time.
create table skill_states (
    school_id      uuid             not null,
    learner_id     uuid             not null,
    skill_id       text             not null,
    mastery        double precision not null check (mastery between 0 and 1),
    low            double precision not null,
    high           double precision not null,
    count          integer          not null,
    effective      double precision not null,
    stability      double precision not null,
    difficulty     double precision not null,
    due            timestamptz,
    last_at        timestamptz,
    seq            bigint           not null, -- of the latest evidence folded
    params_version text             not null,
    primary key (learner_id, skill_id, school_id),
    foreign key (school_id, learner_id) references accounts (school_id, id),
    foreign key (school_id, skill_id) references skills
);

create table assignments (
    school_id   uuid        not null,
    id          uuid        not null,
    class_id    uuid,
    learner_id  uuid,
    activity_id text        not null,
    by          uuid        not null,
    at          timestamptz not null default now(),
    primary key (id, school_id),
    foreign key (school_id, class_id) references classes (school_id, id),
    foreign key (school_id, learner_id) references accounts (school_id, id),
    foreign key (school_id, activity_id) references activities,
    foreign key (school_id, by) references accounts (school_id, id),
    check ((class_id is null) <> (learner_id is null))
);
create index assignments_learner on assignments (learner_id) where learner_id is not null;
create index assignments_class on assignments (class_id) where class_id is not null;

create table audit_log (
    school_id uuid        not null references schools,
    id        bigint      not null generated always as identity,
    by        uuid        not null,
    action    text        not null,
    thing     text        not null,
    detail    jsonb       not null default '{}', -- identifiers and codes, never what a learner wrote
    at        timestamptz not null default now(),
    primary key (id, school_id),
    foreign key (school_id, by) references accounts (school_id, id)
);

select maieutic_append_only('turns');
select maieutic_append_only('scores');
select maieutic_append_only('evidence');
select maieutic_append_only('audit_log');

select maieutic_protect('sessions');
select maieutic_protect('turns');
select maieutic_protect('scores');
select maieutic_protect('evidence');
select maieutic_protect('skill_states');
select maieutic_protect('assignments');
select maieutic_protect('audit_log');

-- +goose StatementBegin
-- What teachers have assigned to a learner, alone or with a class, and the
-- learner has not ended a session on since.
create function pending_assignments(school uuid, learner uuid) returns table (activity_id text, at timestamptz)
language sql stable as $$
    select g.activity_id, g.at
    from assignments g
    join activities a on a.school_id = g.school_id and a.id = g.activity_id
    where g.school_id = school and not a.retired
      and (g.learner_id = learner
           or g.class_id in (select e.class_id from enrolments e where e.school_id = school and e.learner_id = learner))
      and not exists (
          select from sessions s
          where s.school_id = school and s.learner_id = learner and s.activity_id = g.activity_id
            and s.status <> 'open' and s.updated_at >= g.at)
$$;
-- +goose StatementEnd
