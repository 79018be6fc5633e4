-- Schools, their people and their curriculum.
--
-- Every table carries school_id in its keys, and row-level security shows a
-- transaction the rows of one school alone: the one in the setting
-- maieutic.school. '*' is the system scope, for what must look over all schools
-- (sign-in, recovery, administration). Without the setting nothing is visible.
--
-- In the key of a table whose rows have ids of their own the id leads and the
-- school comes last: all rows of a small installation share one school, and
-- before the first ANALYZE the planner takes any index that leads with it for
-- as good as any other.

-- +goose Up

-- +goose StatementBegin
create function maieutic_protect(tbl regclass, school_column name default 'school_id') returns void
language plpgsql as $$
begin
    execute format('alter table %s enable row level security', tbl);
    execute format('alter table %s force row level security', tbl);
    execute format(
        'create policy one_school on %s using (current_setting(''maieutic.school'', true) in (%I::text, ''*''))',
        tbl, school_column);
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function maieutic_refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'rows of % are appended, never changed or removed', tg_table_name
        using errcode = 'MA003';
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function maieutic_append_only(tbl regclass) returns void
language plpgsql as $$
begin
    execute format(
        'create trigger append_only before update or delete or truncate on %s '
        'for each statement execute function maieutic_refuse_change()', tbl);
end
$$;
-- +goose StatementEnd

create table schools (
    id         uuid        not null primary key,
    name       text        not null unique check (name <> ''),
    created_at timestamptz not null default now()
);

create table accounts (
    school_id     uuid        not null references schools,
    id            uuid        not null,
    email         text        not null check (email = lower(email) and email <> ''),
    name          text        not null check (name <> ''),
    password_hash text        not null default '', -- argon2id, '' for one that cannot sign in yet
    role          text        not null check (role in ('student', 'teacher', 'admin')),
    language      text        not null default '',
    demo          boolean     not null default false,
    -- Grows with every override of a score of this learner, so that a turn that
    -- began before one cannot write states that miss it.
    overrides     bigint      not null default 0,
    created_at    timestamptz not null default now(),
    primary key (id, school_id)
);
-- Sign-in looks an address up over all schools.
create unique index accounts_email on accounts (email);
create index accounts_role on accounts (school_id, role, name, id);

create table tokens (
    school_id  uuid        not null,
    hash       bytea       not null check (length(hash) = 32), -- SHA-256; the token itself is stored nowhere
    account_id uuid        not null,
    kind       text        not null check (kind in ('cookie', 'bearer')),
    label      text        not null default '',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (hash, school_id),
    foreign key (school_id, account_id) references accounts (school_id, id)
);
create unique index tokens_hash on tokens (hash);
create index tokens_account on tokens (account_id);

create table classes (
    school_id  uuid        not null references schools,
    id         uuid        not null,
    name       text        not null check (name <> ''),
    created_at timestamptz not null default now(),
    primary key (id, school_id),
    unique (school_id, name)
);

create table enrolments (
    school_id  uuid not null,
    class_id   uuid not null,
    learner_id uuid not null,
    primary key (class_id, learner_id, school_id),
    foreign key (school_id, class_id) references classes (school_id, id),
    foreign key (school_id, learner_id) references accounts (school_id, id)
);
create index enrolments_learner on enrolments (learner_id);

create table class_teachers (
    school_id  uuid not null,
    class_id   uuid not null,
    teacher_id uuid not null,
    primary key (class_id, teacher_id, school_id),
    foreign key (school_id, class_id) references classes (school_id, id),
    foreign key (school_id, teacher_id) references accounts (school_id, id)
);
create index class_teachers_teacher on class_teachers (teacher_id);

create table courses (
    school_id  uuid        not null references schools,
    id         text        not null check (id <> ''),
    version    text        not null, -- content hash of the whole course
    title      text        not null,
    summary    text        not null,
    language   text        not null,
    license    text        not null,
    source     text        not null,
    updated_at timestamptz not null default now(),
    primary key (school_id, id)
);

create table class_courses (
    school_id uuid not null,
    class_id  uuid not null,
    course_id text not null,
    primary key (class_id, course_id, school_id),
    foreign key (school_id, class_id) references classes (school_id, id),
    foreign key (school_id, course_id) references courses
);

-- What left the folder is retired: offered no more, readable for ever.

