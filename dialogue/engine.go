// Package dialogue is the Socratic tutor: the policy that decides what a tutor
// turn does, the voices that find its words, the guard in front of the learner,
// and the engine that runs a turn from the learner's words to the committed
// reply.
//
// The policy is pure and deterministic. A model never chooses a move, never
// sees an answer that is not revealed yet, and reaches a learner only through
// the guard.
package dialogue

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// MaxTurnRunes is how long a learner's turn may be, in code points.
const MaxTurnRunes = 10_000

// Config is what an engine works with. Store and Grader are needed; the rest
// has a default or may be absent.
type Config struct {
	Store     Store
	Grader    Grader
	Essays    Essays     // nil: no essays
	Coach     Coach      // reads drafts; needed with Essays
	Retriever Retriever  // nil: questions about the lessons find nothing
	Model     llm.Model  // finds words; nil: the authored voice alone
	Second    Second     // grades beside Grader; nil: Grader alone
	Precedent Precedents // for Second; nil: none
	Params    *tutor.Params
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() string // UUIDs

	Lease        time.Duration // of a turn; longer than TurnDeadline
	TurnDeadline time.Duration // from the committed student turn to the reply
	ModelTimeout time.Duration // of all model attempts of a turn
	GradeTimeout time.Duration // of the second opinion; a later one is not waited for
	Context      int           // tokens that the model can take, 0 for prompts.DefaultContext
	Poll         time.Duration // first wait for a turn that another worker holds
	Plans        int           // activities kept prepared
}

// Engine runs sessions. It is safe for concurrent use. A turn runs in the loop
// that ranges over it, to its end even when the loop breaks; the one goroutine
// beside it, for a second opinion, ends before the turn does.
type Engine struct {
	Config
	plans  *planCache
	secret []byte // of the marks around other people's text in prompts
}

// How many earlier turns a turn looks at: all that may matter for the policy and
// the guard, and what a model's prompt may repeat.
const (
	history      = 24
	modelHistory = 64
)

// New returns an engine. It panics without a Store or a Grader.
func New(c Config) *Engine {
	if c.Store == nil || c.Grader == nil {
		panic("dialogue: an engine needs a store and a grader")
	}
	c.Params = orElse(c.Params, tutor.DefaultParams())
	c.Log = orElse(c.Log, slog.New(slog.DiscardHandler))
	c.TurnDeadline = orElse(c.TurnDeadline, 20*time.Second)
	c.Lease = orElse(c.Lease, c.TurnDeadline+10*time.Second)
	c.ModelTimeout = orElse(c.ModelTimeout, c.TurnDeadline/2)
	c.GradeTimeout = orElse(c.GradeTimeout, c.ModelTimeout/2)
	c.Poll = orElse(c.Poll, 20*time.Millisecond)
	c.Plans = orElse(c.Plans, 256)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		panic(err) // never fails
	}
	return &Engine{Config: c, plans: newPlanCache(c.Plans), secret: secret}
}

func orElse[T comparable](value, other T) T {
	var zero T
	if value == zero {
		return other
	}
	return value
}

// nonce marks other people's text in a session's prompts. It is kept in the
// state of the session, so that a provider's cache serves the prefix, and nobody
// outside can guess it.
func (e *Engine) nonce(sessionID string) string {
	mac := hmac.New(sha256.New, e.secret)
	mac.Write([]byte(sessionID)) // a hash never fails to write
	return hex.EncodeToString(mac.Sum(nil))[:16]
}

// Start opens a session of a learner on an activity, or on the one that is best
// for them now when activityID is "": the choice then says why.
func (e *Engine) Start(ctx context.Context, learner tutor.Account, activityID string) (tutor.Session, tutor.Choice, error) {
	choice := tutor.Choice{ActivityID: activityID}
	if activityID == "" {
		in, err := e.Store.Choices(ctx, learner)
		if err != nil {
			return tutor.Session{}, choice, err
		}
		if in.Params == nil {
			in.Params = e.Params
		}
		if choice, err = tutor.Choose(in); err != nil {
			return tutor.Session{}, choice, err
		}
	}
	a, err := e.Store.Activity(ctx, learner.SchoolID, choice.ActivityID, "")
	if err != nil {
		return tutor.Session{}, choice, err
	}
	if a.Kind == tutor.ActivityEssay {
		session, err := e.startEssay(ctx, a, learner, choice)
		return session, choice, err
	}
	plan, err := e.prepared(learner.SchoolID, a)
	if err != nil {
		return tutor.Session{}, choice, err
	}
	session, err := e.Store.CreateSession(ctx, e.opening(plan, learner, choice))
	return session, choice, err
}

