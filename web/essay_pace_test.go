package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"maieutic/tutor"
)

// TestManySaves: without a script one saves no faster than with one, and who has
// to wait gets back what they wrote.
func TestManySaves(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	_, session := ann.handIn("People add because they count.")
	refused := 0
	for i := range 80 {
		a := ann.post("/s/"+session+"/drafts", "keep", "1", "base", fmt.Sprint(i), "text", fmt.Sprintf("Kept words %d.", i))
		switch a.status {
		case http.StatusSeeOther:
		case http.StatusTooManyRequests:
			refused++
			if !strings.Contains(a.body, fmt.Sprintf("Kept words %d.", i)) {
				t.Fatalf("save %d: the words are lost: %.300s", i, a.body)
			}
		default:
			if refused == 0 {
				t.Fatalf("save %d: %d %.300s", i, a.status, a.body)
			}
		}
	}
	if refused == 0 {
		t.Error("80 saves at once, and none is refused")
	}
	s.as(s.ben).handIn("Somebody else's.")
}

// TestManyDraftsByForm: who hands in too fast without a script keeps their words.
func TestManyDraftsByForm(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	_, session := ann.handIn("People add because they count.")
	for i := range 20 {
		a := ann.post("/s/"+session+"/drafts", "id", uuid.NewString(), "text", fmt.Sprintf("Written words %d.", i))
		if a.status == http.StatusTooManyRequests {
			if !strings.Contains(a.body, fmt.Sprintf("Written words %d.", i)) {
				t.Errorf("the words are lost: %.300s", a.body)
			}
			return
		}
	}
	t.Error("20 drafts at once, and none is refused")
}

// TestLongestDraftByForm: a form spends twelve bytes on a wide character.
func TestLongestDraftByForm(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	_, session := ann.handIn("People add because they count.")
	long := strings.Repeat("\U0001F600", tutor.MaxDraftRunes)
	if a := ann.post("/s/"+session+"/drafts", "keep", "1", "base", "0", "text", long); a.status != http.StatusSeeOther {
		t.Errorf("keep: %d %.300s", a.status, a.body)
	}
	if a := ann.call("GET", "/v1/sessions/"+session+"/saved", ""); !strings.Contains(a.body, "\U0001F600\U0001F600") {
		t.Errorf("what was saved: %.300s", a.body)
	}
	if a := ann.post("/s/"+session+"/drafts", "id", uuid.NewString(), "text", long); a.status != http.StatusSeeOther {
		t.Errorf("hand in: %d %.300s", a.status, a.body)
	}
}