create table skills (
    school_id   uuid    not null,
    id          text    not null check (id <> ''),
    course_id   text    not null,
    title       text    not null,
    description text    not null,
    position    integer not null,
    retired     boolean not null default false,
    primary key (school_id, id),
    foreign key (school_id, course_id) references courses
);
create index skills_course on skills (school_id, course_id, position);

create table skill_prerequisites (
    school_id       uuid not null,
    skill_id        text not null,
    prerequisite_id text not null,
    primary key (school_id, skill_id, prerequisite_id),
    foreign key (school_id, skill_id) references skills,
    foreign key (school_id, prerequisite_id) references skills,
    check (skill_id <> prerequisite_id)
);

create table lessons (
    school_id uuid    not null,
    course_id text    not null,
    id        text    not null check (id <> ''),
    version   text    not null, -- content hash
    title     text    not null,
    body      text    not null,
    skills    text[]  not null,
    position  integer not null,
    retired   boolean not null default false,
    primary key (school_id, course_id, id),
    foreign key (school_id, course_id) references courses
);

-- A version of an activity never changes: a session keeps the one it began with.
create table activity_versions (
    school_id   uuid             not null,
    activity_id text             not null check (activity_id <> ''),
    version     text             not null check (version <> ''),
    course_id   text             not null,
    kind        text             not null check (kind in ('problem', 'essay')),
    title       text             not null,
    skills      text[]           not null, -- every skill that work on the activity can be evidence for
    difficulty  double precision not null,
    lesson_id   text             not null, -- '' for none
    content     jsonb            not null, -- the whole activity with steps, expectations, misconceptions and hints
    created_at  timestamptz      not null default now(),
    primary key (school_id, activity_id, version),
    foreign key (school_id, course_id) references courses
);

create table activities (
    school_id uuid    not null,
    id        text    not null,
    version   text    not null, -- the current one
    course_id text    not null,
    position  integer not null,
    retired   boolean not null default false,
    primary key (school_id, id),
    foreign key (school_id, id, version) references activity_versions,
    foreign key (school_id, course_id) references courses
);
create index activities_course on activities (school_id, course_id, position);

select maieutic_append_only('activity_versions');

select maieutic_protect('schools', 'id');
select maieutic_protect('accounts');
select maieutic_protect('tokens');
select maieutic_protect('classes');
select maieutic_protect('enrolments');
select maieutic_protect('class_teachers');
select maieutic_protect('courses');
select maieutic_protect('class_courses');
select maieutic_protect('skills');
select maieutic_protect('skill_prerequisites');
select maieutic_protect('lessons');
select maieutic_protect('activity_versions');
select maieutic_protect('activities');

-- +goose StatementBegin
-- The learners whose record an account may read: its own; for a teacher also
-- that of the students of their classes; for an administrator the whole school.
create function visible_learners(school uuid, viewer uuid) returns table (learner_id uuid)
language sql stable as $$
    select a.id
    from accounts v
    join accounts a on a.school_id = v.school_id
    where v.school_id = school and v.id = viewer
      and (a.id = v.id
           or v.role = 'admin'
           or v.role = 'teacher' and exists (
               select from class_teachers t
               join enrolments e on e.school_id = t.school_id and e.class_id = t.class_id
               where t.school_id = school and t.teacher_id = viewer and e.learner_id = a.id))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The classes an account may see: a student those they are enrolled in, a
-- teacher those they teach, an administrator all of the school.
create function visible_classes(school uuid, viewer uuid) returns table (class_id uuid)
language sql stable as $$
    select c.id
    from accounts v
    join classes c on c.school_id = v.school_id
    where v.school_id = school and v.id = viewer
      and (v.role = 'admin'
           or v.role = 'teacher' and exists (
               select from class_teachers t
               where t.school_id = school and t.class_id = c.id and t.teacher_id = viewer)
           or v.role = 'student' and exists (
               select from enrolments e
               where e.school_id = school and e.class_id = c.id and e.learner_id = viewer))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The courses an account may see: a student those of their classes, teachers
-- and administrators all of the school, so that a teacher can look at a course
-- before giving it to a class.
create function visible_courses(school uuid, viewer uuid) returns table (course_id text)
language sql stable as $$
    select c.id
    from accounts v
    join courses c on c.school_id = v.school_id
    where v.school_id = school and v.id = viewer
      and (v.role in ('teacher', 'admin')
           or exists (
               select from enrolments e
               join class_courses k on k.school_id = e.school_id and k.class_id = e.class_id
               where e.school_id = school and e.learner_id = viewer and k.course_id = c.id))
$$;
-- +goose StatementEnd