// opening puts the tutor's first turn together.
func (e *Engine) opening(p *Plan, learner tutor.Account, choice tutor.Choice) tutor.NewSession {
	a, now := p.Activity, e.Now()
	language := cmp.Or(learner.Language, a.Language)
	session := tutor.Session{
		ID: e.NewID(), SchoolID: learner.SchoolID, LearnerID: learner.ID, LearnerName: learner.Name,
		ActivityID: a.ID, ActivityVersion: a.Version, ActivityTitle: a.Title, Kind: a.Kind, CourseID: a.CourseID,
		Language: language, Epoch: e.NewID(), Seq: 1, Status: tutor.SessionOpen, Why: string(choice.Reason),
		StartedAt: now, UpdatedAt: now,
	}
	state, d := p.Open()
	speech := p.Speak(Scene{Decision: d, Language: language, Seed: session.ID, Name: firstName(learner.Name)})
	state.Said, state.Nonce = speech.Said, e.nonce(session.ID)
	session.State = state.JSON()
	turn := e.tutorTurn(p, session, d)
	turn.Seq, turn.Text, turn.Voice = 1, speech.Text, tutor.Voice{Engine: "authored"}
	return tutor.NewSession{Session: session, Opening: turn}
}

// tutorTurn is a tutor turn without its words.
func (e *Engine) tutorTurn(p *Plan, s tutor.Session, d Decision) tutor.Turn {
	return tutor.Turn{
		SessionID: s.ID, ID: e.NewID(), Author: tutor.AuthorTutor, Kind: tutor.TurnSay, Move: string(d.Move),
		Target: d.Target, TargetTitle: p.title(d.Target), Reason: d.Reason, HintLevel: d.Level, At: e.Now(),
	}
}

// firstName is what a learner is called, Markdown taken care of.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return escapeMarkdown(shorten(first, 40))
}

// plan returns an activity prepared; version "" is the current one.
func (e *Engine) plan(ctx context.Context, schoolID, activityID, version string) (*Plan, error) {
	if version != "" {
		if p := e.plans.get(planKey(schoolID, activityID, version)); p != nil {
			return p, nil
		}
	}
	a, err := e.Store.Activity(ctx, schoolID, activityID, version)
	if err != nil {
		return nil, err
	}
	return e.prepared(schoolID, a)
}

// prepared returns the plan of an activity that has been read.
func (e *Engine) prepared(schoolID string, a tutor.Activity) (*Plan, error) {
	if p := e.plans.get(planKey(schoolID, a.ID, a.Version)); p != nil {
		return p, nil
	}
	p, err := NewPlan(a)
	if err != nil {
		return nil, err
	}
	e.plans.put(planKey(schoolID, a.ID, a.Version), p)
	return p, nil
}

// validate refuses a turn that cannot be taken, before anything is written.
func validate(in tutor.TurnInput) error {
	switch {
	case in.SessionID == "" || in.LearnerID == "" || in.ID == "":
		return tutor.Errorf(tutor.CodeInvalid, "A turn needs the ids of its session, its learner and itself.")
	case in.Kind != tutor.TurnSay && in.Kind != tutor.TurnHint:
		return tutor.Errorf(tutor.CodeInvalid, "A turn is of kind %q or %q.", tutor.TurnSay, tutor.TurnHint)
	case !utf8.ValidString(in.Text):
		return tutor.Errorf(tutor.CodeInvalid, "The text is not valid UTF-8.")
	case strings.ContainsRune(in.Text, 0):
		return tutor.Errorf(tutor.CodeInvalid, "The text holds a NUL character; take it out.")
	}
	if n := utf8.RuneCountInString(in.Text); n > MaxTurnRunes {
		return tutor.Errorf(tutor.CodeInvalid, "Your message has %d characters, and a message can have at most %d. Please shorten it.", n, MaxTurnRunes)
	}
	return nil
}
