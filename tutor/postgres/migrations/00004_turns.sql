-- How a turn begins and ends. Both functions run as one statement of a
-- pipeline, so that a turn costs two round trips.

-- +goose Up

-- +goose StatementBegin
-- Commits a student turn and leases it to the caller. The verdict is
--   new        inserted
--   taken      the same turn, whose lease had expired; the fence is higher now
--   busy       the same turn, under a live lease
--   answered   the same turn, which has its reply
--   id_taken   the id belongs to another turn
--   other      another turn is active in the session
--   unfinished another turn is active, its lease has expired
--   closed     the session takes no more turns
--   not_found  the learner has no such session
create function begin_turn(
    school uuid, session uuid, learner uuid, turn uuid, turn_kind text, turn_text text, lease interval
) returns text
language plpgsql as $$
declare
    s sessions;
    t turns;
begin
    select * into s from sessions x
    where x.school_id = school and x.id = session and x.learner_id = learner
    for no key update;
    if not found then
        return 'not_found';
    end if;

    select * into t from turns x where x.school_id = school and x.id = turn;
    if found then
        if t.session_id <> session or t.author <> 'student' or t.kind <> turn_kind or t.text <> turn_text then
            return 'id_taken';
        end if;
        if s.active_turn is distinct from turn then
            return 'answered';
        end if;
        if s.lease_until > clock_timestamp() then
            return 'busy';
        end if;
    elsif s.status <> 'open' then
        return 'closed';
    elsif s.active_turn is not null then
        return case when s.lease_until > clock_timestamp() then 'other' else 'unfinished' end;
    else
        insert into turns (school_id, id, session_id, seq, author, kind, text, at)
        values (school, turn, session, s.seq + 1, 'student', turn_kind, turn_text, clock_timestamp());
    end if;

    update sessions x set
        seq = case when t.id is null then s.seq + 1 else s.seq end,
        active_turn = turn,
        fence = s.fence + 1,
        lease_until = clock_timestamp() + lease,
        turn_overrides = (select a.overrides from accounts a where a.school_id = school and a.id = learner)
    where x.school_id = school and x.id = session;
    return case when t.id is null then 'new' else 'taken' end;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Serialises what changes one learner's evidence and states until the end of
-- the transaction.
create function lock_learner(school uuid, learner uuid) returns void
language sql as $$
    select pg_advisory_xact_lock(hashtextextended(school::text || learner::text, 0))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Locks the session of a turn that is about to be finished and returns the seq
-- of its reply. Raises MA001 unless the fence is that of the turn's lease, and
-- MA002 when a score of the learner was overridden since the turn read the
-- learner's states.
create function claim_reply(
    school uuid, session uuid, learner uuid, turn uuid, turn_fence bigint
) returns bigint
language plpgsql as $$
declare
    s sessions;
begin
    perform lock_learner(school, learner);
    select * into s from sessions x
    where x.school_id = school and x.id = session and x.learner_id = learner
      and x.active_turn = turn and x.fence = turn_fence
    for no key update;
    if not found then
        raise exception 'the lease of turn % is not held under fence %', turn, turn_fence using errcode = 'MA001';
    end if;
    if s.turn_overrides <> (select a.overrides from accounts a where a.school_id = school and a.id = learner) then
        raise exception 'a score of the learner was overridden since the turn began' using errcode = 'MA002';
    end if;
    return s.seq + 1;
end
$$;
-- +goose StatementEnd
