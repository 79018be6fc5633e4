package dialogue

import (
	"container/list"
	"sync"
)

// planCache keeps prepared activities, the least recently used dropped first.
// A version of an activity never changes, so that nothing goes stale. It is
// safe for concurrent use.
type planCache struct {
	mu    sync.Mutex
	size  int
	order *list.List // of planEntry, newest first
	plans map[string]*list.Element
}

type planEntry struct {
	key  string
	plan *Plan
}

func newPlanCache(size int) *planCache {
	return &planCache{size: size, order: list.New(), plans: map[string]*list.Element{}}
}

func planKey(schoolID, activityID, version string) string {
	return schoolID + "\x00" + activityID + "\x00" + version
}

func (c *planCache) get(key string) *Plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.plans[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(planEntry).plan
}

func (c *planCache) put(key string, p *Plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.plans[key]; ok {
		c.order.MoveToFront(e)
		return
	}
	c.plans[key] = c.order.PushFront(planEntry{key, p})
	if c.order.Len() > c.size {
		oldest := c.order.Back()
		delete(c.plans, oldest.Value.(planEntry).key)
		c.order.Remove(oldest)
	}
}
