-- Essays: rubrics in versions, drafts, the feedback on them, what teachers and
-- learners say of it, and how well machine and teachers agree. The jobs that
-- write feedback are River's, in its own schema.

-- +goose Up

alter table turns drop constraint turns_kind_check;
alter table turns add constraint turns_kind_check check (kind in ('say', 'hint', 'draft'));
alter table model_calls drop constraint model_calls_purpose_check;
alter table model_calls add constraint model_calls_purpose_check check (purpose in ('voice', 'grade', 'embed', 'probe', 'essay'));

-- Whether a draft's scores are the learner's to see as soon as they are there.
alter table class_courses add column publish_bands boolean not null default false;

-- A version never changes; what was scored by it stays readable.
create table rubric_versions (
    school_id  uuid        not null,
    rubric_id  text        not null check (rubric_id <> ''),
    version    text        not null check (version <> ''), -- content hash
    structure  text        not null,                       -- hash of ids, points and weights
    course_id  text        not null,
    title      text        not null,
    content    jsonb       not null,                       -- the whole rubric
    by         uuid,                                       -- null for one of the course's folder
    created_at timestamptz not null default now(),
    primary key (school_id, rubric_id, version),
    foreign key (school_id, course_id) references courses,
    foreign key (school_id, by) references accounts (school_id, id)
);

create table rubrics (
    school_id uuid    not null,
    id        text    not null,
    version   text    not null, -- the current one
    course_id text    not null,
    authored  text    not null default '', -- version the course's folder had last, '' for one made on a page
    retired   boolean not null default false,
    primary key (school_id, id),
    foreign key (school_id, id, version) references rubric_versions,
    foreign key (school_id, course_id) references courses
);
create index rubrics_course on rubrics (school_id, course_id);

-- A draft is the student turn of the same id; its words stand here.
create table drafts (
    school_id      uuid        not null,
    id             uuid        not null,
    session_id     uuid        not null,
    learner_id     uuid        not null,
    activity_id    text        not null,
    number         integer     not null check (number > 0),
    text           text        not null,
    words          integer     not null check (words >= 0),
    rubric_id      text        not null,
    rubric_version text        not null,
    at             timestamptz not null,
    primary key (id, school_id),
    unique (session_id, number, school_id),
    foreign key (school_id, id) references turns (school_id, id),
    foreign key (school_id, session_id) references sessions (school_id, id),
    foreign key (school_id, learner_id) references accounts (school_id, id),
    foreign key (school_id, rubric_id, rubric_version) references rubric_versions
);
create index drafts_learner on drafts (learner_id, at desc);
create index drafts_activity on drafts (school_id, activity_id, at desc);

-- What the editor saves before a draft is handed in. Old ones are thinned out.
create table draft_saves (
    school_id  uuid        not null,
    session_id uuid        not null,
    revision   bigint      not null check (revision > 0),
    text       text        not null,
    at         timestamptz not null default clock_timestamp(),
    primary key (session_id, revision, school_id),
    foreign key (school_id, session_id) references sessions (school_id, id)
);

-- How far the feedback on a draft is, and a sign of life of who works on it.
create table feedback_progress (
    school_id      uuid        not null,
    draft_id       uuid        not null,
    rubric_version text        not null,
    stage          text        not null check (stage in ('queued', 'reading', 'criterion', 'ready', 'failed')),
    criterion      integer     not null default 0,
    criteria       integer     not null default 0,
    tries          integer     not null default 1, -- jobs that were made for it
    alive_at       timestamptz not null default clock_timestamp(),
    primary key (draft_id, rubric_version, school_id),
    foreign key (school_id, draft_id) references drafts (school_id, id)
);
create index feedback_waiting on feedback_progress (alive_at) where stage in ('queued', 'reading', 'criterion');

-- Exactly one for each draft and version of the rubric, whatever crashes.
create table feedback (
    school_id      uuid        not null,
    id             uuid        not null,
    draft_id       uuid        not null,
    rubric_id      text        not null,
    rubric_version text        not null,
    learner_id     uuid        not null,
    refusal        text        not null default '',
    held           boolean     not null default false,
    content        jsonb       not null, -- the whole feedback but the scores
    at             timestamptz not null default clock_timestamp(),
    primary key (id, school_id),
    unique (draft_id, rubric_version, school_id),
    foreign key (school_id, draft_id) references drafts (school_id, id),
    foreign key (school_id, rubric_id, rubric_version) references rubric_versions
);
create index feedback_held on feedback (learner_id) where held;

-- From this on the scores of a draft are the learner's to see.
create table publications (
    school_id uuid        not null,
    draft_id  uuid        not null,
    by        uuid, -- null for the policy of a class
    at        timestamptz not null default clock_timestamp(),
    primary key (draft_id, school_id),
    foreign key (school_id, draft_id) references drafts (school_id, id),
    foreign key (school_id, by) references accounts (school_id, id)
);

create table appeals (
    school_id    uuid not null,
    id           uuid not null,
    draft_id     uuid not null,
    score_id     uuid not null,
    criterion_id text not null,
    learner_id   uuid not null,
    primary key (id, school_id),
    foreign key (school_id, draft_id) references drafts (school_id, id),
    foreign key (school_id, learner_id) references accounts (school_id, id)
);
create index appeals_draft on appeals (draft_id);
create index appeals_score on appeals (score_id);
create index appeals_learner on appeals (learner_id);

