package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"maieutic/tutor"
)

// dialect is how a format writes a rubric as an object with a list of criteria
// that each have a list of levels.
type dialect struct {
	format           Format
	criteria, levels string // keys of the lists
	place            string // key of where a node stands in its list, "" for where it is written
	down             bool   // levels stand from the highest to the lowest

	// These read a node without its list. The id may be left to the title. A level
	// that has no points is not scored.
	rubric    func(n *node) (tutor.Rubric, error)
	criterion func(n *node, i int) (tutor.RubricCriterion, error)
	level     func(n *node, i int) (l tutor.RubricLevel, scored bool, err error)

	// These say what a node is written from. Above is the identifier of the node
	// above as JSON, place counts from 0.
	rubricFields    func(r tutor.Rubric, changed bool) []field
	criterionFields func(c tutor.RubricCriterion, above string, place int) []field
	levelFields     func(l tutor.RubricLevel, above string, place int) []field
}

// identifier is the key of the identifiers of formats that have some.
const identifier = "identifier"

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// inOrder sorts the nodes of a list by their place; one without any stands where
// it is written.
func inOrder(nodes []*node, place string) ([]*node, error) {
	if place == "" {
		return nodes, nil
	}
	at := make(map[*node]float64, len(nodes))
	for i, n := range nodes {
		v, ok, err := n.num(place)
		if err != nil {
			return nil, err
		}
		if at[n] = v; !ok {
			at[n] = float64(i)
		}
	}
	return slices.SortedStableFunc(slices.Values(nodes), func(a, b *node) int { return cmp.Compare(at[a], at[b]) }), nil
}

// read reads a rubric with its criteria. Its id is the caller's.
func (d dialect) read(n *node) (tutor.Rubric, []Loss, error) {
	r, err := d.rubric(n)
	if err != nil {
		return r, nil, err
	}
	nodes, err := n.list(d.criteria)
	if err != nil {
		return r, nil, err
	}
	sorted, err := inOrder(nodes, d.place)
	if err != nil {
		return r, nil, err
	}
	var lost []Loss
	ids, found := names{}, map[*node]tutor.RubricCriterion{}
	var order []*node
	for i, cn := range sorted {
		c, scored, err := d.readCriterion(cn, i)
		if err != nil {
			return r, nil, tutor.Errorf(tutor.CodeInvalid, "criterion %d: %s", i+1, tutor.ErrorMessage(err))
		}
		if !scored {
			lost = append(lost, Loss{Code: LossUnscored, At: c.Title})
			continue
		}
		if w, ok, _ := cn.num("weight"); ok && w != c.Weight { // one that no score could rest on
			lost = append(lost, Loss{Code: LossWeight, At: c.Title})
		}
		c.ID = ids.take(orElse(c.ID, slugOf(c.Title)))
		found[cn], order = c, append(order, cn)
	}
	if len(order) == 0 {
		return r, nil, tutor.Errorf(tutor.CodeInvalid, "rubric %q has no criterion with two levels that points tell apart", clip(r.Title))
	}
	k := kept{Members: remember(n, d.rubricFields(r, false))}
	above := d.identifier(k, d.rubricFields(r, false))
	var kids []kid
	extra := false
	for i, cn := range nodes {
		c, scored := found[cn]
		if !scored {
			kids = append(kids, kid{Raw: cn.json()})
			continue
		}
		if err := d.rememberCriterion(cn, &c, above, i); err != nil {
			return r, nil, err
		}
		found[cn], kids, extra = c, append(kids, kid{ID: c.ID}), extra || c.Foreign != nil
	}
	for _, cn := range order {
		r.Criteria = append(r.Criteria, found[cn])
	}
	k.IDs, k.Kids = rememberKids(criterionIDs(r), criterionIDs(r), kids, extra)
	r.Foreign = k.foreign(d.format)
	return r, lost, nil
}

// readCriterion reads a criterion with its levels from lowest to highest. It is
// not scored unless it has two levels and points tell all of them apart.
func (d dialect) readCriterion(n *node, i int) (c tutor.RubricCriterion, scored bool, err error) {
	if c, err = d.criterion(n, i); err != nil {
		return c, false, err
	}
	nodes, err := n.list(d.levels)
	if err != nil {
		return c, false, err
	}
	for j, ln := range nodes {
		l, ok, err := d.level(ln, j)
		if err != nil {
			return c, false, tutor.Errorf(tutor.CodeInvalid, "level %d: %s", j+1, tutor.ErrorMessage(err))
		}
		if !ok {
			return c, false, nil
		}
		if math.Abs(l.Points) > 1e6 {
			return c, false, tutor.Errorf(tutor.CodeInvalid, "level %d: points must be a number up to 1000000", j+1)
		}
		l.Foreign = map[string]json.RawMessage{"": json.RawMessage(fmt.Sprint(j))} // where it stood, until it is remembered
		c.Levels = append(c.Levels, l)
	}
	slices.SortStableFunc(c.Levels, func(a, b tutor.RubricLevel) int { return cmp.Compare(a.Points, b.Points) })
	ids := names{}
	for j := range c.Levels {
		l := &c.Levels[j]
		if j > 0 && l.Points == c.Levels[j-1].Points {
			return c, false, nil
		}
		l.ID = ids.take(orElse(l.ID, slugOf(l.Title)))
	}
	return c, len(c.Levels) >= 2, nil
}

