package web

import (
	"context"
	"sync"

	"maieutic/tutor"
)

// titles remembers what skills are called. Skills are few and rarely renamed; a
// skill that is not known yet makes it look again. It is safe for concurrent use.
type titles struct {
	mu    sync.Mutex
	known map[titleKey]string
}

type titleKey struct{ school, skill string }

const maxTitles = 100_000

// fill gives each change the title of its skill, as the account may see it.
func (t *titles) fill(ctx context.Context, store Store, account tutor.Account, changes []tutor.SkillChange) []tutor.SkillChange {
	out := make([]tutor.SkillChange, len(changes))
	looked := false
	for i, c := range changes {
		key := titleKey{account.SchoolID, c.After.SkillID}
		title, ok := t.get(key)
		if !ok && !looked {
			looked = true
			t.load(ctx, store, account)
			title, _ = t.get(key)
		}
		out[i], out[i].Title = c, title
	}
	return out
}

func (t *titles) get(key titleKey) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	title, ok := t.known[key]
	return title, ok
}

func (t *titles) load(ctx context.Context, store Store, account tutor.Account) {
	courses, err := store.Courses(ctx, account)
	if err != nil {
		return // a meter without its title still moves
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) > maxTitles {
		t.known = map[titleKey]string{}
	}
	for _, c := range courses {
		for _, k := range c.Skills {
			t.known[titleKey{account.SchoolID, k.ID}] = k.Title
		}
	}
}