create table appeal_steps (
    school_id uuid        not null,
    appeal_id uuid        not null,
    seq       integer     not null check (seq > 0),
    by        uuid        not null,
    status    text        not null check (status in ('open', 'answered', 'closed')), -- after this step
    text      text        not null check (length(text) <= 2000),
    at        timestamptz not null default clock_timestamp(),
    primary key (appeal_id, seq, school_id),
    foreign key (school_id, appeal_id) references appeals (school_id, id),
    foreign key (school_id, by) references accounts (school_id, id)
);

-- Scorers fitted to graded essays of a task; the newest for a criterion counts.
create table essay_scorers (
    school_id    uuid             not null,
    id           uuid             not null,
    activity_id  text             not null,
    criterion_id text             not null, -- '' for the whole essay
    structure    text             not null,
    model        bytea            not null,
    essays       integer          not null,
    qwk          double precision not null,
    low          double precision not null,
    high         double precision not null,
    at           timestamptz      not null default clock_timestamp(),
    primary key (id, school_id),
    foreign key (school_id, activity_id) references activities
);
create index essay_scorers_task on essay_scorers (school_id, activity_id, criterion_id, at desc);

-- A correction that a teacher accepted; withdrawn ones stay for the record.
create table corrections (
    school_id    uuid             not null,
    id           uuid             not null,
    activity_id  text             not null,
    criterion_id text             not null,
    structure    text             not null,
    slope        double precision not null,
    shift        double precision not null,
    overrides    integer          not null,
    before       double precision not null,
    after        double precision not null,
    by           uuid             not null,
    at           timestamptz      not null default clock_timestamp(),
    withdrawn_by uuid,
    withdrawn_at timestamptz,
    primary key (id, school_id),
    foreign key (school_id, activity_id) references activities,
    foreign key (school_id, by) references accounts (school_id, id)
);
create unique index corrections_one on corrections (school_id, activity_id, criterion_id, structure) where withdrawn_at is null;

-- A sample of drafts that a second person marks without seeing other marks.
create table marking_samples (
    school_id   uuid        not null,
    id          uuid        not null,
    activity_id text        not null,
    draft_id    uuid        not null,
    marker      uuid        not null,
    by          uuid        not null,
    at          timestamptz not null default clock_timestamp(),
    primary key (id, school_id),
    unique (draft_id, marker, school_id),
    foreign key (school_id, draft_id) references drafts (school_id, id),
    foreign key (school_id, marker) references accounts (school_id, id),
    foreign key (school_id, by) references accounts (school_id, id)
);

create table markings (
    school_id      uuid             not null,
    sample_id      uuid             not null,
    criterion_id   text             not null,
    rubric_version text             not null,
    level          text             not null,
    value          double precision not null check (value between 0 and 1),
    at             timestamptz      not null default clock_timestamp(),
    primary key (sample_id, criterion_id, school_id),
    foreign key (school_id, sample_id) references marking_samples (school_id, id)
);

select maieutic_append_only('rubric_versions');
select maieutic_append_only('drafts');
select maieutic_append_only('feedback');
select maieutic_append_only('publications');
select maieutic_append_only('appeals');
select maieutic_append_only('appeal_steps');
select maieutic_append_only('markings');

select maieutic_protect('rubric_versions');
select maieutic_protect('rubrics');
select maieutic_protect('drafts');
select maieutic_protect('draft_saves');
select maieutic_protect('feedback_progress');
select maieutic_protect('feedback');
select maieutic_protect('publications');
select maieutic_protect('appeals');
select maieutic_protect('appeal_steps');
select maieutic_protect('essay_scorers');
select maieutic_protect('corrections');
select maieutic_protect('marking_samples');
select maieutic_protect('markings');

-- +goose StatementBegin
-- Commits a draft as a student turn. The verdict is
--   new        inserted
--   same       the same draft was handed in before
--   id_taken   the id belongs to something else
--   not_found  the learner has no such session
-- A session that was over is open again: there is something new to talk about.
create function hand_in(
    school uuid, session uuid, learner uuid, draft uuid, draft_text text, draft_words integer, rubric text, rubric_at text
) returns text
language plpgsql as $$
declare
    s sessions;
    d drafts;
    n integer;
begin
    select * into s from sessions x
    where x.school_id = school and x.id = session and x.learner_id = learner
    for no key update;
    if not found then
        return 'not_found';
    end if;
    select * into d from drafts x where x.school_id = school and x.id = draft;
    if found then
        return case when d.session_id = session and d.text = draft_text then 'same' else 'id_taken' end;
    end if;
    if exists (select from turns x where x.school_id = school and x.id = draft) then
        return 'id_taken';
    end if;
    select coalesce(max(x.number), 0) + 1 into n from drafts x where x.school_id = school and x.session_id = session;
    insert into turns (school_id, id, session_id, seq, author, kind, text, target, at)
    values (school, draft, session, s.seq + 1, 'student', 'draft', '', 'draft:' || n, clock_timestamp());
    insert into drafts (school_id, id, session_id, learner_id, activity_id, number, text, words, rubric_id, rubric_version, at)
    values (school, draft, session, learner, s.activity_id, n, draft_text, draft_words, rubric, rubric_at, clock_timestamp());
    insert into feedback_progress (school_id, draft_id, rubric_version, stage) values (school, draft, rubric_at, 'queued');
    update sessions x set seq = s.seq + 1, status = 'open', updated_at = clock_timestamp()
    where x.school_id = school and x.id = session;
    return 'new';
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What teachers have assigned to a learner, alone or with a class, and the
-- learner has not ended a session on, or handed in a draft of, since.
create or replace function pending_assignments(school uuid, learner uuid) returns table (activity_id text, at timestamptz)
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
      and not exists (
          select from drafts d
          where d.school_id = school and d.learner_id = learner and d.activity_id = g.activity_id and d.at >= g.at)
$$;
-- +goose StatementEnd
