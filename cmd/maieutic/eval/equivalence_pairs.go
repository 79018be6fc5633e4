package eval

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

// pair is one line of the jsonl format: a reference answer, what was given,
// and whether that is right.
type pair struct {
	Answer    scalar
	Given     scalar
	Equal     *verdict
	Kind      tutor.AnswerKind // guessed from the answer when left out
	Form      string
	Unit      string
	Variable  string
	Tolerance float64
	Choices   []string
	Language  string // of what was given, "en" when left out
}

// scalar is a text or a number; people write both.
type scalar string

func (s *scalar) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, (*string)(s))
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return errors.New("a text or a number is needed")
	}
	*s = scalar(n)
	return nil
}

// verdict is true, false, 1, 0, "yes" or "no".
type verdict bool

func (v *verdict) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "true", "1", "yes":
		*v = true
	case "false", "0", "no":
		*v = false
	default:
		return fmt.Errorf("equal is true or false, not %s", raw)
	}
	return nil
}

// maxPair is the longest line read, in bytes.
const maxPair = 1 << 20

// readPairs reads a file of pairs, one JSON object a line.
func readPairs(path string) ([]equivalenceItem, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be opened", path)
	}
	defer func() { _ = file.Close() }()
	var items []equivalenceItem
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxPair)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		it, err := readPair(lines.Bytes(), fmt.Sprintf("line %d", n))
		if err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "line %d of %s: %v; a line is {\"answer\", \"given\", \"equal\", and perhaps \"kind\", \"form\", \"unit\", \"variable\", \"tolerance\", \"choices\", \"language\"}", n, path, err)
		}
		items = append(items, it)
	}
	if err := lines.Err(); err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be read: %v", path, err)
	}
	if len(items) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no pairs", path)
	}
	return items, nil
}

func readPair(line []byte, id string) (equivalenceItem, error) {
	var p pair
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&p); err != nil {
		return equivalenceItem{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return equivalenceItem{}, errors.New("there is more behind the object")
	}
	if p.Answer == "" || p.Equal == nil {
		return equivalenceItem{}, errors.New("answer and equal are needed")
	}
	if p.Kind == "" {
		p.Kind = curriculum.GuessKind(string(p.Answer), p.Choices)
	}
	it := equivalenceItem{id: id, choices: p.Choices, language: cmp.Or(p.Language, "en"), answer: tutor.Answer{
		Kind: p.Kind, Value: string(p.Answer), Form: p.Form, Unit: p.Unit, Variable: p.Variable, Tolerance: p.Tolerance,
	}}
	given := []rendering{{"given", string(p.Given)}}
	if *p.Equal {
		it.right = given
	} else {
		it.wrong = given
	}
	return it, nil
}
