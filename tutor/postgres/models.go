package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// Admit notes a call to a model before it leaves. It is CodeForbidden when the
// school has not turned external models on, and CodeRateLimited when a budget is
// spent.
func (s *Store) Admit(ctx context.Context, c tutor.ModelCall) error {
	sc, err := schoolScope(c.SchoolID)
	if err != nil {
		return err
	}
	verdict, err := one(ctx, s, sc,
		`select admit_call(@school, @learner, @call, @purpose, @host, @model, @external, @hash, @reserved)`,
		pgx.StrictNamedArgs{
			"school": c.SchoolID, "learner": idOrNil(c.LearnerID), "call": c.ID, "purpose": c.Purpose, "host": c.Host,
			"model": c.Model, "external": c.External, "hash": c.Hash[:], "reserved": c.Reserved,
		}, pgx.RowTo[string])
	if err != nil {
		return wrap(err, "note a call to the model")
	}
	switch verdict {
	case "ok":
		return nil
	case "off":
		return tutor.Errorf(tutor.CodeForbidden, "the external model %s is off; an administrator of the school can turn it on", c.Host)
	case "learner":
		return tutor.Errorf(tutor.CodeRateLimited, "today's budget of this learner for the model is spent; the built-in tutor goes on")
	case "class":
		return tutor.Errorf(tutor.CodeRateLimited, "today's budget of this class for the model is spent; the built-in tutor goes on")
	case "school":
		return tutor.Errorf(tutor.CodeRateLimited, "today's budget of this school for the model is spent; the built-in tutor goes on")
	}
	return wrap(errors.New("unknown verdict "+verdict), "note a call to the model")
}

func idOrNil(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// Settle notes how an admitted call went and gives back what it did not cost.
func (s *Store) Settle(ctx context.Context, c tutor.ModelCall, r tutor.ModelResult) error {
	sc, err := schoolScope(c.SchoolID)
	if err != nil {
		return err
	}
	b := newBatch(sc)
	b.Queue(`
		insert into model_results (school_id, call_id, outcome, prompt_tokens, cached_tokens, output_tokens, micros, took)
		values (@school, @call, @outcome, @prompt, @cached, @output, @micros, @took)`, pgx.StrictNamedArgs{
		"school": c.SchoolID, "call": c.ID, "outcome": r.Outcome, "prompt": max(r.PromptTokens, 0), "cached": max(r.CachedTokens, 0),
		"output": max(r.OutputTokens, 0), "micros": max(r.Micros, 0), "took": r.Took,
	})
	b.Queue(`
		select spend_tokens(@school, @learner, @amount, (c.at at time zone 'utc')::date)
		from model_calls c where c.school_id = @school and c.id = @call`, pgx.StrictNamedArgs{
		"school": c.SchoolID, "learner": idOrNil(c.LearnerID), "call": c.ID, "amount": max(r.PromptTokens, 0) + max(r.OutputTokens, 0) - c.Reserved,
	})
	return wrap(s.send(ctx, b), "note how a call to the model went")
}

// ModelUse returns what the school allows a model.
func (s *Store) ModelUse(ctx context.Context, viewer tutor.Account) (tutor.ModelUse, error) {
	sc, err := adminScope(viewer)
	if err != nil {
		return tutor.ModelUse{}, err
	}
	use, err := all(ctx, s, sc, `
		select external, coalesce(learner_cap, 0), coalesce(class_cap, 0), coalesce(school_cap, 0)
		from model_settings where school_id = @school`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID}, pgx.RowToStructByPos[tutor.ModelUse])
	if err != nil || len(use) == 0 {
		return tutor.ModelUse{}, wrap(err, "read what models may do")
	}
	return use[0], nil
}

func adminScope(viewer tutor.Account) (scope, error) {
	if viewer.Role != tutor.RoleAdmin {
		return "", tutor.Errorf(tutor.CodeForbidden, "only administrators decide about language models")
	}
	return schoolScope(viewer.SchoolID)
}

