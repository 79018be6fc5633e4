package exchange

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// field is a member of an object that a rubric has a value for.
type field struct {
	key   string
	value string // canonical JSON; "" leaves the member out
	list  bool   // of nodes of their own: there is nothing to compare
	place bool   // says where the object stands among others; see kids
	held  bool   // what the file had is good whatever the rubric has
}

// member remembers one member of an object of a file.
type member struct {
	Key string `json:"k"`
	// Raw is the JSON that stood there, where the rubric's own value does not give
	// it: for members of others, and for ones that are written in another way.
	Raw string `json:"r,omitempty"`
	// Was is the canonical JSON of the value as it was read. Raw is good for as
	// long as the value is the same.
	Was    *string `json:"w,omitempty"`
	Absent bool    `json:"a,omitempty"` // the file had no such member, and the rubric has a value
}

// kid is a node of a list in a file: one of the rubric, or the JSON of one that
// the rubric has no place for.
type kid struct {
	ID  string `json:"id,omitempty"`
	Raw string `json:"r,omitempty"`
}

// kept is what stands in Foreign of a node.
type kept struct {
	Members []member `json:"m,omitempty"`
	// IDs are those of the list's nodes in the rubric's order, Kids the list in the
	// file's. Once the rubric's list is another one, its own order counts.
	IDs  []string `json:"ids,omitempty"`
	Kids []kid    `json:"kids,omitempty"`
	File *wrapper `json:"file,omitempty"`
	// Print is a hash of the rubric's own words and numbers as they were read, for
	// the formats that say when a rubric was changed last.
	Print string `json:"p,omitempty"`
}

// wrapper is what stood around the rubrics of a file. It stands with the first of
// them, and is good for as many as there were.
type wrapper struct {
	Rubrics int      `json:"n"`
	Key     string   `json:"key,omitempty"` // of the member that held them, "" for the file itself
	Members []member `json:"m,omitempty"`   // of the object around them
	Header  []string `json:"header,omitempty"`
}

// foreign packs k for Foreign, nil when there is nothing to keep. It is a string
// that holds JSON: a database may order the keys of JSON anew and write its
// numbers in another way, and a string stays what it is.
func (k kept) foreign(format Format) map[string]json.RawMessage {
	if len(k.Members) == 0 && len(k.Kids) == 0 && k.File == nil && k.Print == "" {
		return nil
	}
	inner, _ := json.Marshal(k) // plain strings cannot fail
	outer, _ := json.Marshal(string(inner))
	return map[string]json.RawMessage{string(format): outer}
}

// keptOf unpacks what foreign packed. What it cannot read is as if it were not
// there.
func keptOf(format Format, foreign map[string]json.RawMessage) kept {
	var inner string
	var k kept
	if json.Unmarshal(foreign[string(format)], &inner) != nil || json.Unmarshal([]byte(inner), &k) != nil {
		return kept{}
	}
	bad := func(raw string) bool { return raw != "" && !json.Valid([]byte(raw)) }
	k.Members = slices.DeleteFunc(k.Members, func(m member) bool { return bad(m.Raw) })
	k.Kids = slices.DeleteFunc(k.Kids, func(c kid) bool { return bad(c.Raw) })
	if k.File != nil {
		k.File.Members = slices.DeleteFunc(k.File.Members, func(m member) bool { return bad(m.Raw) })
	}
	return k
}

func find(fields []field, key string) (field, bool) {
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
	if at < 0 {
		return field{}, false
	}
	return fields[at], true
}

// remember returns what it takes to write obj again from fields, nil when the
// fields alone give it.
func remember(obj *node, fields []field) []member {
	var out []member
	var order, canonical []string
	plain := true
	for i, key := range obj.keys {
		raw := obj.items[i].json()
		f, known := find(fields, key)
		order = append(order, key)
		switch {
		case !known:
			out, plain = append(out, member{Key: key, Raw: raw}), false
		case f.list || raw == f.value && !f.held:
			out = append(out, member{Key: key})
		default:
			out, plain = append(out, member{Key: key, Raw: raw, Was: &f.value}), false
		}
	}
	for _, f := range fields {
		if f.value == "" && !f.list {
			continue
		}
		canonical = append(canonical, f.key)
		if !slices.Contains(order, f.key) {
			out, plain = append(out, member{Key: f.key, Was: &f.value, Absent: true}), false
		}
	}
	if plain && slices.Equal(order, canonical) {
		return nil
	}
	return out
}

// write puts an object together from its fields and what is remembered of it.
// Fresh gives it a new place among others.
func write(members []member, fields []field, fresh bool) string {
	var parts []string
	put := func(key, value string) {
		if value != "" {
			parts = append(parts, quote(key)+":"+value)
		}
	}
	done := map[string]bool{}
	for _, m := range members {
		f, known := find(fields, m.Key)
		if done[m.Key] {
			continue
		}
		done[m.Key] = true
		same := m.Was != nil && (*m.Was == f.value || f.held) && !(f.place && fresh)
		switch {
		case !known, same:
			put(m.Key, m.Raw)
		default:
			put(m.Key, f.value)
		}
	}
	for _, f := range fields {
		if !done[f.key] {
			put(f.key, f.value)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// rememberKids returns what it takes to write a list again whose nodes have ids
// in the rubric's order and stood in the file as kids. Canonical is the order in
// which the format has them; extra says that a node has something of its own to
// keep.
func rememberKids(ids, canonical []string, kids []kid, extra bool) ([]string, []kid) {
	if !extra && slices.EqualFunc(canonical, kids, func(id string, k kid) bool { return k.Raw == "" && k.ID == id }) {
		return nil, nil
	}
	return ids, kids
}

// writeKids puts a list together: in the file's order while the rubric's is the
// one that was read, else in canonical order, with what the rubric has no place
// for at the end.
func writeKids(k kept, ids, canonical []string, write func(id string, place int, fresh bool) string) string {
	kids, fresh := k.Kids, !slices.Equal(ids, k.IDs) || !covers(k.Kids, ids)
	if fresh {
		kids = nil
		for _, id := range canonical {
			kids = append(kids, kid{ID: id})
		}
		for _, c := range k.Kids {
			if c.Raw != "" {
				kids = append(kids, c)
			}
		}
	}
	parts := make([]string, len(kids))
	for i, c := range kids {
		if parts[i] = c.Raw; c.Raw == "" {
			parts[i] = write(c.ID, i, fresh)
		}
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// covers says whether kids name each id once and no other.
func covers(kids []kid, ids []string) bool {
	var named []string
	for _, c := range kids {
		if c.Raw == "" {
			named = append(named, c.ID)
		}
	}
	named, ids = slices.Sorted(slices.Values(named)), slices.Sorted(slices.Values(ids))
	return slices.Equal(named, ids)
}

// numeral is a number as JSON, and as a person would write it.
func numeral(v float64) string {
	if v == 0 {
		v = 0 // no minus
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
