package web

import (
	"context"
	"time"

	"maieutic/tutor"
)

// Feedback is written by whichever server takes the job. The room of an essay
// that somebody looks at asks the record how far it is: soon after something was
// handed in, then at leisure.
const (
	watchSoon    = 250 * time.Millisecond
	watchLater   = time.Second
	watchSoonFor = 20 // asks
)

// feedbackMessage says how far the feedback on a draft is.
type feedbackMessage struct {
	Type string `json:"type"`
	tutor.FeedbackProgress
}

// handedIn shows a draft to whoever looks at its essay, and watches for the
// feedback.
func (s *Server) handedIn(account tutor.Account, d tutor.Draft) {
	room := s.rooms.enter(d.SessionID)
	defer s.rooms.leave(room)
	room.watch(account)
}

// watch follows the feedback on the drafts of the room's essay until all of it is
// there or nobody looks any more. One watcher is enough; another call makes it
// ask at once. The account is one that may see the session.
func (r *room) watch(account tutor.Account) {
	r.mu.Lock()
	if r.watcher != nil {
		select {
		case r.watcher <- struct{}{}:
		default:
		}
		r.mu.Unlock()
		return
	}
	wake := make(chan struct{}, 1)
	r.watcher = wake
	r.mu.Unlock()
	r.server.rooms.enter(r.session) // the watcher keeps the room
	leave := func() { r.server.rooms.leave(r) }
	if !r.server.startReader(func() { defer leave(); r.follow(account, wake) }) {
		r.mu.Lock()
		r.watcher = nil
		r.mu.Unlock()
		leave()
	}
}

// unwatch ends the watch, unless it was asked to look once more meanwhile.
func (r *room) unwatch(wake chan struct{}) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-wake:
		if len(r.conns) > 0 {
			return false
		}
	default:
	}
	r.watcher = nil
	return true
}

func (r *room) follow(account tutor.Account, wake chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	told := map[string]tutor.FeedbackProgress{}
	for asked := 0; ; asked++ {
		pending, err := r.tellProgress(ctx, account, told)
		if err != nil {
			r.server.log.Warn("progress of feedback", "session", r.session, "code", tutor.ErrorCode(err), "cause", causeOf(err))
			pending = true // the record may be back in a moment
		}
		if !pending || !r.watched() {
			if r.unwatch(wake) {
				return
			}
			asked = 0
			continue
		}
		wait := watchSoon
		if asked > watchSoonFor {
			wait = watchLater
		}
		timer := time.NewTimer(wait)
		select {
		case <-r.server.quit:
			timer.Stop()
			r.mu.Lock()
			r.watcher = nil
			r.mu.Unlock()
			return
		case <-wake:
			asked = 0
		case <-timer.C:
		}
		timer.Stop()
	}
}

// watched reports whether anybody is there to be told.
func (r *room) watched() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns) > 0
}

// tellProgress tells everybody in the room what has changed since told, and
// reports whether there is more to come. What was ready before the first look is
// no news.
func (r *room) tellProgress(ctx context.Context, account tutor.Account, told map[string]tutor.FeedbackProgress) (pending bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	progress, err := r.server.config.Store.SessionProgress(ctx, account, r.session)
	if err != nil {
		return false, err
	}
	news := false
	for _, p := range progress {
		over := p.Stage == tutor.StageReady || p.Stage == tutor.StageFailed
		pending = pending || !over
		before, known := told[p.DraftID]
		told[p.DraftID] = p
		if before == p || !known && over && len(told) < len(progress) {
			continue
		}
		news = true
		r.each(func(peer *peer) { peer.sendJSON(feedbackMessage{"feedback", p}) })
	}
	if !news {
		return pending, nil
	}
	return pending, r.tellTurns(ctx, account)
}

// tellTurns sends the turns that handing in and feedback have made. Clients know
// a turn by its id, so that one told twice does no harm.
func (r *room) tellTurns(ctx context.Context, account tutor.Account) error {
	session, err := r.server.config.Store.Session(ctx, account, r.session)
	if err != nil {
		return err
	}
	turns, err := r.server.config.Store.Turns(ctx, account, r.session, max(0, session.Seq-4))
	if err != nil {
		return err
	}
	for _, t := range turns {
		if t.Kind == tutor.TurnDraft || t.Move == tutor.MoveFeedback {
			t.Scores = nil // they are read where the feedback is, by whom they are for
			r.each(func(p *peer) { p.sendTurn(t, p.seesScores) })
		}
	}
	return nil
}