// SetModelUse changes what the school allows a model, and notes it in the audit
// log. It holds from the next call on.
func (s *Store) SetModelUse(ctx context.Context, viewer tutor.Account, use tutor.ModelUse) error {
	sc, err := adminScope(viewer)
	if err != nil {
		return err
	}
	if use.LearnerCap < 0 || use.ClassCap < 0 || use.SchoolCap < 0 {
		return tutor.Errorf(tutor.CodeInvalid, "a budget is a number of tokens, or empty for none")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into model_settings (school_id, external, learner_cap, class_cap, school_cap)
			values (@school, @external, nullif(@learner::bigint, 0), nullif(@class::bigint, 0), nullif(@cap::bigint, 0))
			on conflict (school_id) do update set external = excluded.external, learner_cap = excluded.learner_cap,
				class_cap = excluded.class_cap, school_cap = excluded.school_cap`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "external": use.External, "learner": use.LearnerCap, "class": use.ClassCap, "cap": use.SchoolCap})
		if err != nil {
			return err
		}
		state := "off"
		if use.External {
			state = "on"
		}
		return audit(ctx, tx, viewer, "model.use", viewer.SchoolID, map[string]string{"external": state})
	})
	return wrap(err, "change what models may do")
}

// maxEntries bounds a page of the ledger.
const maxEntries = 500

// ModelCalls returns the newest lines of the school's ledger of model calls, at
// most limit (1..500), and what today's calls came to.
func (s *Store) ModelCalls(ctx context.Context, viewer tutor.Account, limit int) ([]tutor.ModelEntry, tutor.ModelDay, error) {
	sc, err := adminScope(viewer)
	if err != nil {
		return nil, tutor.ModelDay{}, err
	}
	if limit < 1 || limit > maxEntries {
		return nil, tutor.ModelDay{}, tutor.Errorf(tutor.CodeInvalid, "ask for 1 to %d calls", maxEntries)
	}
	var entries []tutor.ModelEntry
	var day tutor.ModelDay
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID}
	b := newBatch(sc)
	collect(b.Queue(`
		select c.id, c.at, c.purpose, c.host, c.model, c.external, c.hash, c.reserved,
		       r.call_id is not null, coalesce(r.outcome, ''), coalesce(r.prompt_tokens, 0), coalesce(r.cached_tokens, 0),
		       coalesce(r.output_tokens, 0), coalesce(r.micros, 0), coalesce(r.took, interval '0')
		from model_calls c left join model_results r on r.school_id = c.school_id and r.call_id = c.id
		where c.school_id = @school order by c.at desc, c.id desc limit @limit`,
		with(args, pgx.StrictNamedArgs{"limit": limit})), &entries, scanEntry)
	collectOne(b.Queue(`
		select count(*), count(*) filter (where r.outcome not in ('ok', 'given_up')),
		       coalesce((select x.tokens from model_spend x where x.school_id = @school and x.subject = @school and x.scope = 'refused'
		                 and x.day = (now() at time zone 'utc')::date), 0),
		       coalesce(sum(r.prompt_tokens + r.output_tokens), 0)::bigint, coalesce(sum(r.micros), 0)::bigint
		from model_calls c left join model_results r on r.school_id = c.school_id and r.call_id = c.id
		where c.school_id = @school and c.at >= date_trunc('day', now(), 'utc')`, args), &day, pgx.RowToStructByPos[tutor.ModelDay])
	if err := s.send(ctx, b); err != nil {
		return nil, tutor.ModelDay{}, wrap(err, "read the ledger of model calls")
	}
	return entries, day, nil
}

func scanEntry(row pgx.CollectableRow) (tutor.ModelEntry, error) {
	var e tutor.ModelEntry
	var r tutor.ModelResult
	var hash []byte
	var settled bool
	err := row.Scan(&e.ID, &e.At, &e.Purpose, &e.Host, &e.Model, &e.External, &hash, &e.Reserved,
		&settled, &r.Outcome, &r.PromptTokens, &r.CachedTokens, &r.OutputTokens, &r.Micros, &r.Took)
	copy(e.Hash[:], hash)
	if settled {
		e.Result = &r
	}
	return e, err
}

// Roll returns who and what belongs to a school, for hiding it from models.
func (s *Store) Roll(ctx context.Context, schoolID string) (tutor.Roll, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return tutor.Roll{}, err
	}
	var r tutor.Roll
	args := pgx.StrictNamedArgs{"school": schoolID}
	b := newBatch(sc)
	collect(b.Queue(`select name, email from accounts where school_id = @school order by id`, args), &r.People,
		func(row pgx.CollectableRow) (tutor.Account, error) {
			var a tutor.Account
			err := row.Scan(&a.Name, &a.Email)
			return a, err
		})
	collect(b.Queue(`
		select name from schools where id = @school
		union all (select name from classes where school_id = @school order by id)`, args), &r.Own, pgx.RowTo[string])
	collect(b.Queue(`
		select title from courses where school_id = @school
		union select title from lessons where school_id = @school and not retired
		union select title from skills where school_id = @school and not retired
		order by 1`, args), &r.Titles, pgx.RowTo[string])
	return r, wrap(s.send(ctx, b), "read the roster")
}
