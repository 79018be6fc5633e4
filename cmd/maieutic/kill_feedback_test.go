package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"maieutic/tutor"
)

const (
	killedEssay     = "arguing.when-should-school-begin"
	feedbackSettles = 2 * time.Minute // for what the last kill left
)

// writer hands drafts in, each under one id until the server says that it has it.
type writer struct {
	email, addr, token string
	rng                *rand.Rand
	taken              atomic.Int64
	drafts             []string // ids that the server took
	sent               int      // requests in all
}

// longDraft takes a worker long enough to be killed over it.
func longDraft(rng *rand.Rand) string {
	claims := []string{"School should begin %d minutes later because teenagers need more sleep. ", "For example, lesson %d is lost on most of my class. ",
		"Some people say that %d parents have to go to work early. ", "However, bus %d could run twice and nobody would be left waiting. ", "According to page %d of the lesson, the body clock moves in these years. "}
	var b strings.Builder
	for i := range 100 + rng.IntN(300) {
		fmt.Fprintf(&b, claims[rng.IntN(len(claims))], i)
		if rng.IntN(6) == 0 {
			b.WriteString("\n\n")
		}
	}
	return b.String()
}

// write hands drafts in until enough is closed.
func (w *writer) write(ctx context.Context, t *testing.T, enough <-chan struct{}) {
	for !isClosed(enough) {
		id, text := uuid.NewString(), longDraft(w.rng)
		for ctx.Err() == nil {
			w.sent++
			status, err := w.handIn(ctx, id, text)
			if err == nil && status == http.StatusAccepted {
				w.drafts = append(w.drafts, id)
				w.taken.Add(1)
				time.Sleep(time.Duration(w.rng.Int64N(int64(300 * time.Millisecond)))) // writing takes longer
				break
			}
			if err == nil && status < 500 && status != http.StatusTooManyRequests {
				t.Errorf("%s: handing in is answered with %d", w.email, status)
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func (w *writer) handIn(ctx context.Context, id, text string) (int, error) {
	body, err := json.Marshal(map[string]string{"id": id, "text": text})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+w.addr+"/v1/activities/"+killedEssay+"/drafts", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// TestKilledWorkerWritesFeedbackOnce kills the server at random points while
// drafts are handed in and read, and then asks the record: every draft that was
// taken has one feedback with each criterion scored once, and one turn that says
// so. None is lost.
func TestKilledWorkerWritesFeedbackOnce(t *testing.T) {
	data, addr := dataDir(t), freeAddr(t)
	p := &process{args: []string{"serve", "--demo", "--addr", addr, "--data", data, "--log", "error"}}
	p.start(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	var writers []*writer
	for i, user := range []string{"student1", "student2", "student3"} {
		token := strings.TrimSpace(mustMain(t, "", "user", "token", user+demoDomain, "--data", data))
		writers = append(writers, &writer{email: user + demoDomain, addr: addr, token: token, rng: rand.New(rand.NewPCG(seed, uint64(i)+2))})
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	enough := make(chan struct{})
	var group sync.WaitGroup
	for _, w := range writers {
		group.Go(func() { w.write(ctx, t, enough) })
	}
	taken := func() (n int64) {
		for _, w := range writers {
			n += w.taken.Load()
		}
		return n
	}
	for range kills {
		wanted := taken() + 1 // a kill without a draft shows nothing
		for deadline := time.Now().Add(settleIn); taken() < wanted; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("no draft gets through")
			}
		}
		time.Sleep(time.Duration(rng.Int64N(int64(killLongest)))) // the random point
		_ = p.end(syscall.SIGKILL)
		p.start(t)
	}
	close(enough)
	late := time.AfterFunc(settleIn, cancel)
	group.Wait()
	late.Stop()
	r := settled(t, data, int(taken()))
	defer func() { _ = r.close(context.Background()) }()
	for _, w := range writers {
		once(t, r, w)
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("the last server: %v", err)
	}
}

// settled waits until no feedback is under way, and returns the record.
func settled(t *testing.T, data string, drafts int) *record {
	t.Helper()
	r, err := openRecord(t.Context(), Config{Data: data}, Config{LogLevel: 8}.logger(io.Discard), true)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for deadline := began.Add(feedbackSettles); ; time.Sleep(100 * time.Millisecond) {
		ready, waiting, err := r.store.FeedbackCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			t.Logf("%d kills; %d drafts taken, %d read; the last %.1f s after the last kill", kills, drafts, ready, time.Since(began).Seconds())
			if ready < drafts {
				t.Errorf("%d drafts were taken and %d read", drafts, ready)
			}
			return r
		}
		if time.Now().After(deadline) {
			t.Errorf("%d drafts are still not read", waiting)
			return r
		}
	}
}

// once checks what a writer's drafts have in the record.
func once(t *testing.T, r *record, w *writer) {
	t.Helper()
	learner, _, err := r.store.AccountByEmail(t.Context(), w.email)
	if err != nil {
		t.Fatal(err)
	}
	session, err := r.store.EssaySession(t.Context(), learner.SchoolID, learner.ID, killedEssay)
	if err != nil {
		t.Fatal(err)
	}
	essay, err := r.store.EssayTalk(t.Context(), learner.SchoolID, session)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := turnsOf(t.Context(), r.store, learner, session)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for _, turn := range turns {
		if turn.Move == tutor.MoveFeedback {
			said[turn.Target]++
		}
	}
	byID := map[string]tutor.EssayDraft{}
	for _, d := range essay.Drafts {
		byID[d.Draft.ID] = d
	}
	for _, id := range w.drafts {
		d, found := byID[id]
		if !found || d.Feedback == nil || len(d.Feedback.Criteria) != len(essay.Rubric.Criteria) {
			t.Errorf("%s: draft %s was taken and is not read: %+v", w.email, id, d.Progress)
			continue
		}
		for _, c := range d.Feedback.Criteria {
			if c.Score == nil || c.Score.Version != 1 {
				t.Errorf("%s: criterion %s of draft %s is scored as %+v", w.email, c.CriterionID, id, c.Score)
			}
		}
		if n := said["draft:"+strconv.Itoa(d.Draft.Number)]; n != 1 {
			t.Errorf("%s: %d turns tell of draft %d", w.email, n, d.Draft.Number)
		}
	}
	if w.sent <= len(w.drafts) {
		t.Logf("%s: no request was sent twice", w.email)
	}
	if len(essay.Drafts) != len(w.drafts) {
		t.Errorf("%s: %d drafts were taken, %d are there", w.email, len(w.drafts), len(essay.Drafts))
	}
}