// rememberCriterion keeps what its node says beyond c.
func (d dialect) rememberCriterion(n *node, c *tutor.RubricCriterion, above string, place int) error {
	fields := d.criterionFields(*c, above, place)
	k := kept{Members: remember(n, fields)}
	above = d.identifier(k, fields)
	nodes, err := n.list(d.levels)
	if err != nil {
		return err
	}
	kids, extra := make([]kid, len(nodes)), false
	for i := range c.Levels {
		l := &c.Levels[i]
		var at int
		if err := json.Unmarshal(l.Foreign[""], &at); err != nil {
			return err
		}
		l.Foreign = kept{Members: remember(nodes[at], d.levelFields(*l, above, at))}.foreign(d.format)
		kids[at], extra = kid{ID: l.ID}, extra || l.Foreign != nil
	}
	k.IDs, k.Kids = rememberKids(levelIDs(*c), d.levelOrder(*c), kids, extra)
	c.Foreign = k.foreign(d.format)
	return nil
}

func criterionIDs(r tutor.Rubric) []string {
	ids := make([]string, len(r.Criteria))
	for i, c := range r.Criteria {
		ids[i] = c.ID
	}
	return ids
}

func levelIDs(c tutor.RubricCriterion) []string {
	ids := make([]string, len(c.Levels))
	for i, l := range c.Levels {
		ids[i] = l.ID
	}
	return ids
}

// levelOrder is the order in which the format has levels.
func (d dialect) levelOrder(c tutor.RubricCriterion) []string {
	ids := levelIDs(c)
	if d.down {
		slices.Reverse(ids)
	}
	return ids
}

// identifier is what a node is called by those below it, as JSON.
func (d dialect) identifier(k kept, fields []field) string {
	f, ok := find(fields, identifier)
	if !ok {
		return ""
	}
	for _, m := range k.Members {
		if m.Key == identifier && m.Raw != "" {
			return m.Raw
		}
	}
	return f.value
}

// write puts a rubric together.
func (d dialect) write(r tutor.Rubric) string {
	k := keptOf(d.format, r.Foreign)
	fields := d.rubricFields(r, k.Print != "" && k.Print != printOf(r))
	above := d.identifier(k, fields)
	list := writeKids(k, criterionIDs(r), criterionIDs(r), func(id string, place int, fresh bool) string {
		c, _ := r.Criterion(id)
		return d.writeCriterion(c, above, place, fresh)
	})
	return write(k.Members, set(fields, d.criteria, list), false)
}

func (d dialect) writeCriterion(c tutor.RubricCriterion, above string, place int, fresh bool) string {
	k := keptOf(d.format, c.Foreign)
	fields := d.criterionFields(c, above, place)
	above = d.identifier(k, fields)
	list := writeKids(k, levelIDs(c), d.levelOrder(c), func(id string, place int, fresh bool) string {
		l := c.Levels[slices.IndexFunc(c.Levels, func(l tutor.RubricLevel) bool { return l.ID == id })]
		return write(keptOf(d.format, l.Foreign).Members, d.levelFields(l, above, place), fresh)
	})
	return write(k.Members, set(fields, d.levels, list), fresh)
}

func set(fields []field, key, value string) []field {
	for i := range fields {
		if fields[i].key == key {
			fields[i].value = value
		}
	}
	return fields
}

// printOf is a hash of a rubric's own words and numbers, whatever its id.
func printOf(r tutor.Rubric) string {
	r.ID, r.Foreign = "", nil
	r.Criteria = slices.Clone(r.Criteria)
	for i := range r.Criteria {
		c := &r.Criteria[i]
		c.Foreign, c.Levels = nil, slices.Clone(c.Levels)
		for j := range c.Levels {
			c.Levels[j].Foreign = nil
		}
	}
	raw, _ := json.Marshal(r) // a valid rubric cannot fail
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// around keeps what stood around the rubrics of a file with one of them.
func around(format Format, r *tutor.Rubric, change func(*kept)) {
	k := keptOf(format, r.Foreign)
	change(&k)
	r.Foreign = k.foreign(format)
}
